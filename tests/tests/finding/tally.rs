//! What a preset found, and what it found where nothing is.

use isoboost_lesion::FoundFoci;
use isoboost_phantom::{PhantomStudy, TruthLesion};
use nalgebra::Point3;

use crate::scans::{DIAMETERS_MM, NEAR_MM, Patient, SUVS, is_near};

/// What a preset did over a number of scans.
#[derive(Default)]
pub(crate) struct Tally {
    /// Found and all lesions, by diameter and SUV.
    pub(crate) lesions: [[(usize, usize); SUVS.len()]; DIAMETERS_MM.len()],
    /// Not found, but told as a point too small to be outlined.
    pub(crate) told: usize,
    /// Of those of 8 mm and more that the noise-free image shows with at least SUV 4.5.
    pub(crate) visible: (usize, usize),
    pub(crate) scenarios: (usize, usize),
    pub(crate) scans: usize,
    pub(crate) false_bowel: usize,
    pub(crate) false_elsewhere: usize,
    /// Both, on scans without lesions.
    pub(crate) false_negative_scans: usize,
    /// The same with twice the noise.
    pub(crate) false_noisy_scans: usize,
}

/// Whether a point is a lesion's: within its radius, or a voxel of its centre.
pub(crate) fn is_of(lesion: &TruthLesion, point: Point3<f64>) -> bool {
    (point - lesion.center).norm() <= (lesion.diameter_mm / 2.0).max(5.0)
}

pub(crate) fn is_found(lesion: &TruthLesion, found: &FoundFoci) -> bool {
    let mut foci = found.foci.iter();
    foci.any(|f| is_of(lesion, f.measures.max_at))
}

impl Tally {
    /// Counts what is false in a scan of the usual noise.
    pub(crate) fn add_false(&mut self, patient: &Patient, study: &PhantomStudy, found: &FoundFoci) {
        let [bowel, elsewhere] = false_foci(patient, study, found);
        self.scans += 1;
        self.false_bowel += bowel;
        self.false_elsewhere += elsewhere;
        if study.truth.lesions.is_empty() {
            self.false_negative_scans += bowel + elsewhere;
        }
    }

    pub(crate) fn add_made(&mut self, study: &PhantomStudy, found: &FoundFoci) {
        for lesion in &study.truth.lesions {
            let d = DIAMETERS_MM.iter().position(|d| *d == lesion.diameter_mm);
            let s = SUVS.iter().position(|s| *s == lesion.suv);
            let is_found = is_found(lesion, found);
            count(&mut self.lesions[d.unwrap()][s.unwrap()], is_found);
            if lesion.diameter_mm >= 8.0 && lesion.suv_max_noise_free >= 4.5 {
                count(&mut self.visible, is_found);
            }
            let is_told = found.points.iter().any(|p| is_of(lesion, p.max_at));
            self.told += usize::from(!is_found && is_told);
        }
    }

    pub(crate) fn add_scenario(&mut self, study: &PhantomStudy, found: &FoundFoci) {
        for lesion in &study.truth.lesions {
            count(&mut self.scenarios, is_found(lesion, found));
        }
    }

    /// All lesions of the made scans, found and all.
    pub(crate) fn all(&self) -> (usize, usize) {
        let cells = self.lesions.iter().flatten();
        cells.fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1))
    }
}

pub(crate) fn count((found, all): &mut (usize, usize), is_found: bool) {
    *found += usize::from(is_found);
    *all += 1;
}

/// Foci in bowel and elsewhere that are neither lesions nor urine.
pub(crate) fn false_foci(patient: &Patient, study: &PhantomStudy, found: &FoundFoci) -> [usize; 2] {
    let mut counts = [0, 0];
    for focus in &found.foci {
        let place = focus.measures.max_at;
        let of_lesion =
            |l: &TruthLesion| (l.center - place).norm() <= l.diameter_mm / 2.0 + NEAR_MM;
        if study.truth.lesions.iter().any(of_lesion) || is_near(&patient.bladder, place) {
            continue;
        }
        counts[usize::from(!is_near(&patient.bowel, place))] += 1;
    }
    counts
}
