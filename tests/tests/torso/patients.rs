//! Random patients, imaged as coarsely as whole-body PET/CT is read.

use std::ops::Range;

use isoboost_anatomy::{ImportedOrgan, TOTALSEGMENTATOR_LABELS};
use isoboost_phantom::{PhantomStudy, ScannerModel, TorsoSpec, Tracer, torso};
use isoboost_pipeline::{Analysis, Config, analyse};
use isoboost_staging::Scan;
use isoboost_volume::{Grid, Volume, label_boxes};

/// Voxels of the organs that are handed in, as TotalSegmentator draws them in its fast mode, mm.
const LABEL_MM: f64 = 3.0;

pub(crate) struct Patient {
    pub(crate) seed: u64,
    pub(crate) tracer: Tracer,
    pub(crate) study: PhantomStudy,
    pub(crate) labels: Volume<u16>,
}

/// Whether the patients are those of the page.
pub(crate) fn are_usual() -> bool {
    std::env::var_os("ISOBOOST_TORSO_SEEDS").is_none()
}

/// The seeds of a test, or those between the two numbers of `ISOBOOST_TORSO_SEEDS`.
pub(crate) fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(text) = std::env::var("ISOBOOST_TORSO_SEEDS") else {
        return usual;
    };
    let numbers: Vec<u64> = text.split("..").filter_map(|n| n.parse().ok()).collect();
    match numbers[..] {
        [from, to] => from..to,
        _ => panic!("ISOBOOST_TORSO_SEEDS is `{text}`, expected as 1..41"),
    }
}

impl Patient {
    pub(crate) fn random(seed: u64) -> Self {
        let (spec, tracer) = TorsoSpec::random(seed);
        Self::of(seed, spec, tracer)
    }

    pub(crate) fn of(seed: u64, spec: TorsoSpec, tracer: Tracer) -> Self {
        let study = torso(&spec, tracer, &ScannerModel::torso_small(), seed)
            .unwrap_or_else(|e| panic!("{e}"));
        let labels = study.organ_labels(&label_grid(study.ct.grid()));
        Self {
            seed,
            tracer,
            study,
            labels,
        }
    }

    /// What is found, with the organs that a segmenter knows or without any.
    pub(crate) fn analysed(&self, with_organs: bool) -> Analysis {
        let organs = if with_organs {
            self.organs()
        } else {
            Vec::new()
        };
        let scan = Scan {
            suv: &self.study.suv,
            ct: Some(&self.study.ct),
            liver_excreted: self.tracer == Tracer::F18Psma1007,
            blood_pool: None,
        };
        analyse(scan, &organs, &Config::default()).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The organ at a voxel of the PET.
    pub(crate) fn organ_at(&self, point: nalgebra::Point3<f64>) -> &'static str {
        let voxel = self.labels.grid().voxel_at(point);
        let label = voxel.map_or(0, |voxel| self.labels[voxel]);
        let place = usize::from(label).checked_sub(1);
        place.map_or("nothing", |n| self.study.organ_names()[n])
    }

    fn organs(&self) -> Vec<ImportedOrgan> {
        let boxes = label_boxes(&self.labels);
        let names = self.study.organ_names();
        let known = (1_u16..).zip(names).filter(|(_, name)| {
            TOTALSEGMENTATOR_LABELS
                .iter()
                .any(|(_, label)| label == name)
        });
        known
            .filter_map(|(n, name)| {
                let crop = self.labels.crop(*boxes.get(&n)?);
                Some(ImportedOrgan {
                    name: (*name).to_owned(),
                    mask: crop.map(|label| *label == n),
                })
            })
            .collect()
    }
}

/// The grid of the labels, over the field of the CT.
fn label_grid(ct: &Grid) -> Grid {
    let corners = ct.corners();
    let low = corners.iter().fold(corners[0], |low, c| low.inf(c));
    let high = corners.iter().fold(corners[0], |high, c| high.sup(c));
    let shape = [2, 1, 0].map(|a| ((high[a] - low[a]) / LABEL_MM) as usize + 1);
    Grid::axis_aligned(shape, [LABEL_MM; 3], low).unwrap_or_else(|e| panic!("{e}"))
}
