//! Content items of a structured report (PS3.3 C.17.3), one function for each value type.

use dicom_dictionary_std::tags;

use crate::derived_object::{collect, reference};
use crate::elements::{Elements, ValueError};
use crate::{Code, PersonName};

/// A concept: code value, coding scheme, meaning.
pub(super) type Term = (&'static str, &'static str, &'static str);

/// Most digits after the point of a number's text; 16 characters hold fewer where it is large.
const NUMBER_DECIMALS: usize = 14;
/// DICOM Content Mapping Resource, which templates come from.
const MAPPING_RESOURCE_UID: &str = "1.2.840.10008.8.1.1";

/// How an item relates to the one it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Relationship {
    Contains,
    HasConceptModifier,
    HasObservationContext,
}

impl Relationship {
    fn term(self) -> &'static str {
        match self {
            Self::Contains => "CONTAINS",
            Self::HasConceptModifier => "HAS CONCEPT MOD",
            Self::HasObservationContext => "HAS OBS CONTEXT",
        }
    }
}

fn item(
    relationship: Relationship,
    value_type: &str,
    name: (&str, &str, &str),
) -> Result<Elements, ValueError> {
    let mut item = Elements::new();
    item.code(tags::RELATIONSHIP_TYPE, relationship.term())?;
    item.code(tags::VALUE_TYPE, value_type)?;
    item.concept(tags::CONCEPT_NAME_CODE_SEQUENCE, name)?;
    Ok(item)
}

/// A text.
pub(super) fn text(
    relationship: Relationship,
    name: (&str, &str, &str),
    value: &str,
) -> Result<Elements, ValueError> {
    let mut item = item(relationship, "TEXT", name)?;
    item.unlimited(tags::TEXT_VALUE, value)?;
    Ok(item)
}

/// A coded value.
pub(super) fn coded(
    relationship: Relationship,
    name: (&str, &str, &str),
    value: (&str, &str, &str),
) -> Result<Elements, ValueError> {
    let mut item = item(relationship, "CODE", name)?;
    item.concept(tags::CONCEPT_CODE_SEQUENCE, value)?;
    Ok(item)
}

/// The name of a person.
pub(super) fn person(
    relationship: Relationship,
    name: Term,
    value: &PersonName,
) -> Result<Elements, ValueError> {
    let mut item = item(relationship, "PNAME", name)?;
    item.person(tags::PERSON_NAME, value)?;
    Ok(item)
}

/// A unique identifier.
pub(super) fn uid(
    relationship: Relationship,
    name: (&str, &str, &str),
    value: &str,
) -> Result<Elements, ValueError> {
    let mut item = item(relationship, "UIDREF", name)?;
    item.uid(tags::UID, value)?;
    Ok(item)
}

/// A number with its unit.
pub(super) fn number(name: &Code, value: f64, unit: &Code) -> Result<Elements, ValueError> {
    let mut measured = Elements::new();
    measured.numbers(tags::NUMERIC_VALUE, &[value], NUMBER_DECIMALS)?;
    measured.double(tags::FLOATING_POINT_VALUE, value)?;
    measured.concept(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, unit.parts())?;
    let mut item = item(Relationship::Contains, "NUM", name.parts())?;
    item.sequence(tags::MEASURED_VALUE_SEQUENCE, [measured])?;
    Ok(item)
}

/// One segment of a segmentation.
pub(super) fn segment(
    name: Term,
    sop_class: &str,
    instance: &str,
    number: u16,
) -> Result<Elements, ValueError> {
    let mut object = reference(sop_class, instance)?;
    object.unsigned(tags::REFERENCED_SEGMENT_NUMBER, &[number])?;
    let mut item = item(Relationship::Contains, "IMAGE", name)?;
    item.sequence(tags::REFERENCED_SOP_SEQUENCE, [object])?;
    Ok(item)
}

/// A container of other items, after a template where it has one.
pub(super) fn container(
    name: Term,
    template: Option<&str>,
    items: Vec<Elements>,
) -> Result<Elements, ValueError> {
    let mut item = item(Relationship::Contains, "CONTAINER", name)?;
    put_container(&mut item, template, items)?;
    Ok(item)
}

/// Makes a data set the root of the content.
pub(super) fn put_root(
    object: &mut Elements,
    name: Term,
    template: &str,
    items: Vec<Elements>,
) -> Result<(), ValueError> {
    object.code(tags::VALUE_TYPE, "CONTAINER")?;
    object.concept(tags::CONCEPT_NAME_CODE_SEQUENCE, name)?;
    put_container(object, Some(template), items)
}

fn put_container(
    item: &mut Elements,
    template: Option<&str>,
    items: Vec<Elements>,
) -> Result<(), ValueError> {
    item.code(tags::CONTINUITY_OF_CONTENT, "SEPARATE")?;
    if let Some(template) = template {
        let mut identification = Elements::new();
        identification.code(tags::MAPPING_RESOURCE, "DCMR")?;
        identification.uid(tags::MAPPING_RESOURCE_UID, MAPPING_RESOURCE_UID)?;
        identification.code(tags::TEMPLATE_IDENTIFIER, template)?;
        item.sequence(tags::CONTENT_TEMPLATE_SEQUENCE, [identification])?;
    }
    item.sequence(tags::CONTENT_SEQUENCE, items)
}

/// Gives an item the items that modify it.
pub(super) fn with_items(
    mut item: Elements,
    items: impl Iterator<Item = Result<Elements, ValueError>>,
) -> Result<Elements, ValueError> {
    let items = collect(items)?;
    if !items.is_empty() {
        item.sequence(tags::CONTENT_SEQUENCE, items)?;
    }
    Ok(item)
}
