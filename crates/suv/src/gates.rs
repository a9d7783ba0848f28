//! What must hold before anything is computed: the right kind of image, corrected as it must be.

use crate::attribute as attr;
use crate::facts::{Fact, FrameFacts, PetFacts, PetSopClass};
use crate::finding::FindingCode;
use crate::options::{SuvOptions, flag};
use crate::refusal::RefusalCode;
use crate::units::DecayCorrection;
use crate::worksheet::Worksheet;

/// Notes every gate that the image does not pass.
pub(crate) fn check(
    facts: &PetFacts,
    options: &SuvOptions,
    decay: Option<DecayCorrection>,
    sheet: &mut Worksheet,
) {
    check_kind(facts, sheet);
    check_pixels(facts, sheet);
    check_corrections(facts, options, decay, sheet);
    check_rescale(&facts.frames, sheet);
}

fn check_kind(facts: &PetFacts, sheet: &mut Worksheet) {
    if let PetSopClass::Other(uid) = &facts.sop_class {
        sheet.refuse(
            RefusalCode::SopClass,
            attr::SOP_CLASS_UID,
            format!("`{uid}`"),
            "a PET image (1.2.840.10008.5.1.4.1.1.128, .128.1 or .130)",
            None,
        );
    }
    let has = |n: usize, term: &str| {
        let value = facts.series_type.get(n);
        value.is_some_and(|v| v.trim().eq_ignore_ascii_case(term))
    };
    if has(1, "REPROJECTION") {
        sheet.refuse(
            RefusalCode::SeriesType,
            attr::SERIES_TYPE,
            format!("`{}`", facts.series_type.join("\\")),
            "an IMAGE of slices, not a projection through them",
            None,
        );
    }
    if has(0, "DYNAMIC") || has(0, "GATED") {
        sheet.warn(
            FindingCode::SeriesType,
            format!(
                "the series is {}: each frame shows a part of the scan only",
                facts.series_type[0].trim()
            ),
        );
    }
}

fn check_pixels(facts: &PetFacts, sheet: &mut Worksheet) {
    if let Some(found) = &facts.photometric_interpretation
        && found.trim() != "MONOCHROME2"
    {
        sheet.refuse(
            RefusalCode::PhotometricInterpretation,
            attr::PHOTOMETRIC_INTERPRETATION,
            format!("`{}`", found.trim()),
            "`MONOCHROME2`, as every PET image has",
            None,
        );
    }
    if let Some((allocated, stored)) = facts.bits
        && facts.sop_class == PetSopClass::Pet
        && (allocated, stored) != (16, 16)
    {
        sheet.warn(
            FindingCode::PixelFormat,
            format!("{stored} of {allocated} bits are stored where a PET image has 16 of 16"),
        );
    }
}

fn check_corrections(
    facts: &PetFacts,
    options: &SuvOptions,
    decay: Option<DecayCorrection>,
    sheet: &mut Worksheet,
) {
    let lists = |terms: &[&str]| {
        let mut found = facts.corrected_image.iter();
        found.any(|c| terms.contains(&c.trim()))
    };
    let found = if facts.corrected_image.is_empty() {
        "nothing listed".to_owned()
    } else {
        format!("`{}`", facts.corrected_image.join("\\"))
    };
    let mut require = |is_met: bool, assumed: bool, code, term: &str, option: &'static str| {
        if is_met {
        } else if assumed {
            sheet.replace(option, "yes", format!("{}: {found}", attr::CORRECTED_IMAGE));
        } else {
            let expected = format!("`{term}` among the corrections");
            let source = attr::CORRECTED_IMAGE;
            sheet.refuse(code, source, found.clone(), expected, Some(option));
        }
    };
    require(
        lists(&["ATTN"]),
        options.assume_attenuation_corrected,
        RefusalCode::Attenuation,
        "ATTN",
        flag::ATTENUATION,
    );
    require(
        // DECY is the defined term; some software spells it out.
        decay == Some(DecayCorrection::None) || lists(&["DECY", "DECAY"]),
        options.assume_decay_corrected,
        RefusalCode::Decay,
        "DECY",
        flag::DECAY,
    );
}

fn check_rescale(frames: &[FrameFacts], sheet: &mut Worksheet) {
    if frames.is_empty() {
        sheet.refuse(
            RefusalCode::NoFrames,
            attr::SOP_CLASS_UID,
            "no frame",
            "at least one image",
            None,
        );
    }
    // A reader that took 1 for a missing slope would give a number that looks like an SUV.
    let is_slope =
        |f: &FrameFacts| matches!(f.rescale_slope, Fact::Known(s) if s.is_finite() && s > 0.0);
    if let Some(found) = describe(frames, is_slope, |f| f.rescale_slope.found()) {
        sheet.refuse(
            RefusalCode::RescaleSlope,
            attr::RESCALE_SLOPE,
            found,
            "a positive number",
            None,
        );
    }
    let is_zero = |f: &FrameFacts| f.rescale_intercept.get() == Some(0.0);
    if let Some(found) = describe(frames, is_zero, |f| f.rescale_intercept.found()) {
        sheet.refuse(
            RefusalCode::RescaleIntercept,
            attr::RESCALE_INTERCEPT,
            found,
            "0, as every PET image has",
            None,
        );
    }
}

/// What the first frame that fails holds, and how many frames fail; `None` when all pass.
pub(crate) fn describe(
    frames: &[FrameFacts],
    passes: impl Fn(&FrameFacts) -> bool,
    found: impl Fn(&FrameFacts) -> String,
) -> Option<String> {
    let mut failing = frames.iter().filter(|frame| !passes(frame));
    let first = failing.next()?;
    let n = 1 + failing.count();
    Some(if frames.len() == 1 {
        found(first)
    } else {
        format!("{} in {n} of {} frames", found(first), frames.len())
    })
}
