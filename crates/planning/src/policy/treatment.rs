//! Margins and doses.

use isoboost_volume::Margins;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::{Intensification, WholeVolume};
use crate::fractionation::{LATE_ALPHA_BETA_GY, NOMINAL_ABOVE_GY, TUMOUR_ALPHA_BETA_GY, eqd2_gy};
use crate::lesion_class::LesionClass;

/// Margins and doses of some classes of lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Treatment {
    /// The classes; no class has two entries.
    pub classes: Vec<LesionClass>,
    /// The kind of intensification that treats them: a lesion gets a CTV, a PTV and a dose where
    /// the recommendation has this kind.
    pub given_with: Intensification,
    /// From GTV to CTV, mm.
    pub gtv_to_ctv_mm: MarginSetting,
    /// From CTV to PTV, mm.
    pub ctv_to_ptv_mm: MarginSetting,
    /// Dose levels, the one to start from first.
    #[serde(rename = "dose")]
    pub doses: Vec<DoseLevel>,
}

impl Treatment {
    /// How far a PTV may lie from its GTV, mm.
    pub(crate) fn room_mm(&self) -> f64 {
        self.gtv_to_ctv_mm.margins().largest() + self.ctv_to_ptv_mm.margins().largest()
    }
}

/// Margin and doses of a whole volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VolumeDoses {
    /// The volume.
    pub name: WholeVolume,
    /// From its CTV to its PTV, mm; without it there is no PTV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ctv_to_ptv_mm: Option<MarginSetting>,
    /// Dose levels, the one to start from first.
    #[serde(rename = "dose")]
    pub doses: Vec<DoseLevel>,
}

/// A published dose. Its equivalents in fractions of 2 Gy are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DoseLevel {
    /// What it is, in a few words.
    pub label: String,
    /// Total dose, Gy.
    pub total_gy: f64,
    /// Number of fractions.
    pub fractions: u32,
    /// Key of the source.
    pub source: String,
}

/// Largest total dose that is taken for one, Gy.
pub const MOST_GY: f64 = 100.0;
/// Largest number of fractions.
pub const MOST_FRACTIONS: u32 = 50;
/// Largest margin, mm.
pub const MOST_MARGIN_MM: f64 = 50.0;

impl DoseLevel {
    /// Whether its numbers lie in their ranges.
    ///
    /// # Errors
    /// A phrase that names the number found and its range.
    pub fn check(&self) -> Result<(), String> {
        let (gy, fractions) = (self.total_gy, self.fractions);
        if !(gy > 0.0 && gy <= MOST_GY) {
            return Err(format!("total-gy is {gy}, expected above 0 to {MOST_GY}"));
        }
        if !(1..=MOST_FRACTIONS).contains(&fractions) {
            return Err(format!(
                "fractions is {fractions}, expected 1 to {MOST_FRACTIONS}"
            ));
        }
        Ok(())
    }

    /// Dose of each fraction, Gy.
    pub fn per_fraction_gy(&self) -> f64 {
        self.total_gy / f64::from(self.fractions)
    }

    /// Equivalent dose in fractions of 2 Gy for the tumour (α/β 1.5 Gy), Gy.
    pub fn eqd2_tumour_gy(&self) -> f64 {
        eqd2_gy(self.total_gy, self.fractions, TUMOUR_ALPHA_BETA_GY)
    }

    /// The same for late reactions of normal tissue (α/β 3 Gy), Gy.
    pub fn eqd2_late_gy(&self) -> f64 {
        eqd2_gy(self.total_gy, self.fractions, LATE_ALPHA_BETA_GY)
    }

    /// Whether the fractions are too large for the equivalents to be more than nominal.
    pub fn is_eqd2_nominal(&self) -> bool {
        self.per_fraction_gy() > NOMINAL_ABOVE_GY
    }
}

/// One margin for all directions, or one for each patient direction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MarginSetting {
    /// The same in all directions.
    Uniform(f64),
    /// Different by patient direction.
    Directions(DirectionMargins),
}

/// A margin for each patient direction, mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DirectionMargins {
    /// To the patient's left.
    pub left: f64,
    /// To the patient's right.
    pub right: f64,
    /// To the front.
    pub anterior: f64,
    /// To the back.
    pub posterior: f64,
    /// To the head.
    pub superior: f64,
    /// To the feet.
    pub inferior: f64,
}

impl MarginSetting {
    /// Whether every margin lies in its range.
    ///
    /// # Errors
    /// A phrase that names the number found and the range.
    pub fn check(self) -> Result<(), String> {
        let range = 0.0..=MOST_MARGIN_MM;
        let all = self.margins().all();
        match all.into_iter().find(|mm| !range.contains(mm)) {
            Some(found) => Err(format!("is {found}, expected 0 to {MOST_MARGIN_MM}")),
            None => Ok(()),
        }
    }

    /// The margins in mm.
    pub fn margins(self) -> Margins {
        match self {
            Self::Uniform(mm) => Margins::uniform(mm),
            Self::Directions(d) => Margins {
                left: d.left,
                right: d.right,
                anterior: d.anterior,
                posterior: d.posterior,
                superior: d.superior,
                inferior: d.inferior,
            },
        }
    }
}
