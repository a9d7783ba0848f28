//! The PSMA expression score of PROMISE.

use isoboost_anatomy::References;

/// PSMA expression against reference organs, 0 to 3 (PROMISE: Eiber 2018, 10.2967/jnumed.117.198119;
/// version 2: Seifert 2023, Eur Urol 83:405).
///
/// 0 below the blood pool, 1 from the blood pool, 2 from the liver, 3 from the parotid glands; with
/// liver-excreted tracers the spleen takes the place of the liver. `suv_mean` is that of the
/// lesion. `None` when a reference is absent that would decide: a lesion below the liver has its
/// score without parotid glands, one above the parotid without any other.
pub fn psma_score(suv_mean: f64, references: &References, liver_excreted: bool) -> Option<u8> {
    let middle = if liver_excreted {
        &references.spleen
    } else {
        &references.liver
    };
    let levels = [&references.blood_pool, middle, &references.parotid];
    let reached = levels.map(|level| level.as_ref().ok().map(|r| suv_mean >= r.mean));
    // The score is the highest level reached, if the next one is known not to be.
    let mut score = 0;
    for (n, reached) in (1..).zip(reached) {
        if reached == Some(true) {
            score = n;
        }
    }
    let above = reached.get(usize::from(score)).copied();
    let is_decided = above.is_none_or(|next| next == Some(false));
    is_decided.then_some(score)
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
        })
    }

    #[test]
    fn a_lesion_is_set_beside_the_references() {
        let (blood, liver, spleen, parotid) = (Some(1.6), Some(5.0), Some(7.0), Some(12.0));
        for (suv, blood, liver, parotid, liver_excreted, expected) in [
            (1.0, blood, liver, parotid, false, Some(0)),
            (1.6, blood, liver, parotid, false, Some(1)),
            (4.9, blood, liver, parotid, false, Some(1)),
            (5.0, blood, liver, parotid, false, Some(2)),
            (12.0, blood, liver, parotid, false, Some(3)),
            // The liver of a liver-excreted tracer is no reference.
            (6.0, blood, liver, parotid, true, Some(1)),
            (7.5, blood, liver, parotid, true, Some(2)),
            // What would decide is absent.
            (6.0, blood, liver, None, false, None),
            (4.0, blood, liver, None, false, Some(1)),
            (4.0, None, liver, parotid, false, None),
            (6.0, None, liver, parotid, false, Some(2)),
            (20.0, None, None, parotid, false, Some(3)),
            (6.0, None, None, None, false, None),
        ] {
            let references = References {
                blood_pool: reference(blood),
                liver: reference(liver),
                spleen: reference(spleen),
                parotid: reference(parotid),
            };
            let found = psma_score(suv, &references, liver_excreted);
            assert_eq!(found, expected, "SUV {suv}, {references:?}");
        }
    }
}
