//! `report.html` with its pictures.

use std::path::Path;

use isoboost_planning::{Target, TargetKind};
use isoboost_report::slice::{ColourMap, CtLayer, PetLayer, SliceLayers, Window};
use isoboost_report::{
    LesionFigure, OutlinedRegion, PageFigure, PagePictures, Report, TriplePicture, TripleView,
};
use isoboost_staging::Lesion;
use nalgebra::{Isometry3, Point3};
use rayon::prelude::*;

use crate::outputs::{file_error, write_file};
use crate::study::{Findings, StudyError};

/// The page's file.
pub(crate) const PAGE: &str = "report.html";
/// So many lesions have a picture at most; the page tells which have none.
const MOST_PICTURES: usize = 100;
/// Above so many lesions their pictures are smaller, so that the page stays light.
const MANY: usize = 16;
/// Sides of a plane in pixels: of few lesions and of many.
const SIDE_PIXELS: [u32; 2] = [240, 176];
/// Side of a plane, mm; larger where a lesion needs it.
const SIDE_MM: f64 = 120.0;
/// Room around a large lesion, mm.
const AROUND_MM: f64 = 60.0;
/// How much of the CT uptake covers.
const OPACITY: f32 = 0.65;
/// So many lesions are named in the words for the projection.
const MOST_NAMED: usize = 12;
/// Colours that stand out of CT and uptake: of GTVs, CTVs and PTVs.
const KINDS: [(TargetKind, [u8; 3], &str); 3] = [
    (TargetKind::Gtv, [60, 255, 120], "green"),
    (TargetKind::Ctv, [80, 210, 255], "light blue"),
    (TargetKind::Ptv, [190, 150, 255], "violet"),
];

/// The file of a lesion's picture, within the result folder.
pub(crate) fn lesion_file(id: u32) -> String {
    format!("images/lesion-{id:02}.png")
}

/// The lesions of a report that have a picture.
pub(crate) fn pictured(report: &Report) -> impl Iterator<Item = u32> {
    report.lesions.iter().take(MOST_PICTURES).map(|l| l.id)
}

/// Draws the lesions and writes `images/lesion-NN.png`.
pub(crate) fn write_lesion_pictures(
    place: &Path,
    findings: &Findings<'_>,
) -> Result<Vec<LesionFigure>, StudyError> {
    let lesions = &findings.staging.lesions;
    let lesions = &lesions[..lesions.len().min(MOST_PICTURES)];
    if lesions.is_empty() {
        return Ok(Vec::new());
    }
    let motion = findings
        .planning
        .map(|p| p.placed.placement.planning_from_pet);
    // Its voxels are moved onto the planning CT, not resampled.
    let moved = motion.map(|motion| findings.suv.clone().moved(&motion));
    let layers = SliceLayers {
        ct: findings.target_ct.or(findings.ct).map(|volume| CtLayer {
            volume,
            window: Window::SOFT_TISSUE,
        }),
        pet: Some(PetLayer {
            volume: moved.as_ref().unwrap_or(findings.suv),
            window: Window::SUV_0_10,
            map: ColourMap::Hot,
            opacity: OPACITY,
        }),
    };
    let side_pixels = SIDE_PIXELS[usize::from(lesions.len() > MANY)];
    let figures = lesions.par_iter().map(|lesion| {
        let center = place_of(lesion, motion.as_ref());
        let longest = lesion.focus.measures.longest_diameter_mm;
        let view = TripleView {
            center,
            side_mm: SIDE_MM.max(longest + AROUND_MM),
            side_pixels,
        };
        let picture = TriplePicture::draw(&view, &layers, &regions(findings.targets))?;
        write_file(&place.join(lesion_file(lesion.id)), &picture.to_png()?)?;
        Ok(LesionFigure {
            lesion_id: lesion.id,
            figure: PageFigure {
                bytes: picture.to_jpeg()?,
                media_type: "image/jpeg",
                size: picture.size(),
                alternative: alternative(lesion, findings),
                caption: caption(lesion, center, findings),
            },
        })
    });
    figures.collect()
}

/// The highest voxel, where targets are drawn.
fn place_of(lesion: &Lesion, motion: Option<&Isometry3<f64>>) -> Point3<f64> {
    let at = lesion.focus.measures.max_at;
    motion.map_or(at, |motion| motion * at)
}

/// The volumes of lesions: what is treated as a whole would hide what it holds.
fn regions(targets: &[Target]) -> Vec<OutlinedRegion<'_>> {
    // The innermost last, so that it is drawn over the others.
    let kinds = KINDS.iter().rev();
    let of_kind = kinds.flat_map(|(kind, colour, _)| {
        let of_lesions = targets.iter().filter(|t| !t.lesion_ids.is_empty());
        of_lesions
            .filter(|target| target.kind == *kind)
            .map(|target| OutlinedRegion {
                mask: &target.mask,
                colour: *colour,
            })
    });
    of_kind.collect()
}

