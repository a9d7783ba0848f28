//! The PSMA expression score of PROMISE.

use isoboost_anatomy::{Absent, ReferenceUptake, References};

use crate::psma_rads;
use crate::staged::Staging;

/// PSMA expression of a lesion against reference organs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsmaScore {
    /// 0 to 3.
    pub value: u8,
    /// Why, in a sentence with the numbers.
    pub evidence: String,
}

/// Scores PSMA expression against reference organs, 0 to 3 (PROMISE: Eiber 2018,
/// 10.2967/jnumed.117.198119; version 2: Seifert 2023, Eur Urol 83:405).
///
/// 0 below the blood pool, 1 from the blood pool, 2 from the liver, 3 from the parotid glands; with
/// liver-excreted tracers the spleen takes the place of the liver. `suv` is the lesion's SUVmean,
/// as the references are means: SUVbw, g/mL. `None` when a reference is absent that would decide,
/// or the SUV is no number: a lesion below the liver has its score without parotid glands, one
/// above the parotid glands without any other.
pub fn psma_score(suv: f64, references: &References, liver_excreted: bool) -> Option<PsmaScore> {
    if !suv.is_finite() {
        return None;
    }
    let steps = steps(references, liver_excreted);
    let means = steps.map(|(_, reference)| reference.as_ref().ok().map(|r| r.mean));
    // The score is the highest step reached, if the next one is known not to be.
    let reached = (0..3)
        .rev()
        .find(|n| means[*n].is_some_and(|mean| suv >= mean));
    let value = reached.map_or(0, |n| n + 1);
    let told = |n: usize| means[n].map(|mean| format!("{} ({mean:.1})", steps[n].0));
    let beside = match reached {
        None => format!("does not reach {}", told(0)?),
        Some(2) => format!("reaches {}", told(2)?),
        Some(n) => format!("reaches {} but not {}", told(n)?, told(n + 1)?),
    };
    Some(PsmaScore {
        value: value as u8,
        evidence: format!("PSMA score {value}: SUVmean {suv:.1} {beside}"),
    })
}

/// The organs of the score from the least uptake up.
fn steps(
    references: &References,
    liver_excreted: bool,
) -> [(&'static str, &Result<ReferenceUptake, Absent>); 3] {
    let middle = if liver_excreted {
        ("the spleen", &references.spleen)
    } else {
        ("the liver", &references.liver)
    };
    [
        ("the blood pool", &references.blood_pool),
        middle,
        ("the parotid glands", &references.parotid),
    ]
}

impl Staging {
    /// The same with the PSMA expression score of each lesion, by its SUVmean ([`psma_score`]), and
    /// its evidence; where it has none, with the references that are missing.
    #[must_use]
    pub fn with_scores(mut self, references: &References, liver_excreted: bool) -> Self {
        let absent = steps(references, liver_excreted).into_iter();
        let absent = absent.filter_map(|(name, reference)| {
            let reason = reference.as_ref().err()?;
            Some(format!("{name}: {reason}"))
        });
        let absent: Vec<String> = absent.collect();
        for lesion in &mut self.lesions {
            let suv_mean = lesion.focus.measures.suv_mean;
            let score = psma_score(suv_mean, references, liver_excreted);
            lesion.psma_score = score.as_ref().map(|s| s.value);
            lesion.evidence.push(score.map_or_else(
                || {
                    format!(
                        "no PSMA score at SUVmean {suv_mean:.1}; {}",
                        absent.join("; ")
                    )
                },
                |s| s.evidence,
            ));
            lesion.psma_rads = psma_rads::category(lesion);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use isoboost_anatomy::{Absent, ReferenceUptake, References};
    use nalgebra::Point3;

    use super::psma_score;

    fn reference(mean: Option<f64>) -> Result<ReferenceUptake, Absent> {
        let mean = mean.ok_or_else(|| Absent("not seen".to_owned()))?;
        Ok(ReferenceUptake {
            mean,
            sd: 0.1,
            max: mean,
            n_voxels: 100,
            volume_ml: 5.0,
            center: Point3::origin(),
            region: String::new(),
            organ: String::new(),
            notes: Vec::new(),
        })
    }

    fn references([blood, liver, parotid]: [Option<f64>; 3]) -> References {
        References {
            blood_pool: reference(blood),
            liver: reference(liver),
            spleen: reference(Some(7.0)),
            parotid: reference(parotid),
        }
    }

    #[test]
    fn a_lesion_is_set_beside_the_references() {
        let (blood, liver, parotid) = (Some(1.6), Some(5.0), Some(12.0));
        let all = [blood, liver, parotid];
        for (suv, known, liver_excreted, expected) in [
            (0.0, all, false, Some(0)),
            (1.0, all, false, Some(0)),
            (1.6, all, false, Some(1)),
            (4.9, all, false, Some(1)),
            (5.0, all, false, Some(2)),
            (12.0, all, false, Some(3)),
            (f64::NAN, all, false, None),
            // The liver of a liver-excreted tracer is no reference, known or not.
            (6.0, all, true, Some(1)),
            (7.5, all, true, Some(2)),
            (6.0, [blood, None, parotid], true, Some(1)),
            // What would decide is absent.
            (6.0, [blood, liver, None], false, None),
            (4.0, [blood, liver, None], false, Some(1)),
            (1.0, [blood, None, None], false, Some(0)),
            (4.0, [blood, None, parotid], false, None),
            (4.0, [None, liver, parotid], false, None),
            (6.0, [None, liver, parotid], false, Some(2)),
            (20.0, [None, None, parotid], false, Some(3)),
            (6.0, [None, None, None], false, None),
        ] {
            let found = psma_score(suv, &references(known), liver_excreted);
            let found = found.map(|score| score.value);
            assert_eq!(found, expected, "SUV {suv} beside {known:?}");
        }
    }

    #[test]
    fn the_evidence_names_both_sides() {
        let all = references([Some(1.6), Some(5.0), Some(12.0)]);
        for (suv, liver_excreted, text) in [
            (
                1.0,
                false,
                "PSMA score 0: SUVmean 1.0 does not reach the blood pool (1.6)",
            ),
            (
                6.0,
                false,
                "PSMA score 2: SUVmean 6.0 reaches the liver (5.0) but not the parotid glands \
                 (12.0)",
            ),
            (
                6.0,
                true,
                "PSMA score 1: SUVmean 6.0 reaches the blood pool (1.6) but not the spleen (7.0)",
            ),
            (
                14.0,
                false,
                "PSMA score 3: SUVmean 14.0 reaches the parotid glands (12.0)",
            ),
        ] {
            let score = psma_score(suv, &all, liver_excreted).unwrap();
            assert_eq!(score.evidence, text);
        }
    }
}
