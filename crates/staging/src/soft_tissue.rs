//! Regions of uptake in soft tissue: prostate bed, pelvic nodes, and what lies beyond.

use isoboost_anatomy::{Anatomy, Side};
use nalgebra::{Point3, Vector3};

use crate::StagingConfig;
use crate::config::CommonIliac;
use crate::place::{Levels, bone_along, density_around};
use crate::region::{ExclusionReason, Region, Station};
use crate::station;
use crate::uptake::Uptake;
use crate::verdict::{Metastasis, Verdict};

/// How far in front of its back edge the bed may reach beside the symphysis, in mm.
const BED_BEFORE_BACK_MM: f64 = 6.0;

/// Nearer than this to sacrum and coccyx, uptake behind the rectum is a node, in mm.
const BEFORE_SACRUM_MM: f64 = 18.0;

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

/// The duodenum crosses the spine behind the peritoneum, nearer than other bowel, in mm; it takes up
/// PSMA ligands like the jejunum, in more than a node's volume, in mL.
const DUODENUM_BEFORE_SPINE_MM: f64 = 15.0;
const DUODENUM_ML: f64 = 20.0;

/// Density of lung, in HU.
const LUNG_HU: f64 = -350.0;

/// Inguinal nodes reach this far below the symphysis, in mm.
const INGUINAL_BELOW_MM: f64 = 50.0;

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
        let verdict = Verdict::lesion(Region::ProstateBed, "prostate bed", 0.9, evidence);
        self.by_border(verdict, margin, "the prostate bed")
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
            station::by_vessels(self.uptake, self.anatomy, self.levels, wall, &mut evidence)
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
        let presacral = sacrum.filter(|mm| *mm <= 14.0 && aside <= 22.0);
        let station = if let Some(distance) = presacral {
            evidence.push(format!("{distance:.0} mm before the sacrum"));
            Some(Station::Presacral)
        } else {
            station::by_vessels(self.uptake, self.anatomy, self.levels, wall, &mut evidence)
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
        let front = self.levels.promontory.map_or(self.at.y, |p| p.1);
        let before = front - self.at.y;
        if above <= RETROPERITONEUM_HEIGHT_MM {
            if before > self.config.bowel_before_spine_mm {
                return self.peritoneal(format!("{before:.0} mm before the lumbar spine"));
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
