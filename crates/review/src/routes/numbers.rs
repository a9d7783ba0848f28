//! Numbers in the query of a picture.

use crate::web::{Answer, Refusal};

/// Exactly this many finite numbers, separated by commas.
pub(super) fn numbers<const N: usize>(key: &str, text: &str) -> Answer<[f64; N]> {
    let all: Vec<f64> = text
        .split(',')
        .filter_map(|part| part.trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
        .collect();
    let has_others = text.split(',').count() != N;
    let wrong = || {
        Refusal::malformed(format!(
            "`{key}` takes {N} numbers with commas between them"
        ))
    };
    match <[f64; N]>::try_from(all) {
        Ok(numbers) if !has_others => Ok(numbers),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_than_finite_numbers_are_refused() {
        assert_eq!(numbers::<2>("ct", "-160,240.5").unwrap(), [-160.0, 240.5]);
        for wrong in [
            "", "1", "1,2,3", "1,", "1,x", "1,NaN", "1,inf", "1;2", "1,2,x",
        ] {
            assert!(numbers::<2>("ct", wrong).is_err(), "{wrong}");
        }
    }
}
