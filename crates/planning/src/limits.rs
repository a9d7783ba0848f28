//! Settings of what target volumes are cut by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What CTVs and PTVs are cut by. A GTV is never cut, and no CTV cuts into its GTV.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LimitsConfig {
    /// Cut CTVs by what tumour does not cross: nodes by bone, muscle, bowel, bladder and rectum,
    /// metastases of bone by the border of the bone, recurrences of the bed by its borders.
    pub cut_by_anatomy: bool,
    /// How far the CTV of a bed recurrence may reach into the bladder, mm.
    pub into_bladder_mm: f64,
    /// How far it may reach into the rectum, mm.
    pub into_rectum_mm: f64,
    /// PTVs end so far under the skin, mm; without it they are not cropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ptv_under_skin_mm: Option<f64>,
    /// Join PTVs of one class and dose level that touch.
    pub merge_ptvs: bool,
}

impl Default for LimitsConfig {
    /// The bed's CTV holds the wall of the bladder, which is about 5 mm thick, and ends at that of
    /// the rectum (RTOG, Michalski 2010, 10.1016/j.ijrobp.2009.02.006).
    fn default() -> Self {
        Self {
            cut_by_anatomy: true,
            into_bladder_mm: 5.0,
            into_rectum_mm: 0.0,
            ptv_under_skin_mm: None,
            merge_ptvs: true,
        }
    }
}

impl LimitsConfig {
    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        let lengths = [
            ("into-bladder-mm", Some(self.into_bladder_mm)),
            ("into-rectum-mm", Some(self.into_rectum_mm)),
            ("ptv-under-skin-mm", self.ptv_under_skin_mm),
        ];
        for (key, found) in lengths {
            if let Some(found) = found.filter(|mm| !(0.0..=30.0).contains(mm)) {
                return Err(format!(
                    "planning.limits.{key} is {found}, expected 0 to 30"
                ));
            }
        }
        Ok(())
    }
}
