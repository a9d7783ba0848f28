//! Faint foci, by their contrast with what is around them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{in_range, suv_in_range};

/// Small foci of any uptake that stand out of their surroundings.
///
/// Every local maximum of the PET is judged as a ball of 6, 8, 10, 13 and 16 mm diameter D. Its
/// mean is held against the shell from D/2 + 4 mm to D/2 + 8 mm around it: beyond the blur of the
/// scanner, near enough to be the same ground.
///
/// - Background and noise are mean and standard deviation of the darkest half of the shell, so that
///   an organ on one side does not hide the focus on its flank.
/// - Contrast is ball / background, contrast-to-noise (ball − background) / noise; both must reach
///   their minimum at the same diameter.
/// - A line through the focus must be dark at one end at least, whatever its direction: vessels and
///   bowel are bright at both ends.
/// - The uptake must fall by a share of its contrast before it rises to anything higher: the flank
///   of an organ does not fall, noise on it falls little.
/// - The maximum must stand above blood, mean + 3 SD: what does not has no uptake by PROMISE, and
///   vessels are the first to be mistaken for foci.
///
/// The focus is the uptake connected to the maximum down to halfway between background and maximum,
/// never across a saddle to something higher and never beyond the shell.
///
/// The ball and the shell are a detector of blobs at several scales (Lindeberg 1998,
/// 10.1023/A:1008045108935), with the shell in halves. No limits are published for PSMA; these were
/// chosen by the figures of `docs/finding.md`. A focus so close to an organ that no valley lies
/// between them is not found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LocalContrast {
    /// The maximum must reach this SUVbw, however faint the blood is.
    pub minimum_suv: f64,
    /// The maximum must lie this many standard deviations above the mean of the blood pool.
    pub sd_above_blood: f64,
    /// The SUVbw that the maximum must reach when the blood pool was not measured.
    pub fallback_suv: f64,
    /// The ball's mean over the background's.
    pub minimum_contrast: f64,
    /// The ball's mean less the background's, over the background's standard deviation.
    pub minimum_contrast_to_noise: f64,
    /// How much of maximum less background the uptake must fall towards higher uptake, 0 to 1.
    pub prominence: f64,
    /// Voxels from this SUVbw are found as well, whatever is around them: large lesions are no
    /// blobs. Without it only small foci are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_suv: Option<f64>,
}

impl Default for LocalContrast {
    fn default() -> Self {
        Self {
            minimum_suv: 1.5,
            sd_above_blood: 3.0,
            fallback_suv: 2.0,
            minimum_contrast: 1.6,
            minimum_contrast_to_noise: 5.0,
            prominence: 0.15,
            with_suv: None,
        }
    }
}

impl LocalContrast {
    /// United with a fixed SUVbw, so that large lesions are found as well.
    pub fn with_fixed_suv(suv: f64) -> Self {
        Self {
            with_suv: Some(suv),
            ..Self::default()
        }
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        suv_in_range("local-contrast.minimum-suv", self.minimum_suv)?;
        suv_in_range("local-contrast.fallback-suv", self.fallback_suv)?;
        let ranges = [
            ("sd-above-blood", self.sd_above_blood, 0.0, 20.0),
            ("minimum-contrast", self.minimum_contrast, 1.0, 100.0),
            (
                "minimum-contrast-to-noise",
                self.minimum_contrast_to_noise,
                0.0,
                100.0,
            ),
            ("prominence", self.prominence, 0.0, 1.0),
        ];
        ranges.into_iter().try_for_each(|(key, found, low, high)| {
            in_range(&format!("finding.local-contrast.{key}"), found, low, high)
        })?;
        let mut with = self.with_suv.into_iter();
        with.try_for_each(|suv| suv_in_range("local-contrast.with-suv", suv))
    }
}
