//! How the extent of a focus is drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the extent of a focus is drawn. Every border lies between voxel centres; "background" is the
/// mean of a shell of 5 to 15 mm around the focus without other foci.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Delineation {
    /// Down to the threshold that found it, as whole-body tumour volumes are drawn: bone and soft
    /// tissue each by its own in qPSMA (Gafita 2019, 10.2967/jnumed.118.224055).
    FindingThreshold {},
    /// Down to this SUVbw, as in `{ fixed-suv = 3.0 }`: 3 in the DEEP-PSMA challenge, 4 against CT
    /// volumes of nodes (Mittlmeier 2021, 10.3389/fonc.2021.663631).
    FixedSuv(f64),
    /// Down to this percentage of the focus' own SUVmax, as in `{ percent-of-max = 41.0 }`: 41 is
    /// the phantom optimum of the EANM procedure guidelines for FDG, 40 to 50 is common for PSMA
    /// (Cancers 2022;14:270).
    PercentOfMax(f64),
    /// The same of its SUVpeak over 1 mL, which noise moves less.
    PercentOfPeak(f64),
    /// Background plus this percentage of what the maximum between voxel centres stands above it:
    /// for spheres without walls 43 is right whatever the background (Hofheinz 2010, PMID
    /// 20107246), 40 over the sizes and blurs of lesions (docs/delineation.md).
    BackgroundAdapted(f64),
    /// The same of SUVpeak: 50 is A50P (Boellaard 2015, 10.1007/s00259-014-2961-x).
    BackgroundAdaptedPeak(f64),
    /// `slope` × mean above 70 % of SUVmax + `background` × background (Schaefer 2008,
    /// Eur J Nucl Med Mol Imaging 35:1989); both factors belong to a scanner and its reconstruction.
    Schaefer {
        /// Factor of the mean above 70 % of SUVmax.
        slope: f64,
        /// Factor of the background.
        background: f64,
    },
    /// This share of the mean above 70 % of SUVmax, plus background; 0.15 in Nestle 2005
    /// (J Nucl Med 46:1342).
    Nestle(f64),
    /// Background plus the share of the height above it at which a ball of the outline's own volume
    /// shows its true border through a blur of this FWHM in mm, iterated until the volume stands:
    /// the iterative threshold of Jentzen 2007 (J Nucl Med 48:108) with the relation between volume
    /// and threshold in closed form instead of a scanner's table.
    Iterative {
        /// Full width at half maximum of the reconstructed image, mm; 6 is usual.
        psf_fwhm_mm: f64,
    },
    /// Where the SUV falls most steeply: watershed of the gradient between the core of the focus
    /// and its background (Geets 2007, Eur J Nucl Med Mol Imaging 34:1427).
    Gradient {},
    /// Where a walker that shuns steps of SUV is as likely to reach the core first as the background
    /// (Grady 2006, 10.1109/TPAMI.2006.233); `beta` says how much it shuns them.
    RandomWalker {
        /// Weight of a step of SUV, in units of the squared height of the focus; 90 in Grady 2006.
        beta: f64,
    },
    /// In the middle of what several rules draw: their median, voxel by voxel, so that one rule
    /// that fails does not count. How far they agree is reported.
    Consensus(Vec<Delineation>),
}

impl Delineation {
    /// A consensus of rules of different kinds: 40 % of the height above background, the iterative
    /// rule for a usual blur of 6 mm, and the steepest gradient.
    pub fn consensus() -> Self {
        Self::Consensus(vec![
            Self::BackgroundAdapted(40.0),
            Self::Iterative { psf_fwhm_mm: 6.0 },
            Self::Gradient {},
        ])
    }

