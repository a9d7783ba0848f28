//! Above the aortic bifurcation: retroperitoneum, peritoneal cavity, lung, and what lies above the
//! diaphragm.

use super::Place;
use crate::place::{density_around, front_of_spine};
use crate::region::{Region, Station};
use crate::verdict::{Metastasis, Verdict};

/// Retroperitoneal nodes are this far from the midline at most, in mm.
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

/// The duodenum crosses the spine behind the peritoneum, nearer than other bowel, in mm; it takes up
/// PSMA ligands like the jejunum, in more than a node's volume, in mL.
const DUODENUM_BEFORE_SPINE_MM: f64 = 15.0;
const DUODENUM_ML: f64 = 20.0;

/// Density of lung, in HU.
const LUNG_HU: f64 = -350.0;

impl Place<'_> {
    pub(super) fn above_pelvis(&self, roof: f64, known_by: &str) -> Verdict {
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
        match self.levels.dome {
            Some(dome) => self.at.z < dome - DOME_MM,
            None => above_bifurcation <= RETROPERITONEUM_HEIGHT_MM,
        }
    }
}
