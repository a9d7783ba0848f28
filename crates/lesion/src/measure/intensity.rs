//! Statistics of the SUV over voxels, as the Image Biomarker Standardisation Initiative defines
//! them (Zwanenburg 2020, 10.1148/radiol.2020191145; codes of its reference manual in brackets).

/// First-order statistics of a set of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Intensity {
    /// Mean (Q4LE).
    pub(super) mean: f64,
    /// Median (Y12H).
    pub(super) median: f64,
    /// Square root of the population variance (ECT3).
    pub(super) sd: f64,
    /// Minimum (1GSF).
    pub(super) min: f64,
    /// 10th percentile (QG58).
    pub(super) p10: f64,
    /// 90th percentile (8DWT).
    pub(super) p90: f64,
    /// 75th minus 25th percentile (SALO).
    pub(super) interquartile_range: f64,
    /// Standard deviation by mean (7TET).
    pub(super) coefficient_of_variation: f64,
    /// Skewness (KE2A).
    pub(super) skewness: f64,
    /// Excess kurtosis (IPH6).
    pub(super) kurtosis: f64,
}

impl Intensity {
    /// Of at least one value; in the order given, so that the sums are the same every time.
    pub(super) fn of(mut values: Vec<f64>) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let moment = |power: i32| values.iter().map(|v| (v - mean).powi(power)).sum::<f64>() / n;
        let variance = moment(2);
        let sd = variance.sqrt();
        // Uniform uptake is neither skew nor peaked.
        let (skewness, kurtosis) = if variance > 0.0 {
            (
                moment(3) / (variance * sd),
                moment(4) / (variance * variance) - 3.0,
            )
        } else {
            (0.0, 0.0)
        };
        values.sort_by(f64::total_cmp);
        let at = |percent: f64| percentile(&values, percent);
        Self {
            mean,
            median: at(50.0),
            sd,
            min: at(0.0),
            p10: at(10.0),
            p90: at(90.0),
            interquartile_range: at(75.0) - at(25.0),
            coefficient_of_variation: if mean == 0.0 { 0.0 } else { sd / mean },
            skewness,
            kurtosis,
        }
    }
}

/// A percentile of sorted values, linear between the two nearest ranks. The reference manual leaves
/// that open; its phantoms have the same values by every rule.
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let place = percent / 100.0 * last as f64;
    let (low, share) = (place.floor(), place.fract());
    let near = sorted[low as usize];
    let far = sorted[(low as usize + 1).min(last)];
    near + share * (far - near)
}
