//! The moment to which an image with Decay Correction START is corrected.
//!
//! The standard means the start of the acquisition; scanners write it in different places and
//! later software overwrites some of them. Every place is read, the most reliable one is taken,
//! and the others are compared with it.

use crate::attribute as attr;
use crate::facts::{PetFacts, PetSopClass};
use crate::finding::FindingCode;
use crate::options::{SuvOptions, flag};
use crate::radiopharmaceutical::Decay;
use crate::refusal::RefusalCode;
use crate::stamp::{Moment, Stamp};
use crate::worksheet::{Worksheet, span};

/// Two clocks this close in s show the same moment: Frame Reference Time is truncated to whole
/// seconds by some scanners, and the first bed begins a second or so after the series.
const SAME_MOMENT_S: f64 = 2.0;
/// Candidates that differ by more are reported (0.3 % of the SUV for F-18, 0.5 % for Ga-68).
const DISAGREEMENT_S: f64 = 30.0;
/// No scan takes longer than this in s; a larger number is in another unit.
const MOST_SCAN_S: f64 = 86_400.0;
/// A private date and time further from the scan than this was missed when dates were shifted.
const DETACHED_S: f64 = 12.0 * 3600.0;

/// A place that may tell the decay reference time.
struct Candidate {
    stamp: Stamp,
    source: String,
}

/// The decay reference time with its source noted as a step.
pub(crate) fn find(
    facts: &PetFacts,
    options: &SuvOptions,
    decay: Option<Decay>,
    sheet: &mut Worksheet,
) -> Option<Stamp> {
    let first = first_acquisition(facts);
    let candidates = candidates(facts, first, decay, sheet);
    let found = match candidates.first() {
        Some(best) => format!("{} from {}", best.stamp, best.source),
        None => format!(
            "{}, and {} for {}",
            facts.series_start.found(),
            acquisition_found(facts),
            attr::ACQUISITION_TIME
        ),
    };
    if let Some(moment) = options.decay_reference {
        return stated_by_operator(moment, first.or(facts.series_start.get()), found, sheet);
    }
    let Some(best) = candidates.first() else {
        sheet.refuse(
            RefusalCode::DecayReference,
            attr::SERIES_TIME,
            found,
            "the moment to which the image is decay corrected",
            Some(flag::DECAY_REFERENCE),
        );
        return None;
    };
    sheet.step(
        "decay reference time",
        best.stamp.to_string(),
        best.source.clone(),
    );
    for other in &candidates[1..] {
        sheet.step(
            "another candidate for it",
            other.stamp.to_string(),
            other.source.clone(),
        );
        let apart = other.stamp.seconds_since(&best.stamp);
        if apart.abs() > DISAGREEMENT_S {
            sheet.warn(
                FindingCode::ReferenceTimesDisagree,
                format!(
                    "{} gives {} as the decay reference time, {} from {} used",
                    other.source,
                    other.stamp,
                    span(apart),
                    best.source
                ),
            );
        }
    }
    Some(best.stamp)
}

/// The earliest Acquisition Date and Time of the series.
pub(crate) fn first_acquisition(facts: &PetFacts) -> Option<Stamp> {
    let all = facts.frames.iter().filter_map(|f| f.acquisition.get());
    all.reduce(|first, next| {
        if next.seconds_since(&first) < 0.0 {
            next
        } else {
            first
        }
    })
}

fn acquisition_found(facts: &PetFacts) -> String {
    let first = facts.frames.first();
    first.map_or_else(|| "no frame".to_owned(), |f| f.acquisition.found())
}

fn stated_by_operator(
    moment: Moment,
    scan: Option<Stamp>,
    instead_of: String,
    sheet: &mut Worksheet,
) -> Option<Stamp> {
    let stamp = match (moment, scan) {
        (Moment::DateTime(local), _) => Stamp::local(local),
        (Moment::TimeOfDay(_), Some(scan)) => Stamp {
            utc_offset_s: scan.utc_offset_s,
            ..moment.on(scan.local.date())
        },
        (Moment::TimeOfDay(time), None) => {
            let expected = "a date as well, because the header has none";
            sheet.refuse_option(flag::DECAY_REFERENCE, time.to_string(), expected);
            return None;
        }
    };
    sheet.replace(flag::DECAY_REFERENCE, stamp.to_string(), instead_of);
    sheet.step(
        "decay reference time",
        stamp.to_string(),
        flag::DECAY_REFERENCE,
    );
    Some(stamp)
}

