//! The real man: his organs as another program drew them, and PET simulated on them.

use isoboost_anatomy::{ImportedOrgan, TOTALSEGMENTATOR_LABELS};
use isoboost_tests::shared_data;
use isoboost_volume::{Grid, Mask, Volume, label_boxes};
use nalgebra::{Point3, Vector3};

use crate::truth::{Random, Truth};

/// Uptake of organs, SUV; a mean of what papers tell of 68Ga-PSMA-11.
pub(crate) const UPTAKE: [(&str, f32); 12] = [
    ("aorta", 1.7),
    ("inferior_vena_cava", 1.7),
    ("iliac", 1.7),
    ("colon", 2.0),
    ("small_bowel", 4.0),
    ("stomach", 2.5),
    ("duodenum", 9.0),
    ("gallbladder", 3.0),
    ("liver", 5.0),
    ("spleen", 7.0),
    ("urinary_bladder", 30.0),
    ("kidney", 35.0),
];
pub(crate) const BACKGROUND: f32 = 0.6;
pub(crate) const PET_MM: f64 = 4.0;
pub(crate) const FWHM_MM: f64 = 6.5;

pub(crate) struct Patient {
    pub(crate) ct: Volume<i16>,
    pub(crate) labels: Volume<u16>,
    pub(crate) organs: Vec<ImportedOrgan>,
}

impl Patient {
    /// The real man; `None`, said aloud, where he is not.
    pub(crate) fn read() -> Option<Self> {
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
        Some(Patient {
            organs: organs.collect(),
            ct: ct.map(|hu| hu.round() as i16),
            labels,
        })
    }

    pub(crate) fn points(&self, name: &str) -> Vec<Point3<f64>> {
        let organ = self.organs.iter().find(|o| o.name == name).unwrap();
        let mask: &Mask = &organ.mask;
        mask.voxels().map(|v| mask.grid().center_of(v)).collect()
    }

    /// The middle of an organ between two shares of its height.
    pub(crate) fn middle(&self, name: &str, from: f64, to: f64) -> Point3<f64> {
        let points = self.points(name);
        let z = |p: &Point3<f64>| p.z;
        let low = points.iter().map(z).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(z).fold(f64::NEG_INFINITY, f64::max);
        let at = |share: f64| low + share * (high - low);
        let near = points.iter().filter(|p| (at(from)..=at(to)).contains(&p.z));
        let (sum, n) = near.fold((Vector3::zeros(), 0.0), |(s, n), p| (s + p.coords, n + 1.0));
        Point3::from(sum / n)
    }

    /// The place well inside an organ that is nearest to its middle between two shares of its
    /// height and as far aside: the middle of a curved bone lies outside of it.
    pub(crate) fn inside(&self, name: &str, from: f64, to: f64, aside: f64) -> Point3<f64> {
        let middle = self.middle(name, from, to) + Vector3::x() * aside;
        let organ = self.organs.iter().find(|o| o.name == name).unwrap();
        let deep = |p: &Point3<f64>| sphere(*p, 4.0).all(|q| organ.mask.contains(q));
        let points = self.points(name).into_iter().filter(deep);
        nearest_to(middle, points)
    }

    /// The place in fat and connective tissue, where nothing is drawn, that is nearest to `at`.
    pub(crate) fn beside_organs(&self, at: Point3<f64>) -> Point3<f64> {
        let grid = self.labels.grid();
        let free = |p: Point3<f64>| grid.voxel_at(p).is_some_and(|v| self.labels[v] == 0);
        let around = grid.box_around(&[at], 30.0).unwrap().voxels();
        let centers = around.map(|v| grid.center_of(v));
        nearest_to(at, centers.filter(|p| sphere(*p, 12.0).all(free)))
    }

    /// Lesions by what the labels say, with what must be told of them.
    pub(crate) fn lesions(&self, round: usize) -> Vec<Truth> {
        let left = Vector3::x();
        let front = -Vector3::y();
        let places = [
            (
                "left external iliac",
                self.middle("iliac_vena_left", 0.42, 0.48) + left * 9.0,
            ),
            (
                "right external iliac",
                self.middle("iliac_vena_right", 0.42, 0.48) - left * 9.0,
            ),
            (
                "left common iliac",
                self.middle("iliac_artery_left", 0.8, 0.9) + left * 9.0,
            ),
            (
                "right common iliac",
                self.middle("iliac_artery_right", 0.8, 0.9) - left * 9.0,
            ),
            (
                "retroperitoneal",
                self.beside_organs(self.middle("aorta", 0.3, 0.35) + left * 15.0),
            ),
            (
                "vertebra L3",
                self.middle("vertebrae_L3", 0.2, 0.8) + front * 14.0,
            ),
            (
                "vertebra L4",
                self.middle("vertebrae_L4", 0.2, 0.8) + front * 14.0,
            ),
            ("sacrum", self.inside("sacrum", 0.5, 0.6, 25.0)),
            ("left ilium", self.inside("hip_left", 0.75, 0.8, 0.0)),
            ("right ilium", self.inside("hip_right", 0.7, 0.75, 0.0)),
            ("liver", self.middle("liver", 0.4, 0.6)),
        ];
        let truths = places.into_iter().enumerate().map(|(n, (place, at))| {
            let mut random = Random::new(round * 100 + n);
            let jitter = [0, 1, 2].map(|_| 2.0 * (random.uniform() - 0.5) * 2.0);
            let background = if place == "liver" { 5.0 } else { 1.7 };
            Truth {
                place,
                at: at + Vector3::from(jitter),
                diameter: 7.0 + 9.0 * random.uniform(),
                suv: background * (3.5 + 8.0 * random.uniform()) as f32,
            }
        });
        truths.collect()
    }

