//! The prostate bed, and what lies beside and below it.

use isoboost_anatomy::Side;
use nalgebra::Vector3;

use super::Place;
use crate::place::bone_along;
use crate::region::{BedSite, Region, Station};
use crate::station;
use crate::verdict::{Metastasis, Verdict};

/// How far in front of its back edge the bed may reach beside the symphysis, in mm.
const BED_BEFORE_BACK_MM: f64 = 6.0;

/// The anastomosis reaches this far to the side; seminal vesicles lie higher than this above the
/// top of the symphysis and further than this behind it, in mm.
const ANASTOMOSIS_ASIDE_MM: f64 = 12.0;
const RETROVESICAL_ABOVE_MM: f64 = -4.0;
const RETROVESICAL_BEHIND_MM: f64 = 24.0;

/// Nearer than this to sacrum and coccyx, uptake behind the rectum is a node, in mm.
const BEFORE_SACRUM_MM: f64 = 18.0;

/// Nodes of the true pelvis that no bone lies beside are this near to the midline and this far
/// behind the symphysis, in mm.
const CENTRAL_MM: f64 = 45.0;
const BEHIND_SYMPHYSIS_MM: f64 = 20.0;

/// Inguinal nodes reach this far below the symphysis, and no further behind its back edge, in mm:
/// they lie before the hip joints.
const INGUINAL_BELOW_MM: f64 = 50.0;
const INGUINAL_BEHIND_MM: f64 = 6.0;

impl Place<'_> {
    /// Distance to the nearest border of the bed in mm: positive inside.
    pub(super) fn bed_margin(&self) -> f64 {
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

    pub(super) fn bed_or_behind(&self, margin: f64) -> Verdict {
        let sacrum = bone_along(self.anatomy, self.at, Vector3::y(), 120.0);
        if let Some(distance) = sacrum.filter(|mm| *mm < BEFORE_SACRUM_MM) {
            let evidence = vec![format!("{distance:.0} mm before sacrum or coccyx")];
            return self.node(Some(Station::Perirectal), 0.6, evidence);
        }
        let evidence = vec!["within the borders of the prostate bed".to_owned()];
        let (site, side) = self.bed_site();
        let words = words(site, side);
        let verdict =
            Verdict::lesion(Region::ProstateBed, words, 0.9, evidence).with_bed_site(site, side);
        self.by_border(verdict, margin, "the prostate bed")
    }

    /// Where in the bed: the anastomosis lies in the middle behind the lower part of the symphysis,
    /// the seminal vesicles lay behind the bladder from its top on.
    pub(super) fn bed_site(&self) -> (BedSite, Option<Side>) {
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
    pub(super) fn beside_bed(&self, bed: f64) -> Verdict {
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
            if behind > INGUINAL_BEHIND_MM {
                let site = format!("soft tissue beside the {} hip", side.name());
                return Verdict::undetermined(site, evidence[0].clone());
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

    pub(super) fn below_pelvis(&self, aside: f64, border: f64) -> Verdict {
        let (side, _) = self.levels.aside(self.at);
        let below = border - self.at.z;
        let behind = self.at.y - self.levels.symphysis_back;
        if aside <= self.config.bed_half_width_mm {
            return Verdict::undetermined(
                "urethra or penis",
                format!("{below:.0} mm below the prostate bed in the middle: may be urine"),
            );
        }
        if behind < INGUINAL_BEHIND_MM && below < INGUINAL_BELOW_MM {
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
}

/// A place in the bed in words.
pub(super) fn words(site: BedSite, side: Option<Side>) -> String {
    match (site, side) {
        (BedSite::Anastomosis, _) => "vesico-urethral anastomosis".to_owned(),
        (BedSite::Retrovesical, Some(side)) => {
            format!("bed of the {} seminal vesicle", side.name())
        }
        (BedSite::Retrovesical, None) => "behind the bladder".to_owned(),
        (BedSite::Lateral, Some(side)) => format!("{} side of the prostate bed", side.name()),
        (BedSite::Lateral, None) => "prostate bed".to_owned(),
    }
}