    /// As in `41 % of SUVmax`.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::FixedSuv(suv) => format!("SUV {suv}"),
            Self::FindingThreshold {} => "finding threshold".to_owned(),
            Self::PercentOfMax(percent) => format!("{percent} % of SUVmax"),
            Self::PercentOfPeak(percent) => format!("{percent} % of SUVpeak"),
            Self::BackgroundAdapted(percent) => {
                format!("{percent} % of SUVmax above background")
            }
            Self::BackgroundAdaptedPeak(percent) => {
                format!("{percent} % of SUVpeak above background")
            }
            Self::Schaefer { slope, background } => {
                format!("{slope} x mean of the core + {background} x background (Schaefer)")
            }
            Self::Nestle(share) => format!("{share} x mean of the core + background (Nestle)"),
            Self::Iterative { psf_fwhm_mm } => {
                format!("iterative for a PSF of {psf_fwhm_mm} mm")
            }
            Self::Gradient {} => "steepest gradient".to_owned(),
            Self::RandomWalker { beta } => format!("random walker (beta {beta})"),
            Self::Consensus(rules) => format!("consensus of {} rules", rules.len()),
        }
    }

    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn check(&self) -> Result<(), String> {
        self.validate("delineation")
    }

    /// The rule in words, as in `41 % of SUVmax`.
    pub fn words(&self) -> String {
        self.text()
    }

    /// Whether every value lies in its range; a sentence that names the key if not.
    pub(super) fn validate(&self, key: &str) -> Result<(), String> {
        let check = |name: &str, found, low, high| {
            super::in_range(&format!("{key}.{name}"), found, low, high)
        };
        match self {
            Self::FixedSuv(suv) => check("fixed-suv", *suv, 0.1, 1000.0),
            Self::PercentOfMax(percent) => check("percent-of-max", *percent, 1.0, 99.0),
            Self::PercentOfPeak(percent) => check("percent-of-peak", *percent, 1.0, 99.0),
            Self::BackgroundAdapted(percent) => check("background-adapted", *percent, 1.0, 99.0),
            Self::BackgroundAdaptedPeak(percent) => {
                check("background-adapted-peak", *percent, 1.0, 99.0)
            }
            Self::Schaefer { slope, background } => {
                check("schaefer.slope", *slope, 0.05, 0.95)?;
                check("schaefer.background", *background, 0.0, 2.0)
            }
            Self::Nestle(share) => check("nestle", *share, 0.01, 0.95),
            Self::Iterative { psf_fwhm_mm } => {
                check("iterative.psf-fwhm-mm", *psf_fwhm_mm, 1.0, 20.0)
            }
            Self::FindingThreshold {} | Self::Gradient {} => Ok(()),
            Self::RandomWalker { beta } => check("random-walker.beta", *beta, 1.0, 10_000.0),
            Self::Consensus(rules) => validate_consensus(rules, key),
        }
    }
}

fn validate_consensus(rules: &[Delineation], key: &str) -> Result<(), String> {
    let key = format!("{key}.consensus");
    if rules.len() < 2 {
        let found = rules.len();
        return Err(format!(
            "lesion.{key} has {found} rules, expected 2 or more"
        ));
    }
    for rule in rules {
        if matches!(rule, Delineation::Consensus(_)) {
            return Err(format!(
                "lesion.{key} holds a consensus, expected single rules"
            ));
        }
        rule.validate(&key)?;
    }
    Ok(())
}

/// Rules for regions that are drawn by another one than all others.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RegionalDelineation {
    /// In the prostate bed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prostate_bed: Option<Delineation>,
    /// Of nodes, pelvic or distant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Delineation>,
    /// In bone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bone: Option<Delineation>,
}

impl RegionalDelineation {
    pub(super) fn validate(&self) -> Result<(), String> {
        let rules = [
            ("regional.prostate-bed", &self.prostate_bed),
            ("regional.node", &self.node),
            ("regional.bone", &self.bone),
        ];
        rules
            .into_iter()
            .filter_map(|(key, rule)| Some((key, rule.as_ref()?)))
            .try_for_each(|(key, rule)| rule.validate(key))
    }
}
