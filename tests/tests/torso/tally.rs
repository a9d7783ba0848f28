//! What was right and what was wrong.

use std::collections::BTreeMap;
use std::fmt;

use isoboost_phantom::{Region, TruthLesion};
use isoboost_pipeline::Analysis;
use isoboost_staging::Lesion;

use crate::Patient;

/// Right ones of all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) right: usize,
    pub(crate) all: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }

    pub(crate) fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} ({:.1} %)",
            self.right,
            self.all,
            self.percent()
        )
    }
}

/// One thing that went wrong.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) seed: u64,
    /// `missed`, `region`, `station` or `false`.
    pub(crate) what: &'static str,
    /// What is there.
    pub(crate) truth: String,
    /// What was told of it.
    pub(crate) told: String,
    /// The evidence for that.
    pub(crate) why: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) patients: usize,
    pub(crate) detected: Share,
    pub(crate) region: Share,
    pub(crate) station: Share,
    pub(crate) false_lesions: usize,
    pub(crate) false_organs: usize,
    pub(crate) failures: Vec<Failure>,
    /// Errors of each landmark in mm; none where it is absent.
    pub(crate) landmarks: BTreeMap<&'static str, Vec<Option<f64>>>,
}

/// Organs that must never be taken for a lesion.
const NEVER: [&str; 14] = [
    "kidney_left",
    "kidney_right",
    "transplant_kidney",
    "urinary_bladder",
    "parotid_left",
    "parotid_right",
    "submandibular_left",
    "submandibular_right",
    "lacrimal_gland_left",
    "lacrimal_gland_right",
    "liver",
    "spleen",
    "gallbladder",
    "ileal_conduit",
];

impl Tally {
    pub(crate) fn of(patient: &Patient, found: &Analysis) -> Self {
        let mut tally = Self::default();
        tally.look_at(patient, found);
        tally
    }

    /// False lesions a patient.
    pub(crate) fn false_rate(&self) -> f64 {
        self.false_lesions as f64 / self.patients.max(1) as f64
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.patients += other.patients;
        for (sum, more) in [
            (&mut self.detected, other.detected),
            (&mut self.region, other.region),
            (&mut self.station, other.station),
        ] {
            sum.right += more.right;
            sum.all += more.all;
        }
        self.false_lesions += other.false_lesions;
        self.false_organs += other.false_organs;
        self.failures.extend(other.failures);
        for (name, errors) in other.landmarks {
            self.landmarks.entry(name).or_default().extend(errors);
        }
    }

    fn look_at(&mut self, patient: &Patient, found: &Analysis) {
        self.patients += 1;
        self.add_landmarks(patient, found);
        let mut open: Vec<&Lesion> = found.staging.lesions.iter().collect();
        for truth in &patient.study.truth.lesions {
            let hit = open.iter().position(|lesion| is_of(truth, lesion));
            self.detected.count(hit.is_some());
            match hit {
                Some(n) => self.judge(patient, truth, open.remove(n)),
                None => self.miss(patient, truth, found),
            }
        }
        for lesion in open {
            // A second focus of a lesion that is split is no false one.
            if patient.study.truth.lesions.iter().any(|t| is_of(t, lesion)) {
                continue;
            }
            self.false_lesions += 1;
            let at = lesion.focus.measures.max_at;
            let organ = patient.organ_at(at);
            self.false_organs += usize::from(NEVER.contains(&organ));
            self.failures.push(Failure {
                seed: patient.seed,
                what: "false",
                truth: format!("uptake in {}", organ.replace('_', " ")),
                told: told(lesion),
                why: lesion.evidence.clone(),
            });
        }
    }

    /// Distances along the axes that a landmark is used for.
    fn add_landmarks(&mut self, patient: &Patient, found: &Analysis) {
        let truth = |name: &str| {
            let all = patient.study.truth.landmarks.iter();
            let found = all.clone().find(|(n, _)| n == name);
            found.unwrap_or_else(|| panic!("no landmark {name}")).1
        };
        let seen = &found.anatomy.landmarks;
        let pairs = [
            (
                "midline",
                &seen.midline,
                "symphysis_top",
                [true, false, false],
            ),
            (
                "left femoral head",
                &seen.femoral_head_top_left,
                "femoral_head_top",
                [false, false, true],
            ),
            (
                "top of symphysis",
                &seen.symphysis_top,
                "symphysis_top_back",
                [false, true, true],
            ),
            (
                "bottom of symphysis",
                &seen.symphysis_bottom,
                "symphysis_bottom",
                [false, false, true],
            ),
            (
                "promontory",
                &seen.promontory,
                "lumbosacral_disc_front",
                [false, true, true],
            ),
            (
                "iliac crest",
                &seen.iliac_crest,
                "iliac_crest_left",
                [false, false, true],
            ),
        ];
        for (name, sought, of, axes) in pairs {
            let error = sought.as_ref().ok().map(|landmark| {
                let d = landmark.at - truth(of);
                let squares = (0..3).filter(|a| axes[*a]).map(|a| d[a] * d[a]);
                squares.sum::<f64>().sqrt()
            });
            self.landmarks.entry(name).or_default().push(error);
        }
    }

