//! How much an outline depends on the rule it is drawn by.

use rayon::prelude::*;

use crate::config::Delineation;
use crate::find::Uptake;
use crate::focus::Focus;

/// What one rule makes of a focus.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOutcome {
    /// The rule, as in `41 % of SUVmax`.
    pub rule: String,
    /// SUVbw at its border.
    pub threshold_suv: f64,
    /// Volume inside its outline, between voxel centres, mL.
    pub volume_ml: f64,
    /// Mean SUVbw of the voxels inside.
    pub suv_mean: f64,
}

/// A focus by every rule that a careful reader might have chosen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutlineRange {
    /// The rules that draw it, in the order of [`reasonable_rules`].
    pub outcomes: Vec<RuleOutcome>,
    /// The rules that do not, each with why: its outline leaks, or nothing is that hot.
    pub without: Vec<String>,
}

impl OutlineRange {
    /// Smallest and largest volume, mL.
    pub fn volume_ml(&self) -> Option<(f64, f64)> {
        span(self.outcomes.iter().map(|o| o.volume_ml))
    }

    /// Lowest and highest mean SUVbw.
    pub fn suv_mean(&self) -> Option<(f64, f64)> {
        span(self.outcomes.iter().map(|o| o.suv_mean))
    }

    /// Smallest by largest volume: 1 when all rules agree.
    pub fn firmness(&self) -> Option<f64> {
        let (low, high) = self.volume_ml()?;
        (high > 0.0).then(|| low / high)
    }
}

fn span(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |span, value| match span {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// The rules that a range is taken over: the ends of what is published for PSMA (fixed SUV 3 and 4:
/// DEEP-PSMA and Mittlmeier 2021, 10.3389/fonc.2021.663631; 41 to 50 % of the maximum: Wurzer 2022,
/// Cancers 14:270; A50P: Boellaard 2015, 10.1007/s00259-014-2961-x), and the two that hold up best
/// on the NEMA spheres (docs/delineation.md).
pub fn reasonable_rules() -> Vec<Delineation> {
    vec![
        Delineation::FixedSuv(3.0),
        Delineation::FixedSuv(4.0),
        Delineation::PercentOfMax(41.0),
        Delineation::PercentOfMax(50.0),
        Delineation::BackgroundAdapted(40.0),
        Delineation::BackgroundAdaptedPeak(50.0),
        Delineation::Iterative { psf_fwhm_mm: 6.0 },
    ]
}

impl Uptake<'_> {
    /// A focus of this uptake by each of the reasonable rules.
    pub fn range_of(&self, focus: &Focus) -> OutlineRange {
        let drawn: Vec<Result<RuleOutcome, String>> = reasonable_rules()
            .par_iter()
            .map(|rule| self.outcome(focus, rule))
            .collect();
        let mut range = OutlineRange::default();
        for outcome in drawn {
            match outcome {
                Ok(outcome) => range.outcomes.push(outcome),
                Err(why) => range.without.push(why),
            }
        }
        range
    }

    fn outcome(&self, focus: &Focus, rule: &Delineation) -> Result<RuleOutcome, String> {
        if let Delineation::FixedSuv(suv) = rule
            && focus.measures.suv_max < *suv
        {
            return Err(format!("SUV {suv}: above its maximum"));
        }
        let drawn = self.outlined(focus, rule);
        if drawn.fell_back {
            // The note goes on with what was drawn instead, which is of no use here.
            let note = drawn.notes.first().map_or("", String::as_str);
            return Err(note.split("; outlined").next().unwrap_or(note).to_owned());
        }
        Ok(RuleOutcome {
            volume_ml: drawn.measures.volume_isosurface_ml,
            suv_mean: drawn.measures.suv_mean,
            threshold_suv: drawn.threshold_suv,
            rule: drawn.rule,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use isoboost_volume::{Grid, Volume};
    use nalgebra::Point3;

    use crate::{LesionConfig, Surroundings, find_uptake};

    /// A sphere with a flank that falls like a Gaussian of 3 mm.
    fn sphere(suv: f64, background: f64) -> Volume<f32> {
        let grid = Grid::axis_aligned([24, 20, 20], [3.0, 4.0, 4.0], Point3::origin()).unwrap();
        let center = Point3::new(38.0, 38.0, 35.0);
        Volume::from_fn(grid.clone(), |voxel| {
            let out = ((grid.center_of(voxel) - center).norm() - 8.0).max(0.0);
            (background + (suv - background) * (-out * out / 18.0).exp()) as f32
        })
    }

    #[test]
    fn the_range_spans_the_published_rules() {
        let (suv, config) = (sphere(12.0, 0.0), LesionConfig::default());
        let surroundings = Surroundings::default();
        let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
        let range = uptake.range_of(&uptake.foci().foci[0]);
        assert_eq!(range.without, Vec::<String>::new());
        let ball = |threshold: f64| {
            let radius = 8.0 + (18.0 * (12.0 / threshold).ln()).sqrt();
            4.0 / 3.0 * PI * radius.powi(3) / 1000.0
        };
        let (low, high) = range.volume_ml().unwrap();
        assert!((low / ball(6.0) - 1.0).abs() < 0.03, "{low}");
        // Straight lines between voxel centres lie above the flank where it is hollow.
        assert!((high / ball(3.0) - 1.0).abs() < 0.06, "{high}");
        assert!((range.firmness().unwrap() - low / high).abs() < 1e-12);
        let (cool, hot) = range.suv_mean().unwrap();
        assert!(cool < hot && hot <= 12.0);
    }

    #[test]
    fn rules_that_do_not_draw_a_faint_focus_are_named() {
        let (suv, config) = (sphere(3.5, 1.6), LesionConfig::default());
        let surroundings = Surroundings::default();
        let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
        let range = uptake.range_of(&uptake.foci().foci[0]);
        let rules: Vec<&str> = range.outcomes.iter().map(|o| o.rule.as_str()).collect();
        assert_eq!(rules[..2], ["SUV 3", "50 % of SUVmax"]);
        assert_eq!(rules.len(), 5);
        assert_eq!(range.without.len(), 2);
        assert_eq!(range.without[0], "SUV 4: above its maximum");
        assert!(range.without[1].contains("leaks"), "{}", range.without[1]);
    }
}
