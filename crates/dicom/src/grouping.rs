//! From the objects of one DICOM series to the stacks of slices in it.
//!
//! One Series Instance UID may hold a scout beside the scan, several reconstructions, or the time
//! frames of a dynamic acquisition. Slices belong together when they are parallel, of one size,
//! in one frame of reference, and do not share a place.

use crate::Finding;
use crate::frames::Frame;
use crate::pixels::is_tissue;
use crate::record::ImageRecord;
use crate::splitting::{regular, sorted, split};
use crate::study::{Series, SeriesPart, Slice};

/// One slice of the series: its object and its frame there.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub record: &'a ImageRecord,
    pub frame: &'a Frame,
}

/// Slices that may be one volume.
pub(crate) struct Stack<'a> {
    pub entries: Vec<Entry<'a>>,
    /// What they differ in from the others of their series.
    pub differs_in: &'static str,
    /// How many slices were left out because another is the same, pixel by pixel.
    pub copies: usize,
}

/// The stacks of one series, whose `records` are in the order of their files.
pub(crate) fn stacks(records: &[ImageRecord]) -> Vec<Series> {
    let entries = records.iter().flat_map(|record| {
        let frames = record.frames.iter();
        frames.map(move |frame| Entry { record, frame })
    });
    let mut stacks: Vec<Stack<'_>> = by_geometry(entries).into_iter().flat_map(split).collect();
    // The largest first; equal ones stay in the order of their files.
    stacks.sort_by_key(|stack| std::cmp::Reverse(stack.entries.len()));
    let of = stacks.len();
    stacks
        .into_iter()
        .zip(1..)
        .map(|(stack, number)| {
            let part = (of > 1).then_some(SeriesPart {
                number,
                of,
                differs_in: stack.differs_in,
            });
            series(stack, part)
        })
        .collect()
}

/// Groups of slices that are parallel, equally large and in one frame of reference.
fn by_geometry<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Stack<'a>> {
    let mut stacks: Vec<Stack<'a>> = Vec::new();
    for entry in entries {
        let fitting = stacks.iter_mut().find(|stack| {
            let first = stack.entries.first();
            first.is_some_and(|first| belongs_with(&entry, first))
        });
        match fitting {
            Some(stack) => stack.entries.push(entry),
            None => stacks.push(Stack {
                entries: vec![entry],
                differs_in: "geometry",
                copies: 0,
            }),
        }
    }
    stacks
}

fn belongs_with(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    let planes_fit = match (&a.frame.plane, &b.frame.plane) {
        (Ok(a), Ok(b)) => a.fits(b),
        (Err(_), Err(_)) => true,
        _ => false,
    };
    planes_fit
        && a.record.kind == b.record.kind
        && size(a) == size(b)
        && a.record.frame_of_reference == b.record.frame_of_reference
        && is_localizer(&a.frame.image_type) == is_localizer(&b.frame.image_type)
}

/// Whether an Image Type is that of a scout.
pub(crate) fn is_localizer(image_type: &[String]) -> bool {
    image_type.iter().any(|value| value == "LOCALIZER")
}

pub(crate) fn size(entry: &Entry<'_>) -> Option<[u16; 2]> {
    let format = entry.record.instance.format.as_ref().ok()?;
    Some([format.rows, format.columns])
}

/// A series of the stack's slices.
fn series(stack: Stack<'_>, part: Option<SeriesPart>) -> Series {
    let entries = sorted(&stack.entries).unwrap_or(stack.entries);
    let geometry = regular(&entries);
    let mut instances = Vec::new();
    let mut places: Vec<(*const ImageRecord, usize)> = Vec::new();
    let mut slices = Vec::with_capacity(entries.len());
    for entry in &entries {
        let identity = std::ptr::from_ref(entry.record);
        let known = places.last().filter(|(p, _)| *p == identity).copied();
        let known = known.or_else(|| places.iter().find(|(p, _)| *p == identity).copied());
        let instance = known.map_or_else(
            || {
                instances.push(entry.record.instance.clone());
                places.push((identity, instances.len() - 1));
                instances.len() - 1
            },
            |(_, index)| index,
        );
        slices.push(Slice {
            instance,
            frame: entry.frame.number,
            position: entry.frame.plane.as_ref().ok().map(|p| p.position),
            rescale: entry.frame.rescale.clone(),
        });
    }
    let first = entries[0];
    let record = first.record.clone();
    let findings = findings(&entries, part.as_ref(), stack.copies);
    Series {
        uid: record.series_uid,
        part,
        kind: record.kind,
        sop_class: record.instance.sop_class_uid,
        modality: record.modality,
        description: record.description,
        number: record.number,
        image_type: first.frame.image_type.clone(),
        frame_of_reference: record.frame_of_reference,
        scanner: record.scanner,
        series_type: record.series_type,
        corrections: record.corrections,
        units: record.units,
        rescale_type: record.rescale_type,
        pixel_problem: instances.iter().find_map(|i| i.format.clone().err()),
        instances,
        slices,
        geometry,
        findings,
    }
}

fn findings(entries: &[Entry<'_>], part: Option<&SeriesPart>, copies: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    if copies > 0 {
        findings.push(Finding::new(
            "identical-slices",
            format!("{copies} slice(s) are the same as another at their place, and were left out"),
        ));
    }
    if let Some(part) = part {
        findings.push(Finding::new(
            "series-split",
            format!(
                "one series holds {} stacks of slices that differ in {}; this is number {}",
                part.of, part.differs_in, part.number
            ),
        ));
    }
    if entries.len() == 1 && entries[0].frame.plane.is_ok() {
        findings.push(Finding::new(
            "single-slice",
            "the series is a single slice; its thickness stands in for the slice spacing",
        ));
    }
    if entries.iter().any(|entry| entry.record.is_lossy) {
        findings.push(Finding::new(
            "lossy-compression",
            "the images were compressed with loss; values near edges may be wrong",
        ));
    }
    if entries.iter().any(pads_tissue) {
        findings.push(Finding::new(
            "pixel-padding-ignored",
            "PixelPaddingValue (0028,0120) stands for a tissue's value and was not applied",
        ));
    }
    for finding in entries.iter().flat_map(|entry| &entry.record.findings) {
        if !findings.iter().any(|known| known.code == finding.code) {
            findings.push(finding.clone());
        }
    }
    findings
}

/// Whether a slice of a CT calls padding what is a tissue's value.
fn pads_tissue(entry: &Entry<'_>) -> bool {
    let padding = entry
        .record
        .instance
        .format
        .as_ref()
        .ok()
        .and_then(|f| f.padding);
    match (padding, &entry.frame.rescale) {
        (Some(padding), Ok(rescale)) => entry.record.kind.is_ct() && is_tissue(padding, *rescale),
        _ => false,
    }
}
