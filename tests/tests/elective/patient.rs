//! Patients whose organs are known: phantoms of the pelvis, and the real labelled man.

use isoboost_anatomy::{Anatomy, ImportedOrgan, TOTALSEGMENTATOR_LABELS, recognise};
use isoboost_phantom::{Diversion, ScannerModel, Side, TorsoField, TorsoSpec, Tracer, torso};
use isoboost_planning::{
    ElectiveConfig, ElectiveInput, Patient as Facts, PelvisTop, PlannedTargets, Policy,
    Recommendation, VolumeDoses, WholeVolume, add_elective_targets, recommend,
};
use isoboost_staging::Staging;
use isoboost_tests::shared_data;
use isoboost_volume::{Grid, Volume, label_boxes};

/// Voxels of the organs that are handed in, as TotalSegmentator draws them in its fast mode, mm.
const LABEL_MM: f64 = 3.0;
/// Urine and everything else, SUV.
const URINE: f32 = 30.0;
const BACKGROUND: f32 = 0.6;

pub(crate) struct Patient {
    pub(crate) name: String,
    pub(crate) ct: Volume<i16>,
    pub(crate) suv: Volume<f32>,
    pub(crate) organs: Vec<ImportedOrgan>,
}

/// Volumes drawn for a patient.
pub(crate) struct Drawn {
    pub(crate) anatomy: Anatomy,
    pub(crate) planned: PlannedTargets,
}

impl Patient {
    /// A phantom of the pelvis.
    pub(crate) fn phantom(
        name: &str,
        spec: TorsoSpec,
        tracer: Tracer,
        scanner: &ScannerModel,
        seed: u64,
    ) -> Self {
        let spec = TorsoSpec {
            field: TorsoField::Pelvis,
            ..spec
        };
        let study = torso(&spec, tracer, scanner, seed).unwrap_or_else(|e| panic!("{e}"));
        let labels = study.organ_labels(&label_grid(study.ct.grid()));
        let boxes = label_boxes(&labels);
        let names = (1_u16..).zip(study.organ_names());
        let known = names.filter(|(_, name)| {
            let mut labels = TOTALSEGMENTATOR_LABELS.iter();
            // It has a rectum in another task.
            *name == "rectum" || labels.any(|(_, label)| label == name)
        });
        let organs = known.filter_map(|(n, name)| {
            let crop = labels.crop(*boxes.get(&n)?);
            Some(ImportedOrgan {
                name: name.to_owned(),
                mask: crop.map(|label| *label == n),
            })
        });
        Self {
            name: name.to_owned(),
            organs: organs.collect(),
            ct: study.ct,
            suv: study.suv,
        }
    }

    /// The real man; `None`, said aloud, where he is not. His PET has urine alone.
    pub(crate) fn real() -> Option<Self> {
        let folder = shared_data("totalsegmentator-example")?;
        let ct = isoboost_report::read_volume(&folder.join("example_ct.nii.gz")).unwrap();
        let labels = folder.join("example_seg_fast_force_split.nii.gz");
        let labels = isoboost_report::read_label_map(&labels).unwrap();
        let boxes = label_boxes(&labels);
        let organs = TOTALSEGMENTATOR_LABELS.iter().filter_map(|(label, name)| {
            let crop = labels.crop(*boxes.get(label)?);
            Some(ImportedOrgan {
                name: (*name).to_owned(),
                mask: crop.map(|l| l == label),
            })
        });
        let urine = TOTALSEGMENTATOR_LABELS
            .iter()
            .find(|(_, name)| *name == "urinary_bladder");
        let urine = urine.map_or(0, |(label, _)| *label);
        Some(Self {
            name: "a real man".to_owned(),
            organs: organs.collect(),
            suv: labels.map(|l| if *l == urine { URINE } else { BACKGROUND }),
            ct: ct.map(|hu| hu.round() as i16),
        })
    }

    /// His volumes, from the organs handed in or from what is recognised alone.
    pub(crate) fn drawn(&self, with_organs: bool) -> Drawn {
        let organs = if with_organs { &self.organs[..] } else { &[] };
        let anatomy = recognise(Some(&self.ct), &self.suv, organs);
        let mut planned = PlannedTargets::default();
        let input = ElectiveInput {
            anatomy: Some(&anatomy),
            ct: Some(&self.ct),
            imported: organs,
            staging: &Staging::default(),
            recommendation: &asked(),
            config: &ElectiveConfig::default(),
        };
        add_elective_targets(&mut planned, self.ct.grid(), &input);
        Drawn { anatomy, planned }
    }
}

/// Both volumes, up to the aortic bifurcation.
fn asked() -> Recommendation {
    let policy = Policy::default();
    let mut asked = recommend(&Staging::default(), &Facts::default(), &policy);
    asked.pelvis_top = Some(PelvisTop::AorticBifurcation);
    let both = [WholeVolume::ProstateBed, WholeVolume::Pelvis];
    let volumes = both.map(|name| VolumeDoses {
        name,
        ctv_to_ptv_mm: policy.volume_margin(name),
        doses: policy.volume_doses(name).to_vec(),
    });
    asked.volumes = volumes.to_vec();
    asked
}

/// The phantoms of the page: random ones that nobody has looked at while the rules were made, and
/// what is not usual.
pub(crate) fn phantoms() -> Vec<Patient> {
    let small = ScannerModel::torso_small();
    let random = (FIRST_SEED..FIRST_SEED + RANDOM).map(|seed| {
        let (spec, tracer) = TorsoSpec::random(seed);
        Patient::phantom(&format!("random {seed}"), spec, tracer, &small, seed)
    });
    let usual = TorsoSpec::default;
    let variants = [
        ("usual", usual(), small.clone()),
        (
            "short, full bladder",
            TorsoSpec {
                height_cm: 158.0,
                weight_kg: 62.0,
                bladder_ml: 420.0,
                ..usual()
            },
            small.clone(),
        ),
        (
            "tall, empty bladder",
            TorsoSpec {
                height_cm: 198.0,
                weight_kg: 118.0,
                bladder_ml: 40.0,
                ..usual()
            },
            small.clone(),
        ),
        (
            "hip prosthesis",
            TorsoSpec {
                hip_prosthesis: Some(Side::Left),
                ..usual()
            },
            small.clone(),
        ),
        (
            "neobladder",
            TorsoSpec {
                diversion: Diversion::Neobladder,
                ..usual()
            },
            small.clone(),
        ),
        ("oblique slices", usual(), small.clone().oblique()),
    ];
    let variants = variants
        .into_iter()
        .map(|(name, spec, scanner)| Patient::phantom(name, spec, Tracer::Ga68Psma11, &scanner, 5));
    random.chain(variants).collect()
}

const FIRST_SEED: u64 = 61_001;
const RANDOM: u64 = 6;

/// The grid of the labels, over the field of the CT.
fn label_grid(ct: &Grid) -> Grid {
    let corners = ct.corners();
    let low = corners.iter().fold(corners[0], |low, c| low.inf(c));
    let high = corners.iter().fold(corners[0], |high, c| high.sup(c));
    let shape = [2, 1, 0].map(|a| ((high[a] - low[a]) / LABEL_MM) as usize + 1);
    Grid::axis_aligned(shape, [LABEL_MM; 3], low).unwrap_or_else(|e| panic!("{e}"))
}
