//! What is told apart when an attribute is read.

use super::*;
use dicom_core::{DataElement, dicom_value};
use dicom_dictionary_std::tags;

const SUV_FACTOR: Tag = Tag(0x7053, 0x1000);

fn object(elements: impl IntoIterator<Item = InMemElement>) -> InMemDicomObject {
    InMemDicomObject::from_element_iter(elements)
}

#[test]
fn absent_empty_wrong_and_right_are_told_apart() {
    let object = object([
        DataElement::new(tags::PATIENT_WEIGHT, VR::DS, PrimitiveValue::from(" 70.5 ")),
        DataElement::new(tags::PATIENT_SIZE, VR::DS, PrimitiveValue::Empty),
        DataElement::new(tags::RESCALE_SLOPE, VR::DS, PrimitiveValue::from("1,75")),
        DataElement::new(tags::ROWS, VR::US, dicom_value!(U16, [512])),
    ]);
    let attributes = Attributes::new(&object);
    assert_eq!(attributes.number(tags::PATIENT_WEIGHT), Ok(Some(70.5)));
    assert_eq!(attributes.number(tags::PATIENT_SIZE), Ok(None));
    assert!(attributes.is_present(tags::PATIENT_SIZE));
    assert_eq!(attributes.number(tags::PATIENT_AGE), Ok(None));
    assert_eq!(attributes.integer(tags::ROWS), Ok(Some(512)));
    let error = attributes.number(tags::RESCALE_SLOPE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "RescaleSlope (0028,1053) is `1,75`, expected numbers"
    );
    let error = attributes
        .required_number(tags::RESCALE_INTERCEPT)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "RescaleIntercept (0028,1052) is missing, expected a number"
    );
}

#[test]
fn a_single_value_is_not_taken_from_several() {
    let object = object([DataElement::new(
        tags::PIXEL_SPACING,
        VR::DS,
        PrimitiveValue::from("1.5\\2.5"),
    )]);
    let attributes = Attributes::new(&object);
    assert!(attributes.number(tags::PIXEL_SPACING).is_err());
    assert_eq!(attributes.vector(tags::PIXEL_SPACING), Ok(Some([1.5, 2.5])));
    assert!(attributes.vector::<3>(tags::PIXEL_SPACING).is_err());
}

#[test]
fn a_private_number_without_vr_is_its_text_not_its_first_byte() {
    // As an Implicit VR file gives it; "0.00042" begins with byte 48.
    let factor = DataElement::new(
        SUV_FACTOR,
        VR::UN,
        PrimitiveValue::from(b"0.00042 ".to_vec()),
    );
    let creator =
        |text: &str| DataElement::new(Tag(0x7053, 0x0010), VR::LO, PrimitiveValue::from(text));
    let number = |elements: Vec<InMemElement>| {
        Attributes::new(&object(elements)).private_number("Philips PET Private Group", SUV_FACTOR)
    };
    let expected = Ok(Some(0.00042));
    assert_eq!(number(vec![factor.clone()]), expected);
    let ours = creator("Philips PET Private Group");
    assert_eq!(number(vec![ours, factor.clone()]), expected);
    assert_eq!(number(vec![creator("SOMEBODY ELSE"), factor]), Ok(None));
}

#[test]
fn a_private_element_is_found_in_the_block_of_its_creator() {
    let object = object([
        DataElement::new(Tag(0x0009, 0x0010), VR::LO, PrimitiveValue::from("OTHER")),
        DataElement::new(
            Tag(0x0009, 0x0011),
            VR::LO,
            PrimitiveValue::from("GEMS_PETD_01"),
        ),
        DataElement::new(
            Tag(0x0009, 0x100D),
            VR::LO,
            PrimitiveValue::from("not this"),
        ),
        DataElement::new(
            Tag(0x0009, 0x110D),
            VR::DT,
            PrimitiveValue::from("20260131110000.00"),
        ),
    ]);
    let found = Attributes::new(&object)
        .private_date_time("GEMS_PETD_01", Tag(0x0009, 0x100D))
        .unwrap()
        .unwrap();
    assert_eq!(found.local.to_string(), "2026-01-31 11:00:00");
}