    /// The CT with a node where soft tissue has a lesion.
    pub(crate) fn ct_with(&self, lesions: &[Truth]) -> Volume<i16> {
        const NODE_HU: i16 = 40;
        let grid = self.ct.grid();
        let mut ct = self.ct.clone();
        for lesion in lesions.iter().filter(|l| l.is_node()) {
            let radius = lesion.diameter / 2.0;
            for voxel in grid.box_around(&[lesion.at], radius).unwrap().voxels() {
                if (grid.center_of(voxel) - lesion.at).norm() <= radius {
                    ct[voxel] = ct[voxel].max(NODE_HU);
                }
            }
        }
        ct
    }

    /// The blurred and noisy PET with these lesions.
    pub(crate) fn pet(&self, lesions: &[Truth], round: usize) -> Volume<f32> {
        let ct = self.ct.grid();
        let extent = [0, 1, 2].map(|a| ct.shape()[a] as f64 * ct.spacing()[a]);
        let shape = extent.map(|mm| (mm / PET_MM) as usize);
        let [lowest, ..] = [ct.corners()];
        let corner = lowest
            .iter()
            .fold(Point3::from([f64::INFINITY; 3]), |m, c| m.inf(c));
        let grid = Grid::axis_aligned(shape, [PET_MM; 3], corner).unwrap();
        let names = TOTALSEGMENTATOR_LABELS;
        let mut suv = Volume::from_fn(grid.clone(), |v| {
            let at = grid.center_of(v);
            let lesion = lesions
                .iter()
                .find(|l| (l.at - at).norm() <= l.diameter / 2.0);
            if let Some(lesion) = lesion {
                return lesion.true_suv();
            }
            let voxel = self.labels.grid().voxel_at(at);
            let label = voxel.map_or(0, |v| self.labels[v]);
            let name = names
                .iter()
                .find(|(l, _)| *l == label)
                .map_or("", |(_, n)| *n);
            let known = UPTAKE.iter().find(|(n, _)| name.starts_with(n));
            known.map_or(BACKGROUND, |(_, suv)| *suv)
        });
        let mut random = Random::new(7_000 + round);
        for value in suv.as_mut_slice() {
            *value *= 1.0 + 0.35 * random.normal() as f32;
        }
        blurred(&suv)
    }
}

/// Points on a sphere and its middle.
pub(crate) fn sphere(middle: Point3<f64>, radius: f64) -> impl Iterator<Item = Point3<f64>> {
    let steps = [-1.0_f64, 0.0, 1.0];
    let all = steps.into_iter().flat_map(move |x| {
        steps
            .into_iter()
            .flat_map(move |y| steps.map(|z| Vector3::new(x, y, z)))
    });
    all.map(move |d| middle + d.try_normalize(0.0).unwrap_or_default() * radius)
}

pub(crate) fn nearest_to(
    at: Point3<f64>,
    points: impl Iterator<Item = Point3<f64>>,
) -> Point3<f64> {
    let off = |p: &Point3<f64>| (p - at).norm();
    points.min_by(|a, b| off(a).total_cmp(&off(b))).unwrap()
}

/// A Gaussian blur, axis by axis.
pub(crate) fn blurred(volume: &Volume<f32>) -> Volume<f32> {
    let sigma = FWHM_MM / 2.354_82 / PET_MM;
    let weights: Vec<f32> = (-4_i32..=4)
        .map(|n| (-f64::from(n * n) / (2.0 * sigma * sigma)).exp() as f32)
        .collect();
    let sum: f32 = weights.iter().sum();
    let mut out = volume.clone();
    for axis in 0..3 {
        let from = out.clone();
        let last = from.grid().shape()[axis] as i32 - 1;
        out = Volume::from_fn(from.grid().clone(), |v| {
            let of = |n: i32| {
                let mut at = v;
                at[axis] = (v[axis] as i32 + n).clamp(0, last) as usize;
                from[at]
            };
            let all = (-4_i32..=4).zip(&weights).map(|(n, w)| w * of(n));
            all.sum::<f32>() / sum
        });
    }
    out
}