/// Names of a lesion's volumes, each with the colour of its outline.
fn outlined(lesion: &Lesion, targets: &[Target]) -> String {
    let own = targets.iter().filter(|t| t.lesion_ids.contains(&lesion.id));
    let told = own.filter_map(|target| {
        let (_, _, colour) = KINDS.iter().find(|(kind, ..)| *kind == target.kind)?;
        Some(format!("{} {colour}", target.name))
    });
    told.collect::<Vec<_>>().join(", ")
}

fn alternative(lesion: &Lesion, findings: &Findings<'_>) -> String {
    let images = if findings.target_ct.or(findings.ct).is_some() {
        "PET over CT"
    } else {
        "PET"
    };
    let outlines = outlined(lesion, findings.targets);
    let outlines = if outlines.is_empty() {
        "no outline".to_owned()
    } else {
        format!("outlined: {outlines}")
    };
    format!(
        "Lesion {}, {}: {images} in an axial, a coronal and a sagittal plane through its highest \
         voxel in the middle, SUVmax {:.1}; {outlines}",
        lesion.id, lesion.site, lesion.focus.measures.suv_max,
    )
}

fn caption(lesion: &Lesion, center: Point3<f64>, findings: &Findings<'_>) -> String {
    let side = |mm: f64, ahead: &str, back: &str| {
        format!("{:.0} mm {}", mm.abs(), if mm < 0.0 { back } else { ahead })
    };
    let ct = if findings.target_ct.or(findings.ct).is_some() {
        "CT from \u{2212}160 to 240 HU, "
    } else {
        ""
    };
    let outlines = outlined(lesion, findings.targets);
    let outlines = if outlines.is_empty() {
        "No volume is drawn for it".to_owned()
    } else {
        format!("Outlines: {outlines}; those of neighbours have the same colours")
    };
    // The tables have positions in the PET's frame of reference.
    let frame = if findings.planning.is_some() {
        " of the planning CT"
    } else {
        ""
    };
    format!(
        "Axial, coronal and sagittal plane through its highest voxel at {}, {}, {}{frame}; {ct}SUV \
         from 0 to 10, alike for all lesions. {outlines}.",
        side(center.x, "L", "R"),
        side(center.y, "P", "A"),
        side(center.z, "S", "I"),
    )
}

/// The projection as it goes into the page.
pub(crate) fn overview(png: Vec<u8>, findings: &Findings<'_>) -> PageFigure {
    let staging = findings.staging;
    let few = staging.lesions.iter().take(MOST_NAMED);
    let named: Vec<String> = few.map(|l| format!("{} {}", l.id, l.site)).collect();
    let more = staging.lesions.len() - named.len();
    let lesions = match (named.is_empty(), more) {
        (true, _) => "no lesion".to_owned(),
        (_, 0) => format!("lesions, circled and numbered: {}", named.join(", ")),
        _ => format!(
            "lesions, circled and numbered: {}, and {more} more, all in the table of lesions",
            named.join(", ")
        ),
    };
    let size = png_size(&png);
    PageFigure {
        bytes: png,
        media_type: "image/png",
        size,
        alternative: format!(
            "PET seen from the front, highest uptake along each line of sight in greys; {lesions}; \
             foci that are not counted as lesions: {}",
            staging.excluded.len()
        ),
        caption: "PET from the front, patient right on the left; lesions in colour, foci that are \
                  not counted in grey, with the numbers of the tables. SUV from 0 to 10."
            .to_owned(),
    }
}

/// Pictures that were written before, as far as they are there.
pub(crate) fn written(
    place: &Path,
    pictures: &[(&str, &str)],
) -> Result<Vec<PageFigure>, StudyError> {
    let mut figures = Vec::new();
    for (file, words) in pictures {
        let path = place.join(file);
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).map_err(|source| file_error(&path, source))?;
        figures.push(PageFigure {
            size: png_size(&bytes),
            bytes,
            media_type: "image/png",
            alternative: (*words).to_owned(),
            caption: (*words).to_owned(),
        });
    }
    Ok(figures)
}

/// Width and height of a PNG, which its first chunk begins with.
fn png_size(png: &[u8]) -> [u32; 2] {
    let number = |at: usize| {
        let bytes = png.get(at..at + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    [number(16), number(20)]
}

/// Writes the page of a report.
pub(crate) fn write(
    place: &Path,
    report: &Report,
    pictures: &PagePictures,
) -> Result<(), StudyError> {
    let page = report.to_html(pictures)?;
    write_file(&place.join(PAGE), page.as_bytes())
}
