//! How the page writes values: filters of the template.

use minijinja::Environment;

use crate::cohort::intensification_words;

/// What stands where nothing is known.
const NOT_KNOWN: &str = "–";
/// The reason of a focus that a person, and no rule, took for no disease.
pub(super) const REVIEWER: &str = "reviewer";

/// Gives the template its filters.
pub(super) fn add_filters(environment: &mut Environment<'_>) {
    environment.add_filter("fixed", fixed);
    environment.add_filter("volume", volume);
    environment.add_filter("percent", percent);
    environment.add_filter("plain", plain);
    environment.add_filter("region", region);
    environment.add_filter("kind", kind);
    environment.add_filter("reason", reason);
    environment.add_filter("position", |mm: Vec<f64>| -> String {
        <[f64; 3]>::try_from(mm).map_or(NOT_KNOWN.to_owned(), position)
    });
    environment.add_filter("numbers", |ids: Vec<u32>| -> String { numbers(&ids) });
    environment.add_filter("sentence", sentence);
}

/// A number with so many decimals; a dash where it is not known.
pub(super) fn fixed(value: Option<f64>, decimals: usize) -> String {
    value.map_or(NOT_KNOWN.to_owned(), |value| format!("{value:.decimals$}"))
}

/// A volume in mL, with as many decimals as its size is worth.
pub(super) fn volume(ml: Option<f64>) -> String {
    let decimals = match ml {
        Some(ml) if ml >= 99.95 => 0,
        Some(ml) if ml >= 9.995 => 1,
        _ => 2,
    };
    fixed(ml, decimals)
}

/// A share of 1 in per cent.
fn percent(share: Option<f64>) -> String {
    share.map_or(NOT_KNOWN.to_owned(), |share| {
        // No line is broken before the sign.
        format!("{:.0}\u{a0}%", 100.0 * share)
    })
}

/// A name of the document's as words.
pub(super) fn plain(name: Option<String>) -> String {
    match name {
        Some(name) if !name.is_empty() => name.replace('_', " "),
        _ => NOT_KNOWN.to_owned(),
    }
}

/// A class of lesions.
pub(super) fn region(name: &str) -> String {
    match name {
        "prostate_bed" => "Prostate bed".to_owned(),
        "pelvic_node" => "Pelvic node".to_owned(),
        "distant" => "Distant".to_owned(),
        "undetermined" => "Place undetermined".to_owned(),
        other => plain(Some(other.to_owned())),
    }
}

/// What uptake that is no lesion was taken for, or who took it so.
fn reason(name: &str) -> String {
    match name {
        REVIEWER => "rejected by the reviewer".to_owned(),
        other => plain(Some(other.to_owned())),
    }
}

/// A kind of intensification.
fn kind(name: &str) -> String {
    plain(Some(intensification_words(name).to_owned()))
}

/// An LPS position in whole mm.
pub(super) fn position(mm: [f64; 3]) -> String {
    let [left, posterior, superior] = mm.map(|mm| {
        let text = format!("{mm:.0}");
        // Neither a minus before zero, nor a line broken after one.
        let text = if text == "-0" { "0".to_owned() } else { text };
        text.replace('-', "\u{2212}")
    });
    format!("{left}, {posterior}, {superior}")
}

/// Numbers side by side.
pub(super) fn numbers(ids: &[u32]) -> String {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    if ids.is_empty() {
        NOT_KNOWN.to_owned()
    } else {
        ids.join(", ")
    }
}

/// A text with a large first letter and a stop at its end; names such as `miTr` stay as they are.
pub(super) fn sentence(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_word = first.chars().skip(1).all(|c| !c.is_uppercase() && c != '_');
    let mut letters = text.chars();
    let mut told: String = match letters.next() {
        Some(letter) if is_word => letter.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    };
    if !told.is_empty() && !told.ends_with(['.', '!', '?', ':']) {
        told.push('.');
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_decimals_that_they_are_worth() {
        assert_eq!(fixed(Some(1.25), 1), "1.2");
        assert_eq!(fixed(None, 1), "–");
        assert_eq!(volume(Some(0.648)), "0.65");
        assert_eq!(volume(Some(24.166)), "24.2");
        assert_eq!(volume(Some(945.56)), "946");
        assert_eq!(percent(Some(0.814)), "81\u{a0}%");
        assert_eq!(position([-0.2, -114.45, 608.4]), "0, −114, 608");
    }

    #[test]
    fn names_are_told_in_words() {
        assert_eq!(region("prostate_bed"), "Prostate bed");
        assert_eq!(kind("pelvic_rt"), "pelvic radiotherapy");
        assert_eq!(plain(Some("urinary_bladder".to_owned())), "urinary bladder");
        assert_eq!(plain(None), "–");
        assert_eq!(reason("urinary_bladder"), "urinary bladder");
        assert_eq!(reason("reviewer"), "rejected by the reviewer");
        assert_eq!(sentence("no height is given"), "No height is given.");
        assert_eq!(sentence("miTr, as before"), "miTr, as before.");
        assert_eq!(sentence("PTV_N_3 lies outside."), "PTV_N_3 lies outside.");
        assert_eq!(sentence(""), "");
        assert_eq!(numbers(&[1, 3]), "1, 3");
        assert_eq!(numbers(&[]), "–");
    }
}
