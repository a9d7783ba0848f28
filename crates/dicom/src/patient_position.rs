//! How the patient lay in the scanner.

use dicom_dictionary_std::tags;

use crate::{Header, HeaderError, Series};

/// Patient Position (0018,5100) of a series, as `HFS`; `None` where it does not say. The header of
/// its first object is read once more.
///
/// # Errors
/// When that object can no longer be read.
pub fn patient_position(series: &Series) -> Result<Option<String>, HeaderError> {
    let Some(instance) = series.instances.first() else {
        return Ok(None);
    };
    let header = Header::read(&instance.source)?;
    Ok(header.attributes().text(tags::PATIENT_POSITION))
}
