//! Sums over the lesions of a patient.

use nalgebra::Point3;

use super::Measures;

/// Sums over some lesions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Totals {
    /// Volume of all, mL (PSMA-TV).
    pub psma_tv_ml: f64,
    /// Sum of SUVmean times volume, g/mL · mL (TL-PSMA).
    pub tl_psma: f64,
    /// Number of lesions.
    pub lesions: usize,
    /// Highest voxel of all, SUVbw g/mL; `None` without lesions.
    pub suv_max: Option<f64>,
    /// Largest distance of the centroids of two lesions, mm (Dmax; Cottereau 2020,
    /// 10.2967/jnumed.119.229450); `None` with fewer than two.
    pub dmax_mm: Option<f64>,
}

/// Sums over all lesions of a patient, and over those of each region.
#[derive(Debug, Clone, PartialEq)]
pub struct PatientTotals<K> {
    /// All lesions.
    pub total: Totals,
    /// By region, in the order in which the regions first came; a region without lesions is not
    /// there.
    pub regions: Vec<(K, Totals)>,
}

impl<K: PartialEq> PatientTotals<K> {
    /// Sums up lesions that each have the key of a region. The order of the lesions decides the
    /// last digit of a sum, nothing more.
    pub fn of<'a>(lesions: impl IntoIterator<Item = (K, &'a Measures)>) -> Self {
        let mut all: Vec<&Measures> = Vec::new();
        let mut regions: Vec<(K, Vec<&Measures>)> = Vec::new();
        for (key, measures) in lesions {
            all.push(measures);
            match regions.iter_mut().find(|(known, _)| *known == key) {
                Some((_, list)) => list.push(measures),
                None => regions.push((key, vec![measures])),
            }
        }
        Self {
            total: Totals::of(&all),
            regions: regions
                .into_iter()
                .map(|(key, list)| (key, Totals::of(&list)))
                .collect(),
        }
    }
}

impl Totals {
    fn of(lesions: &[&Measures]) -> Self {
        let centroids: Vec<Point3<f64>> = lesions.iter().map(|m| m.centroid).collect();
        Self {
            psma_tv_ml: lesions.iter().map(|m| m.volume_ml).sum(),
            tl_psma: lesions.iter().map(|m| m.tl_psma).sum(),
            lesions: lesions.len(),
            suv_max: lesions.iter().map(|m| m.suv_max).reduce(f64::max),
            dmax_mm: largest_distance(&centroids),
        }
    }
}

fn largest_distance(points: &[Point3<f64>]) -> Option<f64> {
    let pairs = points
        .iter()
        .enumerate()
        .flat_map(|(n, a)| points[..n].iter().map(move |b| (a - b).norm()));
    pairs.reduce(f64::max)
}
