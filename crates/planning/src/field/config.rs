//! Settings of the pelvic field.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The conventional four-field box that is drawn where radiotherapy of the pelvis is suggested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct FieldConfig {
    /// Draw the field where the recommendation has radiotherapy of the pelvis.
    pub enabled: bool,
    /// Above the level of the policy's pelvis-top, mm.
    pub superior_mm: f64,
    /// The landmark of the lower border.
    pub inferior_border: InferiorBorder,
    /// Below it, mm.
    pub inferior_mm: f64,
    /// Outside of the widest part of the pelvic inlet on each side, mm.
    pub lateral_mm: f64,
    /// Before the front of the symphysis, mm.
    pub anterior_mm: f64,
    /// Behind the front of the sacrum between its second and third vertebra, mm.
    pub posterior_mm: f64,
    /// Above the highest avid node, where the policy's pelvis-top is above it, mm.
    pub above_node_mm: f64,
    /// Distance from the source to the isocentre, mm.
    pub source_axis_mm: f64,
    /// Write the four beams as an RT Plan: unapproved, without dose.
    pub plan: bool,
    /// Treatment machine that the plan names; a planning system asks for one that it knows.
    pub machine: String,
}

/// The landmark of the field's lower border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InferiorBorder {
    /// Lower edge of the obturator foramina.
    #[default]
    ObturatorForamen,
    /// Lowest point of the ischial tuberosities.
    IschialTuberosity,
}

impl Default for FieldConfig {
    /// Lower edge of the obturator foramina, front of the symphysis and S2/S3 as published
    /// (Zunino 1999, PMID 10219794; ISRN Obstet Gynecol 2012, 325790). To the sides published are
    /// 10 mm and 25 mm; 20 mm is usual. Above the highest node the elective volumes of the policy
    /// go 20 to 30 mm.
    fn default() -> Self {
        Self {
            enabled: true,
            superior_mm: 0.0,
            inferior_border: InferiorBorder::default(),
            inferior_mm: 0.0,
            lateral_mm: 20.0,
            anterior_mm: 0.0,
            posterior_mm: 0.0,
            above_node_mm: 25.0,
            source_axis_mm: 1000.0,
            plan: false,
            machine: "GENERIC".to_owned(),
        }
    }
}

impl FieldConfig {
    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        let lengths = [
            ("superior-mm", self.superior_mm, (-20.0, 50.0)),
            ("inferior-mm", self.inferior_mm, (-20.0, 50.0)),
            ("lateral-mm", self.lateral_mm, (-20.0, 50.0)),
            ("anterior-mm", self.anterior_mm, (-20.0, 50.0)),
            ("posterior-mm", self.posterior_mm, (-20.0, 50.0)),
            ("above-node-mm", self.above_node_mm, (0.0, 60.0)),
            ("source-axis-mm", self.source_axis_mm, (500.0, 2000.0)),
        ];
        for (key, found, (least, most)) in lengths {
            if !(least..=most).contains(&found) {
                return Err(format!(
                    "planning.field.{key} is {found}, expected {least} to {most}"
                ));
            }
        }
        let name = self.machine.trim();
        let letters = name.chars().count();
        let is_name = !name.contains(|c: char| c == '\\' || c.is_control());
        if !(1..=16).contains(&letters) || !is_name {
            return Err(format!(
                "planning.field.machine is `{}`, expected a name of 1 to 16 characters without a \
                 backslash",
                self.machine
            ));
        }
        Ok(())
    }
}
