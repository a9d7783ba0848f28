//! Patterns of disease as values of staging, and what is to follow from each.
//!
//! The expectations are written down from the registry record of NCT03525288 (no extra lesion: as
//! planned; 1 to 5: definitive radiotherapy to every lesion; more: not to all, bed as planned), from
//! PATRON, and from the practice named in the policy; they are not taken from the policy.

use isoboost_lesion::{LesionConfig, find_foci};
use isoboost_staging::{Correlate, Lesion, Region, Staging};
use isoboost_volume::{Grid, Volume};
use nalgebra::Point3;

/// A lesion: its region, node station and miTNM category.
pub(crate) type Place = (Region, Option<&'static str>, &'static str);

const BED: Place = (Region::ProstateBed, None, "miTr");
const OBTURATOR: Place = (Region::PelvicNode, Some("obturator"), "miN1");
const EXTERNAL: Place = (Region::PelvicNode, Some("external_iliac"), "miN1");
const COMMON: Place = (Region::PelvicNode, Some("common_iliac"), "miN1");
const PARA_AORTIC: Place = (Region::Distant, Some("retroperitoneal"), "miM1a");
const THORACIC: Place = (Region::Distant, Some("supradiaphragmatic"), "miM1a");
const BONE: Place = (Region::Distant, None, "miM1b");
const LIVER: Place = (Region::Distant, None, "miM1c");

/// A pattern, and what is to be suggested for it without earlier radiotherapy.
pub(crate) struct Expected {
    pub(crate) name: &'static str,
    pub(crate) lesions: &'static [Place],
    pub(crate) kinds: &'static [&'static str],
    pub(crate) pelvis_top: Option<&'static str>,
    pub(crate) volumes: &'static [&'static str],
    pub(crate) rules: &'static [&'static str],
    /// Cautions that belong to the pattern.
    pub(crate) cautions: &'static [&'static str],
}

const NODES: [&str; 2] = ["pelvic_rt", "node_boost"];
const BED_AND_PELVIS: [&str; 2] = ["prostate_bed", "pelvis"];

