//! `docs/finding.md`.

use std::fmt::Write as _;

use isoboost_pipeline::PRESETS;

use crate::scans::{DIAMETERS_MM, MADE_SCANS, NEGATIVE_SCANS, NOISY_SCANS, SCENARIOS, SUVS};
use crate::tally::Tally;

/// Share of lesions found, by size and uptake.
pub(crate) fn sensitivity(tallies: &[Tally]) -> String {
    let mut text = String::new();
    for (d, diameter) in DIAMETERS_MM.iter().enumerate() {
        let _ = write!(text, "\n### Lesions of {diameter} mm\n\n| preset |");
        for suv in SUVS {
            let _ = write!(text, " SUV {suv} |");
        }
        text.push_str("\n|---|---|---|---|---|---|---|\n");
        for ((name, _), tally) in PRESETS.iter().zip(tallies) {
            let _ = write!(text, "| {name} |");
            for (found, all) in tally.lesions[d] {
                let _ = write!(text, " {:.0} % |", 100.0 * found as f64 / all as f64);
            }
            text.push('\n');
        }
    }
    text
}

/// Everything at a glance, with what was found where nothing is.
pub(crate) fn overview(tallies: &[Tally]) -> String {
    let mut text = format!(
        "\n| preset | lesions found | missed, told as points | lesions of the scenarios | false foci in {} scans | of them in bowel | on {NEGATIVE_SCANS} negative ones | on {NOISY_SCANS} negative ones with twice the noise |\n\
         |---|---|---|---|---|---|---|---|\n",
        tallies[0].scans
    );
    for ((name, _), t) in PRESETS.iter().zip(tallies) {
        let (found, all) = t.all();
        let wrong = t.false_bowel + t.false_elsewhere;
        let _ = writeln!(
            text,
            "| {name} | {found} of {all} | {} | {} of {} | {wrong} | {} | {} | {} |",
            t.told,
            t.scenarios.0,
            t.scenarios.1,
            t.false_bowel,
            t.false_negative_scans,
            t.false_noisy_scans
        );
    }
    text
}

pub(crate) fn document(tallies: &[Tally]) -> String {
    let (made, scans) = (MADE_SCANS, tallies[0].scans);
    let (negative, built_in) = (NEGATIVE_SCANS, SCENARIOS.len());
    format!(
        "# What each preset finds\n\n\
         Made by `tests/tests/finding` from {scans} pelvis phantoms of 68Ga-PSMA-11: {made} with twelve lesions each, {built_in} built-in scenarios, and {negative} without lesions.\n\
         PET voxels of 4.5 x 4.5 x 4 mm, point spread 5.5 mm, noise 15 % at SUV 1, bladder SUV 30, blood 1.6, bowel up to 1.8, muscle 0.6, marrow 0.8.\n\
         The SUV of a lesion is its true one: of its contrast, blur and voxels leave 27 % in the middle of 6 mm, 48 % of 8 mm, 69 % of 10 mm and 93 % of 14 mm.\n\
         Each size and uptake lies at six of twelve places: anastomosis and retrovesical bed, external and internal iliac, obturator, common iliac and presacral nodes, sacrum, ilium, acetabulum, L5 and ischium.\n\
         The blood pool is measured in the aorta of each scan; liver and spleen lie outside and have the levels 4.5 and 7.0 with the scanner's noise.\n\n\
         A lesion is found when a delineated focus has its maximum within the lesion's radius, or within 5 mm of its centre.\n\
         A focus is false when its maximum lies more than 9 mm from every lesion, kidney, ureter and the bladder.\n\
         {overview}\n\
         ## Which one is the default\n\n\
         `suv3`: it finds every lesion of the built-in scenarios and every one of 8 mm or more that the image shows with SUV 4.5, and has no false focus.\n\
         It needs no reference region, is the same for every patient, and is what the DEEP-PSMA challenge holds as truth.\n\n\
         `local-contrast` finds all that `suv3` finds and the small and faint ones that no threshold can; it is the second look when a scan seems negative.\n\
         Noise makes foci of its own on iliac vessels, as the scans with twice the noise show.\n\
         `blood-pool` lies between the two.\n\
         The limits of both were chosen on phantoms of this kind: their figures are those of a fit, not of a test.\n\
         These phantoms flatter both: they have no ganglia, no unspecific bone uptake and no hot bowel, whose uptake of SUV 2 to 4 is what SUV 3 is meant to leave out.\n\n\
         `qpsma`, `tridfusion` and `tissue` measure tumour load and leave small foci out by design.\n\
         `percent-of-max` depends on what else is in the scan.\n\
         `liver-percist` was made for FDG, where the liver is at SUV 2: in PSMA it asks for SUV 7 and misses most.\n\n\
         ## Found by size and uptake\n\
         {sensitivity}",
        overview = overview(tallies),
        sensitivity = sensitivity(tallies),
    )
}
