//! What a compressed image says about itself, read before a decoder sees it.
//!
//! Decoders trust these numbers; a stream that is larger than its DICOM header says would write
//! past the frame, and one with other bits would come out as other values.

/// Size and depth of a compressed image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Codestream {
    pub rows: u32,
    pub columns: u32,
    pub components: u16,
    /// Bits per sample.
    pub precision: u16,
    /// Whether samples are signed; only JPEG 2000 says so.
    pub signed: Option<bool>,
    /// Whether the stream ends with its end mark, padding aside.
    pub is_complete: bool,
}

/// Reads the frame header of a JPEG or JPEG-LS stream (ITU-T T.81 B.2.2, T.87 C.2.2).
pub(crate) fn jpeg(stream: &[u8]) -> Option<Codestream> {
    if stream.get(..2)? != [0xFF, 0xD8] {
        return None;
    }
    let mut position = 2;
    loop {
        let &[0xFF, marker] = stream.get(position..position + 2)?.first_chunk()? else {
            return None;
        };
        // A marker may be preceded by any number of fill bytes.
        if marker == 0xFF {
            position += 1;
            continue;
        }
        let is_frame_header = matches!(marker, 0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC))
            || marker == 0xF7;
        let segment = stream.get(position + 2..)?;
        let length = u16_at(segment, 0)?;
        if !is_frame_header {
            position += 2 + usize::from(length);
            continue;
        }
        return Some(Codestream {
            precision: u16::from(*segment.get(2)?),
            rows: u32::from(u16_at(segment, 3)?),
            columns: u32::from(u16_at(segment, 5)?),
            components: u16::from(*segment.get(7)?),
            signed: None,
            is_complete: ends_with_mark(stream),
        });
    }
}

/// Reads the size segment of a JPEG 2000 stream (ITU-T T.800 A.5.1), bare or in a JP2 file.
pub(crate) fn jpeg_2000(stream: &[u8]) -> Option<Codestream> {
    // Start of codestream, directly followed by the size segment.
    const START: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
    let start = if stream.starts_with(&START) {
        0
    } else {
        stream.windows(4).position(|w| w == START)?
    };
    let segment = stream.get(start + 4..)?;
    let depth = *segment.get(38)?;
    Some(Codestream {
        columns: u32_at(segment, 4)?.checked_sub(u32_at(segment, 12)?)?,
        rows: u32_at(segment, 8)?.checked_sub(u32_at(segment, 16)?)?,
        components: u16_at(segment, 36)?,
        precision: u16::from(depth & 0x7F) + 1,
        signed: Some(depth & 0x80 != 0),
        is_complete: ends_with_mark(stream),
    })
}

/// JPEG and JPEG 2000 share the mark; fragments are padded to an even length after it.
fn ends_with_mark(stream: &[u8]) -> bool {
    let end = stream.iter().rposition(|b| *b != 0).map_or(0, |p| p + 1);
    stream[..end].ends_with(&[0xFF, 0xD9])
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(offset..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(offset..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jpeg_frame_header_is_found_behind_other_segments() {
        let mut stream = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF];
        stream.extend([0xFF, 0xC3, 0, 11, 16, 2, 0, 1, 4, 1, 1, 0x11, 0]);
        stream.extend([0xFF, 0xD9, 0]);
        let found = jpeg(&stream).unwrap();
        assert_eq!((found.rows, found.columns), (512, 260));
        assert_eq!((found.precision, found.components), (16, 1));
        assert!(found.is_complete);
        assert!(!jpeg(&stream[..stream.len() - 2]).unwrap().is_complete);
        assert_eq!(jpeg(&stream[..12]), None);
    }

    #[test]
    fn a_jpeg_2000_size_segment_gives_sign_and_depth() {
        let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
        for value in [300_u32, 200, 10, 20, 290, 180, 0, 0] {
            stream.extend(value.to_be_bytes());
        }
        stream.extend([0, 1, 0x8C, 1, 1]);
        let found = jpeg_2000(&stream).unwrap();
        assert_eq!((found.columns, found.rows), (290, 180));
        assert_eq!((found.precision, found.signed), (13, Some(true)));
        assert!(!found.is_complete);
    }
}
