//! What was injected: which item of the header, how much, and how fast it decays.

use crate::attribute as attr;
use crate::facts::{Fact, PetFacts, PetSopClass, RadiopharmaceuticalFacts};
use crate::finding::FindingCode;
use crate::nuclide::{HALF_LIFE_TOLERANCE, Nuclide};
use crate::options::{SuvOptions, flag};
use crate::refusal::RefusalCode;
use crate::worksheet::{Worksheet, number};

/// Below this a dose is in MBq, above in Bq: doses in real headers lie around 4e2 and 4e8, and
/// 0.1 MBq makes no image while 100 GBq is never injected.
const MBQ_BELOW: f64 = 1e5;
/// A number outside this range is no dose in either unit: 1e12 Bq is a terabecquerel.
const POSSIBLE_DOSE: std::ops::RangeInclusive<f64> = 1e-3..=1e12;
/// A number outside this range is no half-life in s of anything that is injected.
const POSSIBLE_HALF_LIFE_S: std::ops::RangeInclusive<f64> = 10.0..=1e9;
/// Doses in MBq outside this range are worth a look.
const USUAL_DOSE_MBQ: (f64, f64) = (10.0, 2000.0);
/// Beyond this ratio to the nuclide's half-life, one of the two is another nuclide's (or given
/// in minutes), and nothing in the header tells which.
const CONTRADICTION: f64 = 0.10;

/// The item that belongs to the image; `None` when several are there and none stands out.
pub(crate) fn choose_item(
    facts: &PetFacts,
    options: &SuvOptions,
    sheet: &mut Worksheet,
) -> Option<RadiopharmaceuticalFacts> {
    let mut items: Vec<&RadiopharmaceuticalFacts> = Vec::new();
    for item in &facts.radiopharmaceuticals {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    if items.len() < 2 {
        return Some(
            items
                .first()
                .map_or_else(Default::default, |i| (*i).clone()),
        );
    }
    let nuclide_of = |item: &RadiopharmaceuticalFacts| {
        let by_half_life = || item.half_life_s.get().and_then(Nuclide::from_half_life);
        Nuclide::stated_by(item).or_else(by_half_life)
    };
    let n_items = items.len();
    items.retain(|item| match options.nuclide {
        Some(wanted) => nuclide_of(item) == Some(wanted),
        None => nuclide_of(item).is_some_and(Nuclide::is_injected),
    });
    let [chosen] = items.as_slice() else {
        return None;
    };
    sheet.assume(
        FindingCode::RadiopharmaceuticalChosen,
        format!(
            "{} lists {n_items} substances; the one with {} was taken",
            attr::RADIOPHARMACEUTICAL_INFORMATION,
            nuclide_of(chosen).map_or("the nuclide", Nuclide::name)
        ),
    );
    Some((*chosen).clone())
}

/// The injected activity in Bq.
pub(crate) fn dose_bq(
    item: &RadiopharmaceuticalFacts,
    facts: &PetFacts,
    options: &SuvOptions,
    sheet: &mut Worksheet,
) -> Option<f64> {
    let written = &item.total_dose;
    let (bq, source) = if let Some(mbq) = options.dose_mbq {
        if !(POSSIBLE_DOSE.contains(&mbq) && mbq < MBQ_BELOW) {
            sheet.refuse_option(flag::DOSE_MBQ, number(mbq), "an activity in MBq");
            return None;
        }
        let instead = format!("{}: {}", attr::RADIONUCLIDE_TOTAL_DOSE, written.found());
        sheet.replace(flag::DOSE_MBQ, format!("{} MBq", number(mbq)), instead);
        (mbq * 1e6, flag::DOSE_MBQ.to_owned())
    } else if let Fact::Known(dose) = *written
        && POSSIBLE_DOSE.contains(&dose)
    {
        let bq = in_becquerel(dose, &facts.sop_class, sheet);
        (bq, attr::RADIONUCLIDE_TOTAL_DOSE.to_string())
    } else {
        sheet.refuse(
            RefusalCode::Dose,
            attr::RADIONUCLIDE_TOTAL_DOSE,
            written.found(),
            "the injected activity",
            Some(flag::DOSE_MBQ),
        );
        return None;
    };
    let mbq = bq / 1e6;
    if mbq < USUAL_DOSE_MBQ.0 || mbq > USUAL_DOSE_MBQ.1 {
        sheet.warn(
            FindingCode::DoseUnusual,
            format!("an injected activity of {} MBq is unusual", number(mbq)),
        );
    }
    sheet.step("injected activity", format!("{} MBq", number(mbq)), source);
    Some(bq)
}

/// The same tag is in Bq in classic PET objects and in MBq in enhanced ones (PS3.3 C.8.9.2 and
/// C.8.22.4), and either kind is found written in the unit of the other.
fn in_becquerel(dose: f64, class: &PetSopClass, sheet: &mut Worksheet) -> f64 {
    let is_mbq = dose < MBQ_BELOW;
    let should_be_mbq = *class == PetSopClass::EnhancedPet;
    if is_mbq != should_be_mbq {
        let (code, unit) = if is_mbq {
            (FindingCode::DoseInMbq, "MBq")
        } else {
            (FindingCode::DoseInBq, "Bq")
        };
        sheet.assume(
            code,
            format!(
                "{} is {}: taken as {unit}, which this kind of object should not use",
                attr::RADIONUCLIDE_TOTAL_DOSE,
                number(dose)
            ),
        );
    }
    if is_mbq { dose * 1e6 } else { dose }
}

/// How the activity decays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay {
    pub(crate) half_life_s: f64,
    pub(crate) nuclide: Option<Nuclide>,
}

