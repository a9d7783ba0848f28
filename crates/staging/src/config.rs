//! Settings of telling disease from physiological uptake, and of its regions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Borders of the regions and rules of exclusion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct StagingConfig {
    /// Upper border of the prostate bed above the top of the symphysis, in mm: 30 to 40 in the
    /// RTOG consensus (Michalski 2010, 10.1016/j.ijrobp.2009.02.006).
    pub bed_above_symphysis_mm: f64,
    /// Lower border of the bed below the lower end of the symphysis, in mm. The anastomosis, 8 to
    /// 12 mm above the border of the RTOG consensus, lies at the lower part of the symphysis.
    pub bed_below_symphysis_mm: f64,
    /// Half width of the bed, in mm: the medial edge of the obturator internus.
    pub bed_half_width_mm: f64,
    /// Depth of the bed behind the back edge of the symphysis, in mm: to the front of the rectum.
    pub bed_depth_mm: f64,
    /// Height of the aortic bifurcation, the upper border of the pelvic nodes, above the level
    /// L5/S1, in mm: the lower edge of L4, where it lies in 80 % (Zunino 1999, PMID 10219794).
    /// An imported aorta takes the place of this.
    pub bifurcation_above_promontory_mm: f64,
    /// Whether nodes between the level L5/S1 and the aortic bifurcation belong to the pelvis
    /// (PROMISE) or are distant (AJCC/UICC M1a).
    pub common_iliac: CommonIliac,
    /// Share of a focus' uptake inside bone from which it is a bone lesion. `TriDFusion` takes 10 %
    /// of the voxels; half of the uptake leaves nodes that touch bone where they are.
    pub bone_share: f64,
    /// Share of a focus' uptake inside an organ from which it belongs to the organ, when its
    /// maximum lies elsewhere.
    pub organ_share: f64,
    /// A small focus in liver or spleen is a lesion from this multiple of the organ's own uptake.
    pub organ_ratio: f64,
    /// Uptake in front of the lumbar spine and the pelvic vessels is bowel up to this SUVbw:
    /// duodenum and jejunum have means of 7 to 11.
    pub bowel_suv: f64,
    /// How far in front of the promontory, or of the sacrum in the midline, bowel begins, in mm.
    /// Lymph nodes lie along the vessels on spine and side wall.
    pub bowel_before_spine_mm: f64,
    /// A lesion nearer than this to a border of its region is told as a border case, in mm.
    pub border_mm: f64,
    /// Version of PROMISE that the miTNM labels follow.
    pub promise: Promise,
}

/// Where common iliac nodes belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CommonIliac {
    /// To the pelvic nodes, as in PROMISE and in the newer atlases of pelvic radiotherapy.
    PelvicNode,
    /// To the distant nodes, as in AJCC and UICC.
    Distant,
}

/// A version of PROMISE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Promise {
    /// Eiber 2018 (10.2967/jnumed.117.198119): miN1a for one region, miN1b for more.
    V1,
    /// Seifert 2023 (Eur Urol 83:405): miN1 for one region, miN2 for more.
    V2,
}

impl Default for StagingConfig {
    fn default() -> Self {
        Self {
            bed_above_symphysis_mm: 40.0,
            bed_below_symphysis_mm: 10.0,
            bed_half_width_mm: 30.0,
            bed_depth_mm: 74.0,
            bifurcation_above_promontory_mm: 43.0,
            common_iliac: CommonIliac::PelvicNode,
            bone_share: 0.5,
            organ_share: 0.5,
            organ_ratio: 2.0,
            bowel_suv: 15.0,
            bowel_before_spine_mm: 40.0,
            border_mm: 5.0,
            promise: Promise::V2,
        }
    }
}

impl StagingConfig {
    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        let ranges = [
            (
                "bed-above-symphysis-mm",
                self.bed_above_symphysis_mm,
                0.0,
                80.0,
            ),
            (
                "bed-below-symphysis-mm",
                self.bed_below_symphysis_mm,
                0.0,
                50.0,
            ),
            ("bed-half-width-mm", self.bed_half_width_mm, 10.0, 60.0),
            ("bed-depth-mm", self.bed_depth_mm, 20.0, 120.0),
            (
                "bifurcation-above-promontory-mm",
                self.bifurcation_above_promontory_mm,
                0.0,
                90.0,
            ),
            ("bone-share", self.bone_share, 0.01, 1.0),
            ("organ-share", self.organ_share, 0.01, 1.0),
            ("organ-ratio", self.organ_ratio, 1.0, 100.0),
            ("bowel-suv", self.bowel_suv, 0.0, 1000.0),
            (
                "bowel-before-spine-mm",
                self.bowel_before_spine_mm,
                10.0,
                200.0,
            ),
            ("border-mm", self.border_mm, 0.0, 30.0),
        ];
        for (key, found, low, high) in ranges {
            if !(found >= low && found <= high) {
                return Err(format!(
                    "staging.{key} is {found}, expected {low} to {high}"
                ));
            }
        }
        Ok(())
    }
}
