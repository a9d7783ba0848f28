//! What every preset finds in pelvis phantoms: by size and uptake of the lesions, and how much it
//! finds where nothing is. `docs/finding.md` shows the same figures.

mod document;
mod scans;
mod tally;

use isoboost_lesion::find_uptake;
use isoboost_pipeline::{Config, PRESETS};
use isoboost_tests::workspace;

use document::document;
use scans::{NEGATIVE_SCANS, NOISY_SCANS, Patient, SCENARIOS, scans};
use tally::{Tally, false_foci};

/// All presets over all scans.
fn tallies() -> Vec<Tally> {
    let scans = scans();
    let patient = Patient::of(&scans[0]);
    let tally = |(name, _): &(&str, &str)| {
        let config = Config::load(Some(name), None).unwrap().lesion;
        let mut tally = Tally::default();
        for (n, study) in scans.iter().enumerate() {
            let surroundings = patient.surroundings(&study.suv);
            let uptake = find_uptake(&study.suv, &surroundings, &config);
            let found = uptake.unwrap().foci();
            if n >= scans.len() - NOISY_SCANS {
                let [bowel, elsewhere] = false_foci(&patient, study, &found);
                tally.false_noisy_scans += bowel + elsewhere;
                continue;
            }
            if n < NEGATIVE_SCANS + SCENARIOS.len() {
                tally.add_scenario(study, &found);
            } else {
                tally.add_made(study, &found);
            }
            tally.add_false(&patient, study, &found);
        }
        tally
    };
    PRESETS.iter().map(tally).collect()
}

/// What must hold whatever the figures are.
fn check(tallies: &[Tally]) {
    let of = |name: &str| {
        let place = PRESETS.iter().position(|p| p.0 == name);
        &tallies[place.unwrap_or_else(|| panic!("no preset {name}"))]
    };
    for ((name, _), tally) in PRESETS.iter().zip(tallies) {
        assert_eq!(tally.false_negative_scans, 0, "{name} on negative scans");
        let wrong = tally.false_bowel + tally.false_elsewhere;
        assert_eq!(wrong, 0, "{name}: false foci");
    }
    for name in [
        "suv3",
        "suv4-fixed",
        "qpsma",
        "blood-pool",
        "local-contrast",
    ] {
        let (found, all) = of(name).scenarios;
        assert_eq!(found, all, "{name} on the built-in scenarios");
    }
    for name in ["suv3", "blood-pool", "local-contrast"] {
        let (found, all) = of(name).visible;
        assert!(found == all && all > 25, "{name}: {found} of {all} visible");
    }
    let pairs = of("suv3").lesions.iter().flatten();
    let pairs = pairs.zip(of("local-contrast").lesions.iter().flatten());
    for (fixed, local) in pairs {
        assert!(local.0 >= fixed.0, "local contrast lost a lesion of SUV 3");
    }
}

/// The tables of the document are those that the present code gives.
#[test]
fn presets_find_what_the_document_says() {
    let tallies = tallies();
    check(&tallies);
    let text = document(&tallies);
    let path = workspace().join("docs/finding.md");
    if std::env::var_os("ISOBOOST_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/finding.md is stale; run this test with ISOBOOST_UPDATE_DOCS=1"
    );
}
