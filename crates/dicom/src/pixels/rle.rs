//! RLE Lossless (PS3.5 annex G), for any number of bytes per pixel.

/// Unpacks one frame of `pixels` grey pixels of `bytes` bytes into little-endian order.
///
/// Each byte of the pixels is a segment of its own, the most significant first.
pub(crate) fn unpack(frame: &[u8], pixels: usize, bytes: usize) -> Result<Vec<u8>, String> {
    let word = |index: usize| {
        let at = frame.get(4 * index..)?.first_chunk()?;
        Some(u32::from_le_bytes(*at) as usize)
    };
    let count = word(0).ok_or("its RLE header is cut off")?;
    if count != bytes {
        return Err(format!("it has {count} RLE segments, expected {bytes}"));
    }
    let mut values = vec![0; pixels * bytes];
    for segment in 0..bytes {
        let start = word(1 + segment).ok_or("its RLE header is cut off")?;
        let end = match word(2 + segment) {
            Some(end) if segment + 1 < bytes => end,
            _ => frame.len(),
        };
        let packed = frame
            .get(start..end)
            .ok_or_else(|| format!("RLE segment {} lies outside the frame", segment + 1))?;
        let plane = values.iter_mut().skip(bytes - 1 - segment).step_by(bytes);
        let written = unpack_segment(packed, plane);
        if written < pixels {
            return Err(format!(
                "RLE segment {} holds {written} of {pixels} pixels",
                segment + 1
            ));
        }
    }
    Ok(values)
}

/// Unpacks a segment (`PackBits`) until it or the plane ends; returns the bytes written.
fn unpack_segment<'a>(packed: &[u8], mut plane: impl Iterator<Item = &'a mut u8>) -> usize {
    let mut written = 0;
    let mut write = |value: u8| match plane.next() {
        Some(place) => {
            *place = value;
            written += 1;
            true
        }
        None => false,
    };
    let mut rest = packed;
    while let Some((&control, after)) = rest.split_first() {
        rest = after;
        match control {
            0..=127 => {
                let literal = rest.get(..usize::from(control) + 1).unwrap_or(rest);
                rest = &rest[literal.len()..];
                if !literal.iter().all(|value| write(*value)) {
                    break;
                }
            }
            128 => {}
            129.. => {
                let Some((&value, after)) = rest.split_first() else {
                    break;
                };
                rest = after;
                if !(0..257 - usize::from(control)).all(|_| write(value)) {
                    break;
                }
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of segments, each already packed.
    fn frame(segments: &[&[u8]]) -> Vec<u8> {
        let mut offsets = vec![u32::try_from(segments.len()).unwrap()];
        let mut offset = 64;
        for segment in segments {
            offsets.push(offset);
            offset += u32::try_from(segment.len()).unwrap();
        }
        offsets.resize(16, 0);
        let mut frame: Vec<u8> = offsets.iter().flat_map(|o| o.to_le_bytes()).collect();
        frame.extend(segments.concat());
        frame
    }

    #[test]
    fn literals_and_runs_make_up_the_planes() {
        // High bytes 1 2 9 9 9, low bytes 7 7 7 7 7.
        let frame = frame(&[&[1, 1, 2, 254, 9], &[128, 252, 7]]);
        assert_eq!(
            unpack(&frame, 5, 2).unwrap(),
            [7, 1, 7, 2, 7, 9, 7, 9, 7, 9]
        );
    }

    #[test]
    fn short_and_wrong_segments_are_told() {
        let short = frame(&[&[1, 1, 2], &[252, 7]]);
        assert_eq!(
            unpack(&short, 5, 2).unwrap_err(),
            "RLE segment 1 holds 2 of 5 pixels"
        );
        assert!(unpack(&short, 5, 1).unwrap_err().contains("2 RLE segments"));
        assert!(unpack(&short[..10], 5, 2).is_err());
        assert!(unpack(&[], 5, 2).is_err());
    }
}