impl Decay {
    /// Decay constant in 1/s.
    pub(crate) fn lambda(self) -> f64 {
        std::f64::consts::LN_2 / self.half_life_s
    }
}

/// Half-life and nuclide, from the operator, the header or the nuclide's table row.
pub(crate) fn decay(
    item: &RadiopharmaceuticalFacts,
    options: &SuvOptions,
    sheet: &mut Worksheet,
) -> Option<Decay> {
    let nuclide = options.nuclide.or_else(|| Nuclide::stated_by(item));
    if let Some(named) = options.nuclide {
        let stated = Nuclide::stated_by(item).map_or("no nuclide", Nuclide::name);
        let instead = format!("{}: {stated}", attr::RADIONUCLIDE_CODE);
        sheet.replace(flag::NUCLIDE, named.name(), instead);
    }
    let decay = if let Some(seconds) = options.half_life_s {
        if !POSSIBLE_HALF_LIFE_S.contains(&seconds) {
            sheet.refuse_option(flag::HALF_LIFE_S, number(seconds), "a half-life in s");
            return None;
        }
        let instead = format!(
            "{}: {}",
            attr::RADIONUCLIDE_HALF_LIFE,
            item.half_life_s.found()
        );
        sheet.replace(flag::HALF_LIFE_S, format!("{} s", number(seconds)), instead);
        let source = flag::HALF_LIFE_S.to_owned();
        (seconds, source)
    } else {
        header_half_life(item, nuclide, options.nuclide.is_some(), sheet)?
    };
    let (half_life_s, source) = decay;
    let nuclide = nuclide.or_else(|| Nuclide::from_half_life(half_life_s));
    if let Some(found) = nuclide.filter(|n| !n.is_injected()) {
        sheet.refuse(
            RefusalCode::Nuclide,
            attr::RADIONUCLIDE_CODE,
            format!("`{found}`, the source of a calibration phantom"),
            "a nuclide that is injected",
            Some(flag::NUCLIDE),
        );
        return None;
    }
    let name = nuclide.map_or("unknown nuclide", Nuclide::name);
    sheet.step(
        "half-life",
        format!("{} s ({name})", number(half_life_s)),
        source,
    );
    if nuclide.is_none() {
        sheet.warn(
            FindingCode::NuclideUnknown,
            format!(
                "no nuclide is named and none is known with a half-life of {} s",
                number(half_life_s)
            ),
        );
    }
    Some(Decay {
        half_life_s,
        nuclide,
    })
}

fn header_half_life(
    item: &RadiopharmaceuticalFacts,
    nuclide: Option<Nuclide>,
    is_named_by_operator: bool,
    sheet: &mut Worksheet,
) -> Option<(f64, String)> {
    let is_possible = |s: &f64| POSSIBLE_HALF_LIFE_S.contains(s);
    let written = item.half_life_s.get().filter(is_possible);
    let header = attr::RADIONUCLIDE_HALF_LIFE;
    let from_table = |nuclide: Nuclide| (nuclide.half_life_s(), format!("half-life of {nuclide}"));
    match (written, nuclide) {
        (Some(seconds), Some(nuclide)) => {
            let deviation = (seconds / nuclide.half_life_s() - 1.0).abs();
            if deviation <= HALF_LIFE_TOLERANCE {
                return Some((seconds, header.to_string()));
            }
            if is_named_by_operator {
                return Some(from_table(nuclide));
            }
            let expected = number(nuclide.half_life_s());
            if deviation > CONTRADICTION {
                sheet.refuse(
                    RefusalCode::HalfLife,
                    header,
                    item.half_life_s.found(),
                    format!("{expected} s for {nuclide}, which the header names"),
                    Some(flag::HALF_LIFE_S),
                );
                return None;
            }
            sheet.warn(
                FindingCode::HalfLifeDiffers,
                format!(
                    "{header} is {} s and that of {nuclide} {expected} s; the header was used",
                    number(seconds)
                ),
            );
            Some((seconds, header.to_string()))
        }
        (Some(seconds), None) if looks_like_minutes(seconds) => {
            sheet.refuse(
                RefusalCode::HalfLife,
                header,
                item.half_life_s.found(),
                "seconds, while this looks like minutes",
                Some(flag::HALF_LIFE_S),
            );
            None
        }
        (Some(seconds), None) => Some((seconds, header.to_string())),
        (None, Some(nuclide)) => {
            if !is_named_by_operator && nuclide.is_injected() {
                sheet.assume(
                    FindingCode::HalfLifeFromNuclide,
                    format!(
                        "{header}: found {}; that of {nuclide} was used",
                        item.half_life_s.found()
                    ),
                );
            }
            Some(from_table(nuclide))
        }
        (None, None) => {
            sheet.refuse(
                RefusalCode::HalfLife,
                header,
                item.half_life_s.found(),
                "the half-life in s or a nuclide that is known",
                Some(flag::HALF_LIFE_S),
            );
            None
        }
    }
}

/// 109.77, 67.71 and 762 are the half-lives of F-18, Ga-68 and Cu-64 in minutes.
fn looks_like_minutes(half_life: f64) -> bool {
    half_life < 1000.0 && Nuclide::from_half_life(half_life * 60.0).is_some()
}
