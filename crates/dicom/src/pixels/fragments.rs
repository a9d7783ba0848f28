//! The fragments of encapsulated (compressed) pixel data (PS3.5 A.4).

use std::ops::Range;

const ITEM: [u8; 4] = [0xFE, 0xFF, 0x00, 0xE0];
const SEQUENCE_END: [u8; 4] = [0xFE, 0xFF, 0xDD, 0xE0];

/// Why encapsulated pixel data cannot be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FragmentError {
    /// The file ends inside a fragment.
    #[error("the pixel data are cut off: a fragment needs {expected} bytes, {present} are present")]
    Truncated {
        /// Length the fragment states.
        expected: u64,
        /// Bytes left in the file.
        present: u64,
    },
    /// Something else than a fragment.
    #[error("the pixel data are damaged: no fragment begins at byte {offset} of them")]
    NotAFragment {
        /// Where a fragment should begin.
        offset: usize,
    },
    /// Fragments that cannot be given to frames.
    #[error(
        "{fragments} fragment(s) of pixel data cannot be divided among {frames} frame(s): \
         the offset table is missing or does not fit"
    )]
    Frames {
        /// Number of fragments.
        fragments: usize,
        /// Number of frames.
        frames: usize,
    },
}

/// The byte ranges of each frame's fragments in `value`, the value of an encapsulated Pixel Data
/// element and whatever follows it in the file. Delimiters inside a fragment are data.
pub(crate) fn frame_fragments(
    value: &[u8],
    frames: usize,
) -> Result<Vec<Vec<Range<usize>>>, FragmentError> {
    let mut items = items(value)?;
    if items.is_empty() {
        return Err(FragmentError::Frames {
            fragments: 0,
            frames,
        });
    }
    let table = items.remove(0);
    if frames == 1 {
        return Ok(vec![items]);
    }
    if items.len() == frames {
        return Ok(items.into_iter().map(|item| vec![item]).collect());
    }
    by_offset_table(&value[table.clone()], table.end, &items, frames).ok_or(FragmentError::Frames {
        fragments: items.len(),
        frames,
    })
}

fn items(value: &[u8]) -> Result<Vec<Range<usize>>, FragmentError> {
    let mut items = Vec::new();
    let mut position = 0;
    loop {
        let header: Option<&[u8; 8]> = value.get(position..).and_then(|rest| rest.first_chunk());
        let Some([a, b, c, d, length @ ..]) = header else {
            return Err(FragmentError::Truncated {
                expected: 8,
                present: value.len().saturating_sub(position) as u64,
            });
        };
        match [*a, *b, *c, *d] {
            SEQUENCE_END => return Ok(items),
            ITEM => {}
            _ => return Err(FragmentError::NotAFragment { offset: position }),
        }
        let (start, length) = (position + 8, u32::from_le_bytes(*length));
        let end = start.saturating_add(length as usize);
        if end > value.len() {
            return Err(FragmentError::Truncated {
                expected: u64::from(length),
                present: (value.len() - start) as u64,
            });
        }
        items.push(start..end);
        position = end;
    }
}

/// Divides the fragments by a Basic Offset Table, whose offsets count from the first fragment's
/// item tag at `origin`.
fn by_offset_table(
    table: &[u8],
    origin: usize,
    items: &[Range<usize>],
    frames: usize,
) -> Option<Vec<Vec<Range<usize>>>> {
    let starts: Vec<usize> = table
        .chunks_exact(4)
        .filter_map(|bytes| Some(origin + u32::from_le_bytes(*bytes.first_chunk()?) as usize))
        .collect();
    if starts.len() != frames || starts.first() != Some(&origin) {
        return None;
    }
    let frame_of = |item: &Range<usize>| starts.partition_point(|start| start + 8 <= item.start);
    let mut divided = vec![Vec::new(); frames];
    for item in items {
        divided
            .get_mut(frame_of(item).checked_sub(1)?)?
            .push(item.clone());
    }
    divided
        .iter()
        .all(|frame| !frame.is_empty())
        .then_some(divided)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(content: &[u8]) -> Vec<u8> {
        let mut item = ITEM.to_vec();
        item.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        item.extend(content);
        item
    }

    fn value(contents: &[&[u8]]) -> Vec<u8> {
        let mut value: Vec<u8> = contents.iter().flat_map(|c| item(c)).collect();
        value.extend(SEQUENCE_END);
        value.extend([0; 4]);
        value
    }

    fn frames(value: &[u8], count: usize) -> Result<Vec<Vec<u8>>, FragmentError> {
        let frames = frame_fragments(value, count)?;
        let joined = |ranges: Vec<Range<usize>>| {
            ranges.into_iter().flat_map(|r| value[r].to_vec()).collect()
        };
        Ok(frames.into_iter().map(joined).collect())
    }

    #[test]
    fn a_single_frame_joins_its_fragments_even_with_delimiters_inside() {
        let tricky = [&SEQUENCE_END[..], &[0; 4], b"ab"].concat();
        let value = value(&[b"", &tricky, b"cd"]);
        assert_eq!(frames(&value, 1).unwrap(), [[&tricky[..], b"cd"].concat()]);
    }

    #[test]
    fn frames_come_one_per_fragment_or_by_the_offset_table() {
        let one_each = value(&[b"", b"aa", b"bb"]);
        assert_eq!(frames(&one_each, 2).unwrap(), [b"aa", b"bb"]);
        // The second frame begins after two items of 8 + 2 bytes.
        let table = [0, 0, 0, 0, 20, 0, 0, 0];
        let divided = value(&[&table, b"aa", b"bb", b"cc"]);
        assert_eq!(frames(&divided, 2).unwrap(), [&b"aabb"[..], b"cc"]);
        let no_table = value(&[b"", b"aa", b"bb", b"cc"]);
        assert!(matches!(
            frames(&no_table, 2),
            Err(FragmentError::Frames {
                fragments: 3,
                frames: 2
            })
        ));
    }

    #[test]
    fn a_cut_off_fragment_is_told_with_its_lengths() {
        let whole = value(&[b"", b"abcdefgh"]);
        // The delimiter of 8 bytes and the last 3 of the fragment are gone.
        assert_eq!(
            frames(&whole[..whole.len() - 11], 1),
            Err(FragmentError::Truncated {
                expected: 8,
                present: 5
            })
        );
        assert!(frames(b"abcdefgh", 1).is_err());
    }
}
