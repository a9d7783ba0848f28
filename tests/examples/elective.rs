//! Writes the elective volumes of a phantom and of the real labelled man as label maps, for
//! `scripts/pictures` to draw.

#![expect(clippy::unwrap_used, reason = "a tool of the documentation")]

#[path = "../tests/elective/patient.rs"]
#[expect(dead_code, reason = "the test draws more of them")]
mod patient;

use std::path::Path;

use isoboost_anatomy::OrganKind;
use isoboost_phantom::{ScannerModel, TorsoSpec, Tracer};
use isoboost_planning::Target;
use isoboost_report::{write_label_map, write_volume};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::Point3;
use serde_json::json;

use patient::{Drawn, Patient};

fn main() {
    let out = std::env::args().nth(1).expect("usage: elective FOLDER");
    let out = Path::new(&out);
    let small = ScannerModel::torso_small();
    let phantom = Patient::phantom(
        "phantom",
        TorsoSpec::default(),
        Tracer::Ga68Psma11,
        &small,
        5,
    );
    write(&out.join("phantom"), &phantom);
    if let Some(real) = Patient::real() {
        write(&out.join("real"), &real);
    }
}

fn write(folder: &Path, patient: &Patient) {
    std::fs::create_dir_all(folder).unwrap();
    let [given, recognised] = [true, false].map(|organs| patient.drawn(organs));
    let grid = patient.ct.grid();
    write_volume(
        &folder.join("ct.nii.gz"),
        &patient.ct.map(|hu| f32::from(*hu)),
    )
    .unwrap();
    let maps = [
        ("nodes", mask_of(&given, "CTVn_Pelvis", grid)),
        ("landmarks", mask_of(&recognised, "CTVn_Pelvis", grid)),
        ("bed", mask_of(&given, "CTVp_Bed", grid)),
        ("vessels", Some(vessels(patient))),
    ];
    for (name, mask) in maps {
        let mask = mask.unwrap_or_else(|| Mask::empty(grid.clone()));
        let labels: Volume<u16> = mask.map(|set| u16::from(*set));
        write_label_map(&folder.join(format!("{name}.nii.gz")), &labels).unwrap();
    }
    let at = |p: Point3<f64>| [p.x, p.y, p.z];
    let known = given.anatomy.landmarks.named().into_iter();
    let known = known.filter_map(|(name, l)| Some((name, at(l.as_ref().ok()?.at))));
    let landmarks: serde_json::Map<String, serde_json::Value> = known
        .map(|(name, at)| (name.to_owned(), json!(at)))
        .collect();
    let text = serde_json::to_string_pretty(&landmarks).unwrap();
    std::fs::write(folder.join("landmarks.json"), text).unwrap();
    for drawn in [&given, &recognised] {
        for target in &drawn.planned.targets {
            println!(
                "{}: {} {:.0} mL",
                patient.name,
                target.name,
                target.volume_ml()
            );
            for note in &target.notes {
                println!("    {note}");
            }
        }
        println!("    {:?}", drawn.planned.cautions);
    }
}

fn mask_of(drawn: &Drawn, name: &str, grid: &Grid) -> Option<Mask> {
    let target: &Target = drawn.planned.targets.iter().find(|t| t.name == name)?;
    Some(placed(&target.mask, grid))
}

fn placed(mask: &Mask, grid: &Grid) -> Mask {
    Mask::from_fn(grid.clone(), |v| mask.contains(grid.center_of(v)))
}

fn vessels(patient: &Patient) -> Mask {
    let grid = patient.ct.grid();
    let is = |kind| {
        matches!(
            kind,
            OrganKind::Aorta
                | OrganKind::InferiorVenaCava
                | OrganKind::IliacArtery(_)
                | OrganKind::IliacVein(_)
        )
    };
    let organs = patient.organs.iter();
    let drawn: Vec<_> = organs
        .filter(|o| OrganKind::from_name(&o.name).is_some_and(is))
        .collect();
    Mask::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v);
        drawn.iter().any(|o| o.mask.contains(p))
    })
}
