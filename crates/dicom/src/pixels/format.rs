//! How the pixels of an object are stored (PS3.3 C.7.6.3), and what of it is refused.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::attributes::{AttributeError, Attributes};

/// How one pixel is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum StoredNumber {
    /// A whole number of `stored` bits, the highest of them `high_bit`, in `allocated` bits.
    Integer {
        allocated: u16,
        stored: u16,
        high_bit: u16,
        signed: bool,
    },
    /// A 32-bit float (Float Pixel Data).
    Float32,
    /// A 64-bit float (Double Float Pixel Data).
    Float64,
}

impl StoredNumber {
    /// Bytes per pixel.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Integer { allocated, .. } => usize::from(allocated) / 8,
            Self::Float32 => 4,
            Self::Float64 => 8,
        }
    }
}

/// The pixel matrix of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PixelFormat {
    pub rows: u16,
    pub columns: u16,
    pub frames: u32,
    pub number: StoredNumber,
    /// Stored values, from and to, that mean "no pixel here" (Pixel Padding Value, Range Limit).
    pub padding: Option<[f64; 2]>,
}

impl PixelFormat {
    /// Pixels of one frame.
    pub(crate) fn pixels(&self) -> usize {
        usize::from(self.rows) * usize::from(self.columns)
    }

    /// Bytes of one frame that is not compressed.
    pub(crate) fn frame_bytes(&self) -> usize {
        self.pixels() * self.number.bytes()
    }
}

/// Why an object's pixels cannot be used as CT or PET values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PixelProblem {
    /// The object has no pixel data.
    #[error("the object holds no pixel data")]
    None,
    /// An attribute that describes the pixels is missing or unusable.
    #[error(transparent)]
    Attribute(#[from] AttributeError),
    /// A colour image, such as a screen shot or a fusion picture.
    #[error(
        "the image is in colour (PhotometricInterpretation (0028,0004) `{photometric}`, \
         {samples} samples per pixel), expected grey values with MONOCHROME2"
    )]
    Colour {
        /// Photometric Interpretation.
        photometric: String,
        /// Samples per Pixel.
        samples: i64,
    },
    /// A grey image whose low values are bright: no CT or PET stores its values so.
    #[error(
        "PhotometricInterpretation (0028,0004) is `MONOCHROME1` (inverted grey), which no CT or PET may have; \
         its values cannot be trusted"
    )]
    Inverted,
    /// A combination of bits that does not exist.
    #[error(
        "BitsAllocated {allocated}, BitsStored {stored} and HighBit {high_bit} do not fit together; \
         expected 8, 16 or 32 bits allocated that hold the bits stored"
    )]
    Bits {
        /// Bits Allocated (0028,0100).
        allocated: i64,
        /// Bits Stored (0028,0101).
        stored: i64,
        /// High Bit (0028,0102).
        high_bit: i64,
    },
    /// More than one frame in an object that may hold one.
    #[error("NumberOfFrames (0028,0008) is {found} in a single-frame object")]
    Frames {
        /// Number of Frames.
        found: i64,
    },
    /// Values stored through a table instead of slope and intercept.
    #[error(
        "values are stored through a Modality LUT Sequence (0028,3000), which is not supported; \
         expected Rescale Slope and Intercept"
    )]
    LookUpTable,
}

