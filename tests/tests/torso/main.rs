//! Random patients from vertex to mid-thigh: what is found, where it is said to be, and what is
//! taken for disease that is none; with the organs recognised, and with organs drawn by other
//! software. Then patients with what is not usual, one by one.

mod page;
mod patients;
mod tally;
mod variants;

use page::{Limits, page};
use patients::Patient;
use rayon::prelude::*;
use tally::Tally;

/// Patients that nobody has looked at while the rules were made.
const UNSEEN: std::ops::Range<u64> = 94_001..94_041;

const RECOGNISED: Limits = Limits {
    detected: 95.0,
    region: 97.0,
    station: 85.0,
    false_rate: 0.3,
};
const DRAWN: Limits = Limits {
    detected: 98.0,
    region: 99.0,
    station: 92.0,
    false_rate: 0.1,
};

#[test]
fn unseen_patients_are_told_right() {
    let seeds = patients::seeds(UNSEEN).into_par_iter();
    let tallies: Vec<[Tally; 2]> = seeds
        .map(|seed| {
            let patient = Patient::random(seed);
            [false, true].map(|drawn| Tally::of(&patient, &patient.analysed(drawn)))
        })
        .collect();
    let [mut recognised, mut drawn] = [Tally::default(), Tally::default()];
    for [of_recognised, of_drawn] in tallies {
        recognised.add(of_recognised);
        drawn.add(of_drawn);
    }
    let page = page((&recognised, &RECOGNISED), (&drawn, &DRAWN));
    println!("{page}");
    hold(&recognised, &RECOGNISED);
    hold(&drawn, &DRAWN);
    if patients::are_usual() {
        isoboost_tests::check_page("torso.md", &page);
    }
}

fn hold(tally: &Tally, limits: &Limits) {
    for (name, share, least) in [
        ("found", tally.detected, limits.detected),
        ("region", tally.region, limits.region),
        ("station", tally.station, limits.station),
    ] {
        assert!(
            share.percent() >= least,
            "{name}: {share}, at least {least} %"
        );
    }
    let rate = tally.false_rate();
    assert!(
        rate <= limits.false_rate,
        "{rate:.2} false lesions a patient"
    );
    assert_eq!(tally.false_organs, 0, "hot organs taken for lesions");
    for (name, errors) in &tally.landmarks {
        let mut known: Vec<f64> = errors.iter().copied().flatten().collect();
        known.sort_by(f64::total_cmp);
        let median = known[known.len() / 2];
        assert!(median <= 10.0, "{name}: median {median:.1} mm");
    }
}
