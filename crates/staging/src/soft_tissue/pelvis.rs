//! From the femoral heads to the aortic bifurcation, and the peritoneal cavity before it.

use isoboost_anatomy::Side;
use nalgebra::Vector3;

use super::Place;
use crate::config::CommonIliac;
use crate::place::bone_along;
use crate::region::{ExclusionReason, Region, Station};
use crate::station;
use crate::verdict::{Metastasis, Verdict};

/// The presacral strip ends at S3, this far below L5/S1; the mesorectum begins there, in mm.
const PRESACRAL_BELOW_MM: f64 = 56.0;
/// Centres of presacral nodes lie this near to the sacrum, in mm: a strip of 10 to 15 and half a
/// node.
const PRESACRAL_MM: f64 = 18.0;

/// Without the level L5/S1: up to here above the femoral heads everything is pelvis, in mm.
const SURELY_PELVIS_MM: f64 = 60.0;

/// External iliac vessels at the inguinal ligament lie this far before the back of the symphysis,
/// in mm; from there to the promontory the front of the nodal basins falls back in a line.
const VESSELS_BEFORE_SYMPHYSIS_MM: f64 = 45.0;

/// Iliac vessels on the psoas are this far from the midline at most, in mm.
const ILIAC_ASIDE_MM: f64 = 80.0;

impl Place<'_> {
    /// From the femoral heads to the aortic bifurcation.
    pub(super) fn upper_pelvis(&self, roof: f64, known_by: &str, bed: f64) -> Verdict {
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

    pub(super) fn common_iliac(
        &self,
        side: Side,
        promontory: f64,
        roof: f64,
        known_by: &str,
    ) -> Verdict {
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

    pub(super) fn without_roof(&self) -> Verdict {
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

    /// Uptake before the line of the vessels, or in the middle far before the sacrum, is in the
    /// peritoneal cavity: bowel, as long as it is not far hotter than bowel gets.
    pub(super) fn before_the_vessels(&self, aside: f64) -> Option<Verdict> {
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

    pub(super) fn peritoneal(&self, why: String) -> Verdict {
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
}
