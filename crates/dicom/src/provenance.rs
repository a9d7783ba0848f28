//! Where a written object comes from.

use chrono::NaiveDateTime;
use dicom_dictionary_std::tags;

use crate::Approval;
use crate::attributes::Attributes;
use crate::elements::{Elements, ValueError};

/// Who made an object, how and when; given from outside so that the same input gives the same
/// bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Manufacturer that written objects name.
    pub manufacturer: String,
    /// Name of the software.
    pub software: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the configuration in hexadecimal.
    pub configuration: String,
    /// When the object counts as made, by the clock of the place.
    pub created: NaiveDateTime,
    /// Who approved it; `None` while it is a suggestion.
    pub approval: Option<Approval>,
}

impl Provenance {
    /// Provenance of this software in `version` with a configuration's hash.
    pub fn new(
        version: impl Into<String>,
        configuration: impl Into<String>,
        created: NaiveDateTime,
    ) -> Self {
        Self {
            manufacturer: "isoboost".to_owned(),
            software: "isoboost".to_owned(),
            version: version.into(),
            configuration: configuration.into(),
            created,
            approval: None,
        }
    }

    /// The provenance of what a person approved; it counts as made when that was.
    #[must_use]
    pub fn approved(self, approval: Approval) -> Self {
        Self {
            created: approval.at(),
            approval: Some(approval),
            ..self
        }
    }

    /// A description that says what the object is to be taken for.
    pub(crate) fn described(&self, what: &str) -> String {
        match &self.approval {
            None => format!("{what}: suggestion, unapproved"),
            Some(_) => format!("{what}: reviewed, approved"),
        }
    }

    /// Software, version and the beginning of the configuration's hash, in a line.
    pub(crate) fn line(&self) -> String {
        let hash: String = self.configuration.chars().take(12).collect();
        format!("{} {}, configuration {hash}", self.software, self.version)
    }

    /// What tells this software with its configuration from others, where an object must have a
    /// serial number.
    pub(crate) fn serial_number(&self) -> String {
        cut(&self.configuration)
    }

    /// This software as an item of the Contributing Equipment Sequence.
    pub(crate) fn contribution(&self, what: &str) -> Result<Elements, ValueError> {
        let mut item = Equipment {
            manufacturer: self.manufacturer.clone(),
            model: Some(self.software.clone()),
            software_versions: vec![self.version.clone()],
        }
        .contribution(("109102", "DCM", "Processing Equipment"))?;
        item.date_time(tags::CONTRIBUTION_DATE_TIME, self.created)?;
        let description = format!("{what} ({})", self.line());
        item.paragraph(tags::CONTRIBUTION_DESCRIPTION, &description)?;
        Ok(item)
    }
}

/// A scanner or software that took part in an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Equipment {
    /// Manufacturer, empty where it is not known.
    pub manufacturer: String,
    /// Manufacturer's Model Name.
    pub model: Option<String>,
    /// Software Versions.
    pub software_versions: Vec<String>,
}

impl Equipment {
    /// The equipment that a source image names.
    pub fn from_attributes(source: Attributes<'_>) -> Self {
        Self {
            manufacturer: source.text(tags::MANUFACTURER).unwrap_or_default(),
            model: source.text(tags::MANUFACTURER_MODEL_NAME),
            software_versions: source.texts(tags::SOFTWARE_VERSIONS),
        }
    }

    /// An item of the Contributing Equipment Sequence (PS3.3 C.12.1.1.5); text of a source that
    /// is longer than DICOM allows is cut.
    pub(crate) fn contribution(&self, purpose: (&str, &str, &str)) -> Result<Elements, ValueError> {
        let mut item = Elements::new();
        item.concept(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, purpose)?;
        let manufacturer = if self.manufacturer.is_empty() {
            "unknown"
        } else {
            &self.manufacturer
        };
        item.long(tags::MANUFACTURER, &cut(manufacturer))?;
        if let Some(model) = &self.model {
            item.long(tags::MANUFACTURER_MODEL_NAME, &cut(model))?;
        }
        if let Some(version) = self.software_versions.first() {
            item.long(tags::SOFTWARE_VERSIONS, &cut(version))?;
        }
        Ok(item)
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}