/// Reads the description of the pixels that lie in the element `pixel_tag`.
pub(crate) fn pixel_format(
    attributes: Attributes<'_>,
    pixel_tag: Option<Tag>,
    multi_frame: bool,
) -> Result<PixelFormat, PixelProblem> {
    let pixel_tag = pixel_tag.ok_or(PixelProblem::None)?;
    check_grey(attributes)?;
    if attributes.item(tags::MODALITY_LUT_SEQUENCE).is_some() {
        return Err(PixelProblem::LookUpTable);
    }
    let frames = attributes.integer(tags::NUMBER_OF_FRAMES)?.unwrap_or(1);
    if frames != 1 && !multi_frame {
        return Err(PixelProblem::Frames { found: frames });
    }
    let number = match pixel_tag {
        tags::FLOAT_PIXEL_DATA => StoredNumber::Float32,
        tags::DOUBLE_FLOAT_PIXEL_DATA => StoredNumber::Float64,
        _ => stored_integer(attributes)?,
    };
    Ok(PixelFormat {
        rows: side(attributes, tags::ROWS)?,
        columns: side(attributes, tags::COLUMNS)?,
        frames: u32::try_from(frames)
            .ok()
            .filter(|n| *n > 0)
            .ok_or(PixelProblem::Frames { found: frames })?,
        padding: padding(attributes, number)?,
        number,
    })
}