/// All candidates, the most reliable first.
fn candidates(
    facts: &PetFacts,
    first: Option<Stamp>,
    decay: Option<Decay>,
    sheet: &mut Worksheet,
) -> Vec<Candidate> {
    let mut all = recorded(facts, first, sheet);
    let series = facts.series_start.get();
    if let Some(bed_times) = from_bed_times(facts, first, decay, sheet) {
        all.push(bed_times);
    }
    let is_confirmed = !all.is_empty();
    if let Some(series) = series {
        let late = first.map_or(0.0, |first| series.seconds_since(&first));
        if late > SAME_MOMENT_S {
            sheet.warn(
                FindingCode::ReferenceTimeSetAside,
                format!(
                    "{} ({series}) lies {} after the first acquisition, as post-processing \
                     leaves it; it was not used for decay",
                    attr::SERIES_TIME,
                    span(late)
                ),
            );
        } else if !all.iter().any(|c| c.stamp == series) {
            all.push(Candidate {
                stamp: series,
                source: attr::SERIES_TIME.to_string(),
            });
        }
    }
    // The first acquisition is the start only if the series begins with it: a weak witness, heard
    // when the times of the beds say nothing.
    if let Some(stamp) = first
        && !is_confirmed
        && !all
            .iter()
            .any(|c| c.stamp.seconds_since(&stamp).abs() <= SAME_MOMENT_S)
    {
        if all.is_empty() {
            sheet.warn(
                FindingCode::ReferenceTimeWeak,
                format!(
                    "the first {} ({stamp}) stands in for the decay reference time: wrong if \
                     slices are missing or the scan was framed late",
                    attr::ACQUISITION_TIME
                ),
            );
        }
        all.push(Candidate {
            stamp,
            source: format!("first {}", attr::ACQUISITION_TIME),
        });
    }
    all
}

/// The reference time where the scanner recorded it as such.
fn recorded(facts: &PetFacts, first: Option<Stamp>, sheet: &mut Worksheet) -> Vec<Candidate> {
    let maker = facts.manufacturer.as_deref().unwrap_or_default();
    let places = [
        (
            is_ge(maker),
            &facts.ge_decay_reference,
            attr::GE_DECAY_REFERENCE,
        ),
        (
            is_siemens(maker),
            &facts.siemens_decay_reference,
            attr::SIEMENS_DECAY_REFERENCE,
        ),
        (
            facts.sop_class != PetSopClass::Pet,
            &facts.decay_correction_datetime,
            attr::DECAY_CORRECTION_DATETIME,
        ),
    ];
    let mut recorded = Vec::new();
    for (applies, fact, attribute) in places {
        let Some(stamp) = fact.get().filter(|_| applies) else {
            continue;
        };
        let scan = first.or(facts.series_start.get());
        let apart = scan.map_or(0.0, |scan| stamp.seconds_since(&scan));
        if apart.abs() > DETACHED_S {
            sheet.warn(
                FindingCode::ReferenceTimeSetAside,
                format!(
                    "{attribute} is {stamp}, {} from the scan, as when only some dates were \
                     shifted; it was not used",
                    span(apart)
                ),
            );
        } else {
            recorded.push(Candidate {
                stamp,
                source: attribute.to_string(),
            });
        }
    }
    recorded
}

/// The reference time that Series Time, Acquisition Time and Frame Reference Time agree on.
fn from_bed_times(
    facts: &PetFacts,
    first: Option<Stamp>,
    decay: Option<Decay>,
    sheet: &mut Worksheet,
) -> Option<Candidate> {
    let same = |a: Stamp, b: Stamp| a.seconds_since(&b).abs() <= SAME_MOMENT_S;
    let series = facts.series_start.get();
    let back = calculated_back(facts, decay, sheet);
    if let (Some(series), Some(first)) = (series, first)
        && same(series, first)
    {
        // The series begins with its first bed. Acquisition Time is then often the same for all
        // beds, and counting back from it would be wrong; that is told, not used.
        if let Some(back) = back
            && back.seconds_since(&series).abs() > DISAGREEMENT_S
        {
            sheet.warn(
                FindingCode::ReferenceTimesDisagree,
                format!(
                    "{} counts back to {back}, {} from {}, at which the first frame begins and \
                     which was used",
                    attr::FRAME_REFERENCE_TIME,
                    span(back.seconds_since(&series)),
                    attr::SERIES_TIME
                ),
            );
        }
        return Some(Candidate {
            stamp: series,
            source: format!("{}, at which the first frame begins", attr::SERIES_TIME),
        });
    }
    let back = back?;
    Some(match series {
        Some(series) if same(series, back) => Candidate {
            stamp: series,
            source: format!(
                "{}, confirmed by {}",
                attr::SERIES_TIME,
                attr::FRAME_REFERENCE_TIME
            ),
        },
        _ => Candidate {
            stamp: back,
            source: format!(
                "{} counted back by {}",
                attr::ACQUISITION_TIME,
                attr::FRAME_REFERENCE_TIME
            ),
        },
    })
}

