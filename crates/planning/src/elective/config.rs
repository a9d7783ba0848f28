//! Settings of the elective volumes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the elective volumes of the pelvic nodes and of the prostate bed are drawn. Lengths are in
/// mm; the defaults are those of the consensus (nodes: RTOG, Lawton 2009,
/// 10.1016/j.ijrobp.2008.08.002, and NRG, Hall 2021, 10.1016/j.ijrobp.2020.08.034; bed: RTOG,
/// Michalski 2010, 10.1016/j.ijrobp.2009.02.006).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ElectiveConfig {
    /// Draw the whole volumes that the recommendation names.
    pub enabled: bool,
    /// Around the vessels, mm.
    pub vessel_margin_mm: f64,
    /// Thickness of the strip before the sacrum from S1 to S3, mm.
    pub presacral_mm: f64,
    /// Width of the strip along the side wall that joins external and internal iliac vessels and
    /// holds the obturator nodes, mm.
    pub side_wall_mm: f64,
    /// How far above the highest avid node the nodal volume reaches where the policy asks for it,
    /// mm.
    pub above_node_mm: f64,
    /// The obturator region ends so far above the top of the symphysis, mm.
    pub above_symphysis_mm: f64,
    /// How far above the top of the symphysis the bed reaches, mm.
    pub bed_above_symphysis_mm: f64,
    /// How far below the lowest slice of the bladder, where the anastomosis is taken to lie, the
    /// bed reaches, mm.
    pub bed_below_bladder_mm: f64,
    /// How much of the back of the bladder belongs to the bed above the symphysis, mm.
    pub bed_bladder_mm: f64,
}

impl Default for ElectiveConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            vessel_margin_mm: 7.0,
            presacral_mm: 12.0,
            side_wall_mm: 18.0,
            above_node_mm: 25.0,
            above_symphysis_mm: 0.0,
            bed_above_symphysis_mm: 35.0,
            bed_below_bladder_mm: 10.0,
            bed_bladder_mm: 15.0,
        }
    }
}

impl ElectiveConfig {
    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        let lengths = [
            ("vessel-margin-mm", self.vessel_margin_mm, 3.0, 20.0),
            ("presacral-mm", self.presacral_mm, 5.0, 20.0),
            ("side-wall-mm", self.side_wall_mm, 10.0, 30.0),
            ("above-node-mm", self.above_node_mm, 10.0, 50.0),
            ("above-symphysis-mm", self.above_symphysis_mm, 0.0, 30.0),
            (
                "bed-above-symphysis-mm",
                self.bed_above_symphysis_mm,
                10.0,
                60.0,
            ),
            ("bed-below-bladder-mm", self.bed_below_bladder_mm, 0.0, 30.0),
            ("bed-bladder-mm", self.bed_bladder_mm, 5.0, 40.0),
        ];
        for (key, found, low, high) in lengths {
            if !(low..=high).contains(&found) {
                return Err(format!(
                    "planning.elective.{key} is {found}, expected {low} to {high}"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ElectiveConfig;

    #[test]
    fn a_length_out_of_range_is_named() {
        let config = ElectiveConfig {
            vessel_margin_mm: 0.7,
            ..ElectiveConfig::default()
        };
        assert_eq!(
            config.validate().unwrap_err(),
            "planning.elective.vessel-margin-mm is 0.7, expected 3 to 20"
        );
        assert_eq!(ElectiveConfig::default().validate(), Ok(()));
    }
}