fn check_grey(attributes: Attributes<'_>) -> Result<(), PixelProblem> {
    let photometric = attributes.text(tags::PHOTOMETRIC_INTERPRETATION);
    let samples = attributes.integer(tags::SAMPLES_PER_PIXEL)?.unwrap_or(1);
    match photometric.as_deref() {
        Some("MONOCHROME2") if samples == 1 => Ok(()),
        Some("MONOCHROME1") if samples == 1 => Err(PixelProblem::Inverted),
        Some(other) => Err(PixelProblem::Colour {
            photometric: other.to_owned(),
            samples,
        }),
        None => Err(attributes
            .unexpected(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
            .into()),
    }
}

fn stored_integer(attributes: Attributes<'_>) -> Result<StoredNumber, PixelProblem> {
    let required = |tag| {
        attributes
            .integer(tag)?
            .ok_or_else(|| attributes.unexpected(tag, "a whole number"))
    };
    let allocated = required(tags::BITS_ALLOCATED)?;
    let stored = attributes.integer(tags::BITS_STORED)?.unwrap_or(allocated);
    let high_bit = attributes.integer(tags::HIGH_BIT)?.unwrap_or(stored - 1);
    let fits = matches!(allocated, 8 | 16 | 32)
        && (1..=allocated).contains(&stored)
        && (stored - 1..allocated).contains(&high_bit);
    if !fits {
        return Err(PixelProblem::Bits {
            allocated,
            stored,
            high_bit,
        });
    }
    let signed = match required(tags::PIXEL_REPRESENTATION)? {
        0 => false,
        1 => true,
        _ => {
            return Err(attributes
                .unexpected(tags::PIXEL_REPRESENTATION, "0 (unsigned) or 1 (signed)")
                .into());
        }
    };
    let bits = |value: i64| u16::try_from(value).unwrap_or(0);
    Ok(StoredNumber::Integer {
        allocated: bits(allocated),
        stored: bits(stored),
        high_bit: bits(high_bit),
        signed,
    })
}

/// Rows or Columns.
pub(crate) fn side(attributes: Attributes<'_>, tag: Tag) -> Result<u16, PixelProblem> {
    attributes
        .integer(tag)?
        .and_then(|n| u16::try_from(n).ok())
        .filter(|n| *n > 0)
        .ok_or_else(|| attributes.unexpected(tag, "a count from 1 to 65535").into())
}

/// The stored values that mean "no pixel here", in order.
fn padding(
    attributes: Attributes<'_>,
    number: StoredNumber,
) -> Result<Option<[f64; 2]>, PixelProblem> {
    let (value_tag, limit_tag) = match number {
        StoredNumber::Integer { .. } => {
            (tags::PIXEL_PADDING_VALUE, tags::PIXEL_PADDING_RANGE_LIMIT)
        }
        StoredNumber::Float32 => (
            tags::FLOAT_PIXEL_PADDING_VALUE,
            tags::FLOAT_PIXEL_PADDING_RANGE_LIMIT,
        ),
        StoredNumber::Float64 => (
            tags::DOUBLE_FLOAT_PIXEL_PADDING_VALUE,
            tags::DOUBLE_FLOAT_PIXEL_PADDING_RANGE_LIMIT,
        ),
    };
    let Some(value) = attributes.number(value_tag)? else {
        return Ok(None);
    };
    let limit = attributes.number(limit_tag)?.unwrap_or(value);
    let (value, limit) = (as_stored(value, number), as_stored(limit, number));
    Ok(Some([value.min(limit), value.max(limit)]))
}

/// Padding values have the VR of an unsigned or a signed number, and files mix them up: only the
/// bits count, read with the sign of the pixels.
fn as_stored(value: f64, number: StoredNumber) -> f64 {
    let StoredNumber::Integer {
        allocated, signed, ..
    } = number
    else {
        return value;
    };
    let range = f64::from(allocated).exp2();
    if signed && value >= range / 2.0 {
        value - range
    } else if !signed && value < 0.0 {
        value + range
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::{DataElement, PrimitiveValue, VR};
    use dicom_object::InMemDicomObject;

    /// A 16-bit signed slice with some attributes changed.
    fn format(changes: &[(Tag, &str)]) -> Result<PixelFormat, PixelProblem> {
        let mut object = InMemDicomObject::new_empty();
        let usual = [
            (tags::SAMPLES_PER_PIXEL, "1"),
            (tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2"),
            (tags::ROWS, "4"),
            (tags::COLUMNS, "5"),
            (tags::BITS_ALLOCATED, "16"),
            (tags::BITS_STORED, "12"),
            (tags::HIGH_BIT, "11"),
            (tags::PIXEL_REPRESENTATION, "1"),
        ];
        for (tag, text) in usual.iter().chain(changes) {
            object.put(DataElement::new(*tag, VR::LO, PrimitiveValue::from(*text)));
        }
        pixel_format(Attributes::new(&object), Some(tags::PIXEL_DATA), false)
    }

    #[test]
    fn grey_integers_are_described() {
        let format = format(&[]).unwrap();
        assert_eq!((format.rows, format.columns, format.frames), (4, 5, 1));
        assert_eq!(format.frame_bytes(), 40);
        assert_eq!(format.padding, None);
    }

    #[test]
    fn colour_and_inverted_grey_are_refused() {
        let colour = format(&[
            (tags::PHOTOMETRIC_INTERPRETATION, "RGB"),
            (tags::SAMPLES_PER_PIXEL, "3"),
        ]);
        assert!(matches!(
            colour,
            Err(PixelProblem::Colour { samples: 3, .. })
        ));
        let inverted = format(&[(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME1")]);
        assert_eq!(inverted, Err(PixelProblem::Inverted));
    }

    #[test]
    fn impossible_bits_are_refused() {
        for (tag, text) in [
            (tags::BITS_ALLOCATED, "12"),
            (tags::BITS_STORED, "17"),
            (tags::HIGH_BIT, "16"),
            (tags::HIGH_BIT, "10"),
        ] {
            assert!(
                matches!(format(&[(tag, text)]), Err(PixelProblem::Bits { .. })),
                "{tag} {text}"
            );
        }
        assert!(format(&[(tags::PIXEL_REPRESENTATION, "2")]).is_err());
        assert!(format(&[(tags::ROWS, "0")]).is_err());
        assert!(format(&[(tags::NUMBER_OF_FRAMES, "3")]).is_err());
    }

    #[test]
    fn padding_takes_the_sign_of_the_pixels() {
        // -2000 written as an unsigned number, as files in Implicit VR read.
        let value = (tags::PIXEL_PADDING_VALUE, "63536");
        assert_eq!(format(&[value]).unwrap().padding, Some([-2000.0; 2]));
        let range = [value, (tags::PIXEL_PADDING_RANGE_LIMIT, "-3024")];
        assert_eq!(format(&range).unwrap().padding, Some([-3024.0, -2000.0]));
    }
}
