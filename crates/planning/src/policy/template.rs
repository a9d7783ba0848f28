//! Texts of rules with the facts put in.

use isoboost_staging::{Lesion, Region};

use super::describe::{described, numbered};
use crate::clinical::TouchedOrgan;
use crate::facts::Facts;
use crate::lesion_class::LesionClass as Class;

/// What may stand in braces in the text of a rule or caution, and what takes its place.
pub const PLACEHOLDERS: [(&str, &str); 19] = [
    ("lesions", "number of all lesions"),
    (
        "counted",
        "number of lesions that the limit is held against",
    ),
    ("limit", "limits.lesions"),
    ("size-limit", "limits.lesion-size-mm"),
    (
        "largest-distant",
        "longest diameter of the largest distant lesion, mm",
    ),
    (
        "bed",
        "the foci in the prostate bed with numbers, SUVmax and volume",
    ),
    (
        "pelvic-nodes",
        "the pelvic nodes below the common iliac vessels, likewise",
    ),
    ("common-iliac-nodes", "the common iliac nodes, likewise"),
    ("para-aortic-nodes", "the para-aortic nodes, likewise"),
    ("metastases", "the other distant lesions, likewise"),
    ("visceral", "the lesions in organs, likewise"),
    (
        "undetermined",
        "the lesions of undetermined place, likewise",
    ),
    ("distant-numbers", "the numbers of the distant lesions"),
    (
        "touching-bowel",
        "the numbers of the lesions that touch bowel",
    ),
    (
        "touching-rectum",
        "the numbers of those that touch the rectum",
    ),
    (
        "touching-bladder",
        "the numbers of those that touch the bladder",
    ),
    ("psa", "PSA, ng/mL"),
    (
        "egfr",
        "estimated glomerular filtration rate, mL/min/1.73 m²",
    ),
    ("tracer", "the tracer"),
];

/// The text with each placeholder filled in.
pub(crate) fn fill(text: &str, facts: &Facts, lesions: &[&Lesion]) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Placeholder(name) => filled.push_str(&value(name, facts, lesions)),
        }
    }
    filled
}

/// The names in braces that no value is known for.
pub(super) fn unknown_placeholders(text: &str) -> Vec<&str> {
    let names = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Placeholder(name) => Some(name),
        Piece::Text(_) => None,
    });
    let is_known = |name: &str| PLACEHOLDERS.iter().any(|(known, _)| *known == name);
    names.filter(|name| !is_known(name)).collect()
}

enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// A brace without its partner is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{')
        && let Some((name, behind)) = after.split_once('}')
    {
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Placeholder(name));
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

fn value(name: &str, facts: &Facts, lesions: &[&Lesion]) -> String {
    let of = |classes: &[Class], nouns| described(lesions, classes, nouns);
    let known = |value: Option<String>| value.unwrap_or_else(|| "not known".to_owned());
    match name {
        "lesions" => facts.counts.all.to_string(),
        "counted" => facts.counted.to_string(),
        "limit" => facts.limit.to_string(),
        "size-limit" => facts.size_limit_mm.to_string(),
        "largest-distant" => known(facts.largest_distant_mm.map(|mm| format!("{mm:.0}"))),
        "bed" => of(
            &[Class::Bed],
            [
                "avid focus in the prostate bed",
                "avid foci in the prostate bed",
            ],
        ),
        "pelvic-nodes" => of(
            &[Class::PelvicNode],
            ["avid pelvic node", "avid pelvic nodes"],
        ),
        "common-iliac-nodes" => of(
            &[Class::CommonIliac],
            ["avid common iliac node", "avid common iliac nodes"],
        ),
        "para-aortic-nodes" => of(
            &[Class::ParaAortic],
            ["avid para-aortic node", "avid para-aortic nodes"],
        ),
        "metastases" => of(
            &[Class::DistantNode, Class::Bone, Class::Visceral],
            ["avid distant lesion", "avid distant lesions"],
        ),
        "visceral" => of(
            &[Class::Visceral],
            ["avid lesion in an organ", "avid lesions in organs"],
        ),
        "undetermined" => of(
            &[Class::Undetermined],
            [
                "avid lesion of undetermined place",
                "avid lesions of undetermined place",
            ],
        ),
        "distant-numbers" => {
            let distant = lesions.iter().filter(|l| l.region == Region::Distant);
            numbered(distant.map(|l| l.id).collect())
        }
        "touching-bowel" => touching(facts, TouchedOrgan::Bowel),
        "touching-rectum" => touching(facts, TouchedOrgan::Rectum),
        "touching-bladder" => touching(facts, TouchedOrgan::Bladder),
        "psa" => known(facts.clinical.psa_ng_ml.map(|psa| psa.to_string())),
        "egfr" => known(facts.clinical.egfr_ml_min.map(|egfr| egfr.to_string())),
        "tracer" => known(facts.tracer.clone()),
        // Validation lets no other pass.
        other => format!("{{{other}}}"),
    }
}

fn touching(facts: &Facts, organ: TouchedOrgan) -> String {
    let of_organ = facts
        .touching
        .iter()
        .filter(|(_, touched)| *touched == organ);
    numbered(of_organ.map(|(id, _)| *id).collect())
}
