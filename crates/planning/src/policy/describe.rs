//! Lesions of some classes in words.

use isoboost_lesion::Measures;
use isoboost_staging::Lesion;

use crate::lesion_class::LesionClass;

/// Number, kind and size of the lesions of some classes, as in `2 avid pelvic nodes (number 1, 3;
/// SUVmax up to 12.5, 3.1 mL)`.
pub(super) fn described(
    lesions: &[&Lesion],
    classes: &[LesionClass],
    [one, several]: [&str; 2],
) -> String {
    let of_class = |lesion: &&&Lesion| classes.contains(&LesionClass::of(lesion));
    let found: Vec<&&Lesion> = lesions.iter().filter(of_class).collect();
    let noun = if found.len() == 1 { one } else { several };
    let measures = |m: fn(&Measures) -> f64| found.iter().map(move |l| m(&l.focus.measures));
    let Some(highest) = measures(|m| m.suv_max).reduce(f64::max) else {
        return format!("no {one}");
    };
    let volume_ml: f64 = measures(|m| m.volume_ml).sum();
    let numbers: Vec<String> = found.iter().map(|l| l.id.to_string()).collect();
    format!(
        "{} {noun} (number {}; SUVmax {}{highest:.1}, {volume_ml:.1} mL)",
        found.len(),
        numbers.join(", "),
        if found.len() == 1 { "" } else { "up to " },
    )
}

/// Numbers of lesions, as in `lesion 3` or `lesions 3, 4`.
pub(super) fn numbered(mut ids: Vec<u32>) -> String {
    ids.sort_unstable();
    ids.dedup();
    let numbers: Vec<String> = ids.iter().map(u32::to_string).collect();
    match numbers.len() {
        0 => "no lesion".to_owned(),
        1 => format!("lesion {}", numbers[0]),
        _ => format!("lesions {}", numbers.join(", ")),
    }
}