pub(crate) const PATTERNS: &[Expected] = &[
    Expected {
        name: "negative",
        lesions: &[],
        kinds: &[],
        pelvis_top: None,
        volumes: &[],
        rules: &["negative"],
        cautions: &[],
    },
    Expected {
        name: "bed alone",
        lesions: &[BED],
        kinds: &["bed_boost"],
        pelvis_top: None,
        volumes: &["prostate_bed"],
        rules: &["bed"],
        cautions: &[],
    },
    Expected {
        name: "two pelvic nodes",
        lesions: &[OBTURATOR, EXTERNAL],
        kinds: &NODES,
        pelvis_top: Some("l5_s1"),
        volumes: &BED_AND_PELVIS,
        rules: &["pelvic-nodes"],
        cautions: &[],
    },
    Expected {
        name: "bed and a pelvic node",
        lesions: &[BED, OBTURATOR],
        kinds: &["pelvic_rt", "node_boost", "bed_boost"],
        pelvis_top: Some("l5_s1"),
        volumes: &BED_AND_PELVIS,
        rules: &["pelvic-nodes", "bed"],
        cautions: &[],
    },
    Expected {
        name: "common iliac node",
        lesions: &[COMMON],
        kinds: &NODES,
        pelvis_top: Some("aortic_bifurcation"),
        volumes: &BED_AND_PELVIS,
        rules: &["common-iliac"],
        cautions: &["common-iliac-label"],
    },
    Expected {
        name: "pelvic and para-aortic node",
        lesions: &[EXTERNAL, PARA_AORTIC],
        kinds: &NODES,
        pelvis_top: Some("above_highest_node"),
        volumes: &BED_AND_PELVIS,
        rules: &["pelvic-nodes", "para-aortic"],
        cautions: &["one-distant"],
    },
    Expected {
        name: "one thoracic node",
        lesions: &[THORACIC],
        kinds: &["metastasis_directed"],
        pelvis_top: None,
        volumes: &["prostate_bed"],
        rules: &["metastases"],
        cautions: &["one-distant"],
    },
    Expected {
        name: "two bone metastases",
        lesions: &[BONE, BONE],
        kinds: &["metastasis_directed"],
        pelvis_top: None,
        volumes: &["prostate_bed"],
        rules: &["metastases"],
        cautions: &[],
    },
    Expected {
        name: "bed, pelvic node and bone",
        lesions: &[BED, EXTERNAL, BONE],
        kinds: &[
            "pelvic_rt",
            "node_boost",
            "bed_boost",
            "metastasis_directed",
        ],
        pelvis_top: Some("l5_s1"),
        volumes: &BED_AND_PELVIS,
        rules: &["pelvic-nodes", "bed", "metastases"],
        cautions: &["one-distant"],
    },
    Expected {
        name: "five bone metastases",
        lesions: &[BONE; 5],
        kinds: &["metastasis_directed"],
        pelvis_top: None,
        volumes: &["prostate_bed"],
        rules: &["metastases"],
        cautions: &["many-metastases"],
    },
    // The bed is not counted, and that a count of all lesions would pass the limit is told.
    Expected {
        name: "bed and five bone metastases",
        lesions: &[BED, BONE, BONE, BONE, BONE, BONE],
        kinds: &["bed_boost", "metastasis_directed"],
        pelvis_top: None,
        volumes: &["prostate_bed"],
        rules: &["bed", "metastases"],
        cautions: &["many-metastases", "count-ambiguity"],
    },
    Expected {
        name: "six bone metastases",
        lesions: &[BONE; 6],
        kinds: &["systemic"],
        pelvis_top: None,
        volumes: &[],
        rules: &["polymetastatic"],
        cautions: &[],
    },
    // The bed is treated as first planned, without a boost.
    Expected {
        name: "bed, three nodes, three bones",
        lesions: &[BED, EXTERNAL, OBTURATOR, COMMON, BONE, BONE, BONE],
        kinds: &["systemic"],
        pelvis_top: None,
        volumes: &[],
        rules: &["polymetastatic"],
        cautions: &["common-iliac-label", "count-ambiguity"],
    },
    Expected {
        name: "one liver metastasis",
        lesions: &[LIVER],
        kinds: &["systemic"],
        pelvis_top: None,
        volumes: &[],
        rules: &["visceral"],
        cautions: &["one-distant"],
    },
];

/// A staging with these lesions, all alike but for their places.
pub(crate) fn staging_of(places: &[Place]) -> Staging {
    let grid = Grid::axis_aligned([16, 16, 16], [4.0; 3], Point3::origin()).unwrap();
    let middle = Point3::new(30.0, 30.0, 30.0);
    let suv = Volume::from_fn(grid.clone(), |voxel| {
        let share = (grid.center_of(voxel) - middle).norm() / 8.0;
        (20.0 * 0.41_f64.powf(share * share)).max(0.5) as f32
    });
    let mut foci = find_foci(&suv, &LesionConfig::default()).unwrap().foci;
    let focus = foci.remove(0);
    let lesions = places
        .iter()
        .zip(1..)
        .map(|((region, station, mi_tnm), id)| Lesion {
            id,
            focus: focus.clone(),
            region: *region,
            site: String::new(),
            station: station.map(str::to_owned),
            side: None,
            bed_site: None,
            alternatives: Vec::new(),
            suspicions: Vec::new(),
            correlate: Correlate::NotKnown,
            psma_rads: None,
            mi_tnm: (*mi_tnm).to_owned(),
            psma_score: None,
            range: None,
            recovery: None,
            confidence: 0.9,
            evidence: Vec::new(),
        });
    Staging {
        lesions: lesions.collect(),
        ..Staging::default()
    }
}
