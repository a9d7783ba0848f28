//! Regions of uptake in soft tissue: prostate bed, pelvic nodes, and what lies beyond.

use isoboost_anatomy::{Anatomy, OrganKind, Side};
use nalgebra::{Point3, Vector3};

use crate::StagingConfig;
use crate::config::CommonIliac;
use crate::place::{Levels, bone_along, density_around, front_of_spine};
use crate::region::{BedSite, ExclusionReason, Region, Station};
use crate::staged::Alternative;
use crate::station;
use crate::uptake::Uptake;
use crate::verdict::{Kind, Metastasis, Verdict};

/// How far in front of its back edge the bed may reach beside the symphysis, in mm.
const BED_BEFORE_BACK_MM: f64 = 6.0;

/// The anastomosis reaches this far to the side; seminal vesicles lie higher than this above the
/// top of the symphysis and further than this behind it, in mm.
const ANASTOMOSIS_ASIDE_MM: f64 = 12.0;
const RETROVESICAL_ABOVE_MM: f64 = -4.0;
const RETROVESICAL_BEHIND_MM: f64 = 24.0;

/// Nearer than this to sacrum and coccyx, uptake behind the rectum is a node, in mm.
const BEFORE_SACRUM_MM: f64 = 18.0;

/// The presacral strip ends at S3, this far below L5/S1; the mesorectum begins there, in mm.
const PRESACRAL_BELOW_MM: f64 = 56.0;
/// Centres of presacral nodes lie this near to the sacrum, in mm: a strip of 10 to 15 and half a
/// node.
const PRESACRAL_MM: f64 = 18.0;

/// The side wall is looked for this far to the side, in mm.
const SIDE_WALL_MM: f64 = 90.0;

/// Nodes of the true pelvis that no bone lies beside are this near to the midline and this far
/// behind the symphysis, in mm.
const CENTRAL_MM: f64 = 45.0;
const BEHIND_SYMPHYSIS_MM: f64 = 20.0;

/// Without the level L5/S1: up to here above the femoral heads everything is pelvis, in mm.
const SURELY_PELVIS_MM: f64 = 60.0;

/// External iliac vessels at the inguinal ligament lie this far before the back of the symphysis,
/// in mm; from there to the promontory the front of the nodal basins falls back in a line.
const VESSELS_BEFORE_SYMPHYSIS_MM: f64 = 45.0;

/// Furthest from the midline: iliac vessels on the psoas, retroperitoneal nodes, in mm.
const ILIAC_ASIDE_MM: f64 = 80.0;
const RETROPERITONEAL_ASIDE_MM: f64 = 55.0;

/// The diaphragm's crura lie about this far above the aortic bifurcation, in mm.
const RETROPERITONEUM_HEIGHT_MM: f64 = 190.0;

/// Retroperitoneal nodes lie around aorta and inferior vena cava: nearer to the midline than this,
/// and what lies further out is behind the peritoneum only this far behind the front of the spine,
/// in mm.
const GREAT_VESSELS_ASIDE_MM: f64 = 44.0;
const BESIDE_SPINE_MM: f64 = -8.0;

/// Masks of the liver are wider than it, and its dome lies higher than the crura, in mm.
const DOME_MM: f64 = 25.0;

/// A dome this near to the upper end of the CT is no dome, in mm.
const FIELD_END_MM: f64 = 12.0;

/// The duodenum crosses the spine behind the peritoneum, nearer than other bowel, in mm; it takes up
/// PSMA ligands like the jejunum, in more than a node's volume, in mL.
const DUODENUM_BEFORE_SPINE_MM: f64 = 15.0;
const DUODENUM_ML: f64 = 20.0;

/// Density of lung, in HU.
const LUNG_HU: f64 = -350.0;

/// Inguinal nodes reach this far below the symphysis, in mm.
const INGUINAL_BELOW_MM: f64 = 50.0;

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

