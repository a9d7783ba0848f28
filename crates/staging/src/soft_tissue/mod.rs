//! Regions of uptake in soft tissue: prostate bed, pelvic nodes, and what lies beyond.

mod abdomen;
mod bed;
mod outside;
mod pelvis;

use isoboost_anatomy::{Anatomy, Side};
use nalgebra::{Point3, Vector3};

use crate::StagingConfig;
use crate::place::{Levels, bone_along};
use crate::region::{BedSite, Region, Station};
use crate::staged::Alternative;
use crate::station;
use crate::uptake::Uptake;
use crate::verdict::{Kind, Verdict};

/// The side wall is looked for this far to the side, in mm.
const SIDE_WALL_MM: f64 = 90.0;

/// Accuracy of landmarks and borders: standard deviation in mm.
const ACCURACY_MM: f64 = 4.0;

/// A class of less than this share is not told.
const LEAST_SHARE: f64 = 0.1;

/// The verdict on uptake in soft tissue.
pub(crate) fn judge(
    uptake: &Uptake,
    anatomy: &Anatomy,
    levels: &Levels,
    config: &StagingConfig,
) -> Verdict {
    let place = Place {
        uptake,
        anatomy,
        levels,
        config,
        at: uptake.center,
    };
    let mut verdict = place.verdict();
    verdict.evidence.insert(0, place.position());
    verdict.confidence *= levels.confidence;
    verdict
}

/// The other classes that uptake in soft tissue would have within the accuracy of the borders: the
/// place is moved about, and what each move makes of it is weighed like a Gaussian of
/// [`ACCURACY_MM`].
pub(crate) fn alternatives(
    uptake: &Uptake,
    anatomy: &Anatomy,
    levels: &Levels,
    config: &StagingConfig,
) -> Vec<Alternative> {
    let class_at = |step: Vector3<f64>| {
        let at = uptake.center + step;
        let place = Place {
            uptake,
            anatomy,
            levels,
            config,
            at,
        };
        match place.verdict().kind {
            Kind::Lesion(lesion) => Some((lesion.region, lesion.station)),
            Kind::Physiological(_) => None,
        }
    };
    let steps = [-1.25, 0.0, 1.25].map(|share| share * ACCURACY_MM);
    let mut weights: Vec<((Region, Option<Station>), f64)> = Vec::new();
    let mut total = 0.0;
    for step in steps.into_iter().flat_map(|x| {
        steps
            .into_iter()
            .flat_map(move |y| steps.map(|z| [x, y, z]))
    }) {
        let step = Vector3::from(step);
        let weight = (-step.norm_squared() / (2.0 * ACCURACY_MM * ACCURACY_MM)).exp();
        total += weight;
        let Some(class) = class_at(step) else {
            continue;
        };
        match weights.iter_mut().find(|(known, _)| *known == class) {
            Some((_, sum)) => *sum += weight,
            None => weights.push((class, weight)),
        }
    }
    let own = class_at(Vector3::zeros());
    weights.retain(|(class, weight)| Some(*class) != own && *weight >= LEAST_SHARE * total);
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let told = weights
        .into_iter()
        .map(|((region, station), weight)| Alternative {
            region,
            station,
            weight: (weight / total * 100.0).round() / 100.0,
        });
    told.collect()
}

/// Where in the prostate bed uptake is that is known to lie there: site, side, and both in words.
pub(crate) fn site_in_bed(
    uptake: &Uptake,
    anatomy: &Anatomy,
    levels: &Levels,
    config: &StagingConfig,
) -> (BedSite, Option<Side>, String) {
    let place = Place {
        uptake,
        anatomy,
        levels,
        config,
        at: uptake.center,
    };
    let (site, side) = place.bed_site();
    (site, side, bed::words(site, side))
}

struct Place<'a> {
    uptake: &'a Uptake,
    anatomy: &'a Anatomy,
    levels: &'a Levels,
    config: &'a StagingConfig,
    at: Point3<f64>,
}

impl Place<'_> {
    fn verdict(&self) -> Verdict {
        if let Some(outside) = self.behind_the_bones() {
            return outside;
        }
        let (_, aside) = self.levels.aside(self.at);
        let below = self.levels.symphysis_bottom - self.config.bed_below_symphysis_mm;
        if self.at.z < below {
            return self.below_pelvis(aside, below);
        }
        let bed = self.bed_margin();
        if bed >= 0.0 {
            return self.bed_or_behind(bed);
        }
        if self.at.z < self.levels.heads_top {
            return self.beside_bed(bed);
        }
        let Some((roof, known_by)) = &self.levels.bifurcation else {
            return self.without_roof();
        };
        if self.at.z > *roof {
            return self.above_pelvis(*roof, known_by);
        }
        self.upper_pelvis(*roof, known_by, bed)
    }

    fn position(&self) -> String {
        let (side, aside) = self.levels.aside(self.at);
        let behind = self.at.y - self.levels.symphysis_back;
        let above = self.at.z - self.levels.symphysis_top;
        format!(
            "{aside:.0} mm {} of the midline, {:.0} mm {} the back edge and {:.0} mm {} the top of the \
             symphysis",
            side.name(),
            behind.abs(),
            if behind >= 0.0 { "behind" } else { "before" },
            above.abs(),
            if above >= 0.0 { "above" } else { "below" },
        )
    }

    /// A sentence and less confidence for what lies near a border.
    fn by_border(&self, mut verdict: Verdict, margin: f64, border: &str) -> Verdict {
        if margin.abs() < self.config.border_mm {
            verdict.confidence *= 0.7;
            verdict.evidence.push(format!(
                "border case: {:.0} mm {} {border}",
                margin.abs(),
                if margin >= 0.0 { "inside" } else { "outside" }
            ));
        }
        verdict
    }

    fn node(&self, station: Option<Station>, confidence: f64, evidence: Vec<String>) -> Verdict {
        let (side, _) = self.levels.aside(self.at);
        let site = match station {
            Some(station) if station.is_central() => format!("{} node", station.words()),
            Some(station) => format!("{} {} node", side.name(), station.words()),
            None if self.side_wall(side).is_some_and(station::is_by_wall) => {
                format!("{} pelvic side wall node", side.name())
            }
            None => format!("{} pelvic node", side.name()),
        };
        Verdict::lesion(Region::PelvicNode, site, confidence, evidence)
            .with_station(station, Some(side))
    }

    fn side_wall(&self, side: Side) -> Option<f64> {
        let outward = match side {
            Side::Left => Vector3::x(),
            Side::Right => -Vector3::x(),
        };
        bone_along(self.anatomy, self.at, outward, SIDE_WALL_MM)
    }
}