/// Acquisition Time less the time that Frame Reference Time says has passed since the reference.
///
/// Frame Reference Time runs to the moment within the frame at which the count rate is average,
/// except on GE scanners, where it runs to the start of the frame.
fn calculated_back(facts: &PetFacts, decay: Option<Decay>, sheet: &mut Worksheet) -> Option<Stamp> {
    let to_start_of_frame = is_ge(facts.manufacturer.as_deref().unwrap_or_default());
    let mut estimates: Vec<Stamp> = Vec::new();
    for frame in &facts.frames {
        let (Some(acquired), Some(reference_s)) =
            (frame.acquisition.get(), frame.frame_reference_time_s.get())
        else {
            continue;
        };
        let within_frame_s = if to_start_of_frame {
            Some(0.0)
        } else {
            let duration = frame
                .frame_duration_s
                .get()
                .filter(|t| *t > 0.0 && *t <= MOST_SCAN_S);
            duration
                .zip(decay)
                .map(|(t, decay)| average_rate_time(t, decay.lambda()))
        };
        if let Some(within_frame_s) = within_frame_s
            && reference_s > 0.0
            && reference_s <= MOST_SCAN_S
        {
            estimates.push(acquired.plus_seconds(within_frame_s - reference_s));
        }
    }
    estimates.sort_by_key(|stamp| stamp.local);
    let spread = estimates.last()?.seconds_since(estimates.first()?);
    if spread > DISAGREEMENT_S {
        // All beds carry one Acquisition Time while Frame Reference Time moves on.
        sheet.step(
            "no candidate for it",
            format!("spread over {}", span(spread)),
            format!(
                "{} counted back by {}",
                attr::ACQUISITION_TIME,
                attr::FRAME_REFERENCE_TIME
            ),
        );
        return None;
    }
    estimates.get(estimates.len() / 2).copied()
}

/// Time in s after the start of a frame of `duration_s` at which the count rate equals its mean
/// over the frame.
fn average_rate_time(duration_s: f64, lambda: f64) -> f64 {
    let x = lambda * duration_s;
    // ln(x / (1 - e^-x)) / lambda, written so that short frames keep their digits.
    (x / -(-x).exp_m1()).ln() / lambda
}

fn is_ge(manufacturer: &str) -> bool {
    let maker = manufacturer.trim().to_ascii_uppercase();
    maker == "GE" || maker.starts_with("GE ") || maker.starts_with("GENERAL ELECTRIC")
}

fn is_siemens(manufacturer: &str) -> bool {
    let maker = manufacturer.trim().to_ascii_uppercase();
    ["SIEMENS", "CPS", "CTI"]
        .iter()
        .any(|name| maker.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within a frame the rate is average a little before the middle: by x/24 of the duration,
    /// to first order in x.
    #[test]
    fn the_average_rate_comes_just_before_the_middle_of_a_frame() {
        let lambda = std::f64::consts::LN_2 / 4062.6;
        let t = average_rate_time(180.0, lambda);
        let series = 90.0 - lambda * 180.0 * 180.0 / 24.0;
        assert!((t - series).abs() < 1e-4, "{t} {series}");
        assert!((average_rate_time(1e-3, lambda) - 5e-4).abs() < 1e-9);
    }

    #[test]
    fn makers_are_known_by_their_spellings() {
        for maker in ["GE MEDICAL SYSTEMS", "GE Healthcare", "ge"] {
            assert!(is_ge(maker), "{maker}");
        }
        for maker in ["GEMS like", "SIEMENS", "Philips", ""] {
            assert!(!is_ge(maker), "{maker}");
        }
        for maker in ["SIEMENS", "Siemens Healthineers", "CPS Innovations", "CTI"] {
            assert!(is_siemens(maker), "{maker}");
        }
    }
}