    fn judge(&mut self, patient: &Patient, truth: &TruthLesion, lesion: &Lesion) {
        let region = match truth.region {
            Region::ProstateBed => "prostate_bed",
            Region::PelvicNode => "pelvic_node",
            _ => "distant",
        };
        let right = lesion.region.name() == region;
        self.region.count(right);
        let station = station_is_right(truth, lesion);
        self.station.count(right && station);
        if !(right && station) {
            let what = if right { "station" } else { "region" };
            self.failures.push(Failure {
                seed: patient.seed,
                what,
                truth: named(truth),
                told: told(lesion),
                why: lesion.evidence.clone(),
            });
        }
    }

    fn miss(&mut self, patient: &Patient, truth: &TruthLesion, found: &Analysis) {
        let excluded = found.staging.excluded.iter().find(|e| {
            (e.focus.measures.max_at - truth.center).norm() <= truth.diameter_mm / 2.0 + 5.0
        });
        let (told, why) = match excluded {
            Some(e) => (
                format!("excluded as {}", e.reason.name().replace('_', " ")),
                e.evidence.clone(),
            ),
            None => ("nothing found".to_owned(), Vec::new()),
        };
        self.failures.push(Failure {
            seed: patient.seed,
            what: "missed",
            truth: named(truth),
            told,
            why,
        });
    }
}

fn named(truth: &TruthLesion) -> String {
    let side = truth.side.map(|side| format!("{side:?} ").to_lowercase());
    format!(
        "{}{}, {:.0} mm, SUVmax {:.1}",
        side.unwrap_or_default(),
        truth.station.replace('_', " "),
        truth.diameter_mm,
        truth.suv_max_noise_free
    )
}

fn told(lesion: &Lesion) -> String {
    let measures = &lesion.focus.measures;
    format!(
        "{}, SUVmax {:.1}, {:.1} mL",
        lesion.site, measures.suv_max, measures.volume_ml
    )
}

fn is_of(truth: &TruthLesion, lesion: &Lesion) -> bool {
    let measures = &lesion.focus.measures;
    let reach = truth.diameter_mm / 2.0 + 5.0;
    (measures.max_at - truth.center).norm() <= reach
        || (measures.centroid - truth.center).norm() <= reach
}

/// Whether the place is named as it is: the station of a node with its side, the part of the bed,
/// the bone.
fn station_is_right(truth: &TruthLesion, lesion: &Lesion) -> bool {
    let side = truth.side.map(|side| format!("{side:?}").to_lowercase());
    let sided = |text: &str| {
        side.as_ref()
            .is_none_or(|side| text.contains(side.as_str()))
    };
    let site = lesion.site.as_str();
    let station = lesion.station.as_deref();
    match truth.station.as_str() {
        bed @ ("anastomosis" | "retrovesical" | "lateral") => {
            lesion.bed_site.is_some_and(|site| site.name() == bed)
        }
        central @ ("presacral" | "perirectal" | "retroperitoneal") => station == Some(central),
        "mediastinal" | "supraclavicular" | "axillary" => station == Some("supradiaphragmatic"),
        node
        @ ("external_iliac" | "internal_iliac" | "obturator" | "common_iliac" | "inguinal") => {
            station == Some(node) && sided(site)
        }
        vertebra if vertebra.starts_with("vertebra_") => {
            let label = vertebra.trim_start_matches("vertebra_").to_uppercase();
            site.contains(&format!("vertebra {label}"))
        }
        "ilium" | "acetabulum" | "ischium" | "pubis" => {
            let hip = ["ilium", "acetabulum", "ischium", "pubis", "hip bone"];
            hip.iter().any(|name| site.contains(name)) && sided(site)
        }
        "sacrum" | "sternum" | "skull" => site.contains(truth.station.as_str()),
        bone => site.contains(bone) && sided(site),
    }
}