struct Place<'a> {
    uptake: &'a Uptake,
    anatomy: &'a Anatomy,
    levels: &'a Levels,
    config: &'a StagingConfig,
    at: Point3<f64>,
}

impl Place<'_> {
    fn verdict(&self) -> Verdict {
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

    /// Distance to the nearest border of the bed in mm: positive inside.
    fn bed_margin(&self) -> f64 {
        let (_, aside) = self.levels.aside(self.at);
        let behind = self.at.y - self.levels.symphysis_back;
        let config = self.config;
        [
            config.bed_half_width_mm - aside,
            config.bed_depth_mm - behind,
            behind + BED_BEFORE_BACK_MM,
            self.levels.symphysis_top + config.bed_above_symphysis_mm - self.at.z,
            self.at.z - (self.levels.symphysis_bottom - config.bed_below_symphysis_mm),
        ]
        .into_iter()
        .fold(f64::INFINITY, f64::min)
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

    fn bed_or_behind(&self, margin: f64) -> Verdict {
        let sacrum = bone_along(self.anatomy, self.at, Vector3::y(), 120.0);
        if let Some(distance) = sacrum.filter(|mm| *mm < BEFORE_SACRUM_MM) {
            let evidence = vec![format!("{distance:.0} mm before sacrum or coccyx")];
            return self.node(Some(Station::Perirectal), 0.6, evidence);
        }
        let evidence = vec!["within the borders of the prostate bed".to_owned()];
        let (site, side) = self.bed_site();
        let words = match (site, side) {
            (BedSite::Anastomosis, _) => "vesico-urethral anastomosis".to_owned(),
            (BedSite::Retrovesical, Some(side)) => {
                format!("bed of the {} seminal vesicle", side.name())
            }
            (BedSite::Retrovesical, None) => "behind the bladder".to_owned(),
            (BedSite::Lateral, Some(side)) => format!("{} side of the prostate bed", side.name()),
            (BedSite::Lateral, None) => "prostate bed".to_owned(),
        };
        let verdict =
            Verdict::lesion(Region::ProstateBed, words, 0.9, evidence).with_bed_site(site, side);
        self.by_border(verdict, margin, "the prostate bed")
    }

    /// Where in the bed: the anastomosis lies in the middle behind the lower part of the symphysis,
    /// the seminal vesicles lay behind the bladder from its top on.
    fn bed_site(&self) -> (BedSite, Option<Side>) {
        let (side, aside) = self.levels.aside(self.at);
        let side = (aside > ANASTOMOSIS_ASIDE_MM / 2.0).then_some(side);
        let above = self.at.z - self.levels.symphysis_top;
        let behind = self.at.y - self.levels.symphysis_back;
        if above > RETROVESICAL_ABOVE_MM && behind > RETROVESICAL_BEHIND_MM {
            (BedSite::Retrovesical, side)
        } else if above <= 0.0 && aside <= ANASTOMOSIS_ASIDE_MM {
            (BedSite::Anastomosis, None)
        } else {
            (BedSite::Lateral, side)
        }
    }

    /// Below the tops of the femoral heads and outside the bed.
    fn beside_bed(&self, bed: f64) -> Verdict {
        let (side, aside) = self.levels.aside(self.at);
        let behind = self.at.y - self.levels.symphysis_back;
        let below_heads = self.levels.heads_top - self.at.z;
        let wall = self.side_wall(side);
        if wall.is_none() && (behind < BEHIND_SYMPHYSIS_MM || aside > CENTRAL_MM) {
            let evidence = vec![format!(
                "{below_heads:.0} mm below the top of the femoral heads, outside of the pelvic \
                 ring: no bone beside it"
            )];
            if aside < 20.0 {
                return Verdict::undetermined("before the symphysis", evidence[0].clone());
            }
            let site = format!("{} inguinal node", side.name());
            let verdict = Verdict::lesion(Region::Distant, site, 0.75, evidence)
                .with_metastasis(Metastasis::Node)
                .with_station(Some(Station::Inguinal), Some(side));
            return self.by_border(verdict, below_heads, "the level of the inguinal nodes");
        }
        let mut evidence = Vec::new();
        if let Some(wall) = wall {
            evidence.push(format!(
                "inside the pelvic ring, {wall:.0} mm from the bone of the side wall"
            ));
        }
        let central = aside <= self.config.bed_half_width_mm;
        let station = if central && behind > self.config.bed_depth_mm {
            Some(Station::Perirectal)
        } else {
            station::by_vessels(self.at, self.anatomy, self.levels, wall, &mut evidence)
        };
        let verdict = self.node(station, 0.8, evidence);
        self.by_border(verdict, bed, "the prostate bed")
    }

    /// From the femoral heads to the aortic bifurcation.
    fn upper_pelvis(&self, roof: f64, known_by: &str, bed: f64) -> Verdict {
        let (side, aside) = self.levels.aside(self.at);
        if let Some(verdict) = self.before_the_vessels(aside) {
            return verdict;
        }
        if aside > ILIAC_ASIDE_MM {
            return Verdict::undetermined(
                format!("{} iliac fossa", side.name()),
                format!("{aside:.0} mm from the midline: beside the iliac vessels, not in bone"),
            );
        }
        let promontory = self.levels.promontory.map_or(roof, |p| p.0);
        if self.at.z > promontory {
            return self.common_iliac(side, promontory, roof, known_by);
        }
        let mut evidence = vec![format!("{:.0} mm below L5/S1", promontory - self.at.z)];
        let sacrum = bone_along(self.anatomy, self.at, Vector3::y(), 60.0);
        let wall = self.side_wall(side);
        let below = promontory - self.at.z;
        let high = below <= PRESACRAL_BELOW_MM;
        let presacral = sacrum.filter(|mm| high && *mm <= PRESACRAL_MM && aside <= 22.0);
        let behind = self.at.y - self.levels.symphysis_back;
        let perirectal = !high
            && behind > self.config.bed_depth_mm
            && aside <= self.config.bed_half_width_mm + 2.0;
        let station = if perirectal {
            evidence.push(format!(
                "{behind:.0} mm behind the symphysis, beside the rectum"
            ));
            Some(Station::Perirectal)
        } else if let Some(distance) = presacral {
            evidence.push(format!("{distance:.0} mm before the sacrum"));
            Some(Station::Presacral)
        } else {
            station::by_vessels(self.at, self.anatomy, self.levels, wall, &mut evidence)
        };
        if let (None, Some(wall)) = (station, wall) {
            evidence.push(format!("{wall:.0} mm from the bone of the side wall"));
        }
        let verdict = self.node(station, 0.85, evidence);
        self.by_border(verdict, bed, "the prostate bed")
    }

    fn common_iliac(&self, side: Side, promontory: f64, roof: f64, known_by: &str) -> Verdict {
        let evidence = vec![format!(
            "{:.0} mm above L5/S1 and {:.0} mm below the aortic bifurcation ({known_by})",
            self.at.z - promontory,
            roof - self.at.z
        )];
        let margin = roof - self.at.z;
        let border = "the level of the aortic bifurcation";
        if self.config.common_iliac == CommonIliac::Distant {
            let site = format!("{} common iliac node", side.name());
            let verdict = Verdict::lesion(Region::Distant, site, 0.7, evidence)
                .with_metastasis(Metastasis::Node)
                .with_station(Some(Station::CommonIliac), Some(side));
            return self.by_border(verdict, margin, border);
        }
        let verdict = self.node(Some(Station::CommonIliac), 0.75, evidence);
        self.by_border(verdict, margin, border)
    }

    fn node(&self, station: Option<Station>, confidence: f64, evidence: Vec<String>) -> Verdict {
        let (side, _) = self.levels.aside(self.at);
        let site = match station {
            Some(station) if station.is_central() => format!("{} node", station.words()),
            Some(station) => format!("{} {} node", side.name(), station.words()),
            None => format!("{} pelvic side wall node", side.name()),
        };
        Verdict::lesion(Region::PelvicNode, site, confidence, evidence)
            .with_station(station, Some(side))
    }

    /// Uptake before the line of the vessels, or in the middle far before the sacrum, is in the
    /// peritoneal cavity: bowel, as long as it is not far hotter than bowel gets.
    fn before_the_vessels(&self, aside: f64) -> Option<Verdict> {
        let levels = self.levels;
        let (top, front) = levels.promontory?;
        let share = ((self.at.z - levels.heads_top) / (top - levels.heads_top)).clamp(0.0, 1.0);
        let groin = levels.symphysis_back - VESSELS_BEFORE_SYMPHYSIS_MM;
        let promontory = front - self.config.bowel_before_spine_mm;
        let line = groin + share * (promontory - groin);
        if self.at.y < line {
            let why = format!(
                "{:.0} mm before the line of the iliac vessels",
                line - self.at.y
            );
            return Some(self.peritoneal(why));
        }
        if self.at.z > top || aside > self.config.bed_half_width_mm {
            return None;
        }
        let sacrum = bone_along(self.anatomy, self.at, Vector3::y(), 150.0)?;
        (sacrum > self.config.bowel_before_spine_mm)
            .then(|| self.peritoneal(format!("{sacrum:.0} mm before the sacrum in the middle")))
    }

    fn peritoneal(&self, why: String) -> Verdict {
        let site = "peritoneal cavity";
        if self.uptake.suv_max <= self.config.bowel_suv {
            let evidence = vec![
                why,
                format!(
                    "SUVmax {:.1}, not above bowel ({:.0})",
                    self.uptake.suv_max, self.config.bowel_suv
                ),
            ];
            return Verdict::physiological(ExclusionReason::Bowel, 0.6, evidence);
        }
        Verdict::undetermined(
            site,
            format!(
                "{why}: bowel, but hotter than usual (SUVmax {:.1})",
                self.uptake.suv_max
            ),
        )
    }

    fn without_roof(&self) -> Verdict {
        let above = self.at.z - self.levels.heads_top;
        let why = self.anatomy.landmarks.promontory.as_ref().err();
        let why = why.map_or_else(String::new, ToString::to_string);
        if above <= SURELY_PELVIS_MM {
            let evidence = vec![format!(
                "{above:.0} mm above the femoral heads, below any L5/S1 (not seen: {why})"
            )];
            return self.node(None, 0.6, evidence);
        }
        Verdict::undetermined(
            "above the femoral heads",
            format!("{above:.0} mm above the femoral heads; L5/S1 is not known: {why}"),
        )
    }

    fn above_pelvis(&self, roof: f64, known_by: &str) -> Verdict {
        let (side, aside) = self.levels.aside(self.at);
        let above = self.at.z - roof;
        let level = format!("{above:.0} mm above the aortic bifurcation ({known_by})");
        if let Some(hu) = density_around(self.anatomy, self.at).filter(|hu| *hu < LUNG_HU) {
            let evidence = vec![level, format!("in lung ({hu:.0} HU)")];
            let site = format!("{} lung", side.name());
            return Verdict::lesion(Region::Distant, site, 0.7, evidence)
                .with_metastasis(Metastasis::Organ);
        }
        let front = front_of_spine(self.at, self.levels, self.anatomy)
            .or(self.levels.promontory.map(|p| p.1));
        let before = front.map_or(0.0, |front| front - self.at.y);
        if self.below_diaphragm(above) {
            let aside_of_vessels = aside > GREAT_VESSELS_ASIDE_MM && before > BESIDE_SPINE_MM;
            if before > self.config.bowel_before_spine_mm || aside_of_vessels {
                return self.peritoneal(format!(
                    "{before:.0} mm before the front of the spine and {aside:.0} mm from the middle"
                ));
            }
            let volume = self.uptake.volume_ml;
            if volume >= DUODENUM_ML && before > DUODENUM_BEFORE_SPINE_MM {
                return self.peritoneal(format!(
                    "{volume:.0} mL, more than a node, {before:.0} mm before the lumbar spine where \
                     the duodenum lies"
                ));
            }
            if aside > RETROPERITONEAL_ASIDE_MM {
                return Verdict::undetermined(
                    format!("{} flank", side.name()),
                    format!("{level}, {aside:.0} mm from the midline, not in bone"),
                );
            }
            let evidence = vec![level];
            let verdict = Verdict::lesion(Region::Distant, "retroperitoneal node", 0.75, evidence)
                .with_metastasis(Metastasis::Node)
                .with_station(Some(Station::Retroperitoneal), Some(side));
            return self.by_border(verdict, -above, "the pelvis");
        }
        let verdict = Verdict::lesion(
            Region::Distant,
            "node above the diaphragm",
            0.5,
            vec![
                level,
                "soft tissue, not in an organ that is known".to_owned(),
            ],
        );
        verdict
            .with_metastasis(Metastasis::Node)
            .with_station(Some(Station::Supradiaphragmatic), Some(side))
    }

    /// Whether a place lies in the abdomen: below the dome of the liver, or where none is seen below
    /// the usual height of the crura.
    fn below_diaphragm(&self, above_bifurcation: f64) -> bool {
        let liver = self.anatomy.organs_of(OrganKind::Liver).next();
        let dome = liver.and_then(|liver| {
            let bounds = liver.mask.bounding_box()?;
            let ends = [bounds.min, bounds.max].map(|v| liver.mask.grid().center_of(v).z);
            Some(ends[0].max(ends[1]))
        });
        // A liver that the field cuts has its dome above the field.
        let dome = dome.filter(|dome| {
            let view = self.anatomy.overview.as_ref();
            view.is_none_or(|view| dome + FIELD_END_MM < top_of(view.grid()))
        });
        dome.map_or(above_bifurcation <= RETROPERITONEUM_HEIGHT_MM, |dome| {
            self.at.z < dome - DOME_MM
        })
    }

    fn below_pelvis(&self, aside: f64, border: f64) -> Verdict {
        let (side, _) = self.levels.aside(self.at);
        let below = border - self.at.z;
        let behind = self.at.y - self.levels.symphysis_back;
        if aside <= self.config.bed_half_width_mm {
            return Verdict::undetermined(
                "urethra or penis",
                format!("{below:.0} mm below the prostate bed in the middle: may be urine"),
            );
        }
        if behind < BEHIND_SYMPHYSIS_MM && below < INGUINAL_BELOW_MM {
            let evidence = vec![format!("{below:.0} mm below the level of the prostate bed")];
            let site = format!("{} inguinal node", side.name());
            return Verdict::lesion(Region::Distant, site, 0.6, evidence)
                .with_metastasis(Metastasis::Node)
                .with_station(Some(Station::Inguinal), Some(side));
        }
        Verdict::undetermined(
            format!("soft tissue of the {} thigh", side.name()),
            format!("{below:.0} mm below the prostate bed, not in bone"),
        )
    }

    fn side_wall(&self, side: Side) -> Option<f64> {
        let outward = match side {
            Side::Left => Vector3::x(),
            Side::Right => -Vector3::x(),
        };
        bone_along(self.anatomy, self.at, outward, SIDE_WALL_MM)
    }
}

/// The highest slice of a grid, in mm.
fn top_of(grid: &isoboost_volume::Grid) -> f64 {
    let z = grid.corners().into_iter().map(|c| c.z);
    z.fold(f64::NEG_INFINITY, f64::max)
}
