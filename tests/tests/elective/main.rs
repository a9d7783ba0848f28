//! Elective volumes of patients whose organs are known: the nodal volume holds every vessel with its
//! margin between its ends and no bone, and what is built from landmarks alone is held against it.

mod page;
mod patient;

use isoboost_anatomy::{ImportedOrgan, Landmarks, OrganKind, Side};
use isoboost_planning::Target;
use isoboost_volume::{Grid, Mask};
use nalgebra::Point3;

use page::{Row, page};
use patient::{Drawn, Patient, phantoms};

/// Around the vessels, mm.
const MARGIN_MM: f64 = 7.0;
/// The border of soft tissue is smoothed between the voxels of its label: what lies nearer to it
/// than this, half their diagonal, may be taken for it, mm.
const SMOOTHED_MM: f64 = 2.6;
/// Volumes of the consensus contours, mL: 302, 342 and 409 (Hall 2021). Up to the bifurcation and
/// from small to tall men.
const NODES_ML: std::ops::RangeInclusive<f64> = 200.0..=700.0;
const BED_ML: std::ops::RangeInclusive<f64> = 50.0..=300.0;
/// Right against left.
const SIDES: std::ops::RangeInclusive<f64> = 0.75..=1.33;
/// Landmark-built against vessel-built nodal volumes, median over the phantoms, Dice.
const NODES_DICE: f64 = 0.7;

#[test]
fn nodal_volumes_follow_vessels_and_beds_their_borders() {
    let mut rows: Vec<Row> = phantoms().iter().map(row).collect();
    let mut dice: Vec<f64> = rows.iter().filter_map(|row| row.nodes_dice).collect();
    dice.sort_by(f64::total_cmp);
    let median = dice[dice.len() / 2];
    let Some(real) = Patient::real() else {
        assert!(median >= NODES_DICE, "{median:.2}");
        return;
    };
    rows.push(row(&real));
    let text = page(&rows);
    println!("{text}");
    assert_eq!(dice.len() + 1, rows.len(), "a phantom has no nodal volume");
    assert!(median >= NODES_DICE, "{median:.2}");
    isoboost_tests::check_page("elective.md", &text);
}

/// Checks a patient's volumes, and what there is to tell of them.
fn row(patient: &Patient) -> Row {
    let given = patient.drawn(true);
    let recognised = patient.drawn(false);
    let name = &patient.name;
    let nodes = target(&given, "CTVn_Pelvis");
    let nodes = nodes.unwrap_or_else(|| panic!("{name}: {:?}", given.planned.cautions));
    check_nodes(patient, &given, nodes);
    let bed = target(&given, "CTVp_Bed");
    if let Some(bed) = bed {
        let ml = bed.volume_ml();
        assert!(BED_ML.contains(&ml), "{name}: bed of {ml:.0} mL");
        check_no_bone(patient, bed);
    }
    let dice = |ours: Option<&Target>, name: &str| {
        let other = target(&recognised, name)?;
        Some(dice(&ours?.mask, &other.mask))
    };
    let ml = |drawn: &Drawn, name: &str| Some(target(drawn, name)?.volume_ml());
    Row {
        name: name.clone(),
        nodes_ml: nodes.volume_ml(),
        approximate_ml: ml(&recognised, "CTVn_Pelvis"),
        nodes_dice: dice(Some(nodes), "CTVn_Pelvis"),
        bed_ml: ml(&given, "CTVp_Bed"),
        bed_dice: dice(bed, "CTVp_Bed"),
        why: recognised
            .planned
            .cautions
            .iter()
            .chain(&given.planned.cautions)
            .filter(|caution| caution.starts_with("no elective"))
            .cloned()
            .collect(),
    }
}

fn target<'a>(drawn: &'a Drawn, name: &str) -> Option<&'a Target> {
    drawn.planned.targets.iter().find(|t| t.name == name)
}

fn check_nodes(patient: &Patient, given: &Drawn, ctv: &Target) {
    let name = &patient.name;
    let ml = ctv.volume_ml();
    assert!(NODES_ML.contains(&ml), "{name}: nodes of {ml:.0} mL");
    check_no_bone(patient, ctv);
    let landmarks = &given.anatomy.landmarks;
    let midline = landmarks.midline_x_mm().unwrap();
    let mut sides = [0.0; 2];
    for p in ctv.mask.voxels().map(|v| ctv.mask.grid().center_of(v)) {
        sides[usize::from(p.x > midline)] += 1.0;
    }
    let ratio = sides[0] / sides[1];
    assert!(SIDES.contains(&ratio), "{name}: sides {ratio:.2}");
    check_margin(patient, landmarks, ctv);
}

fn check_no_bone(patient: &Patient, ctv: &Target) {
    let bones = of_kind(patient, OrganKind::is_bone);
    let grid = ctv.mask.grid();
    let inside = ctv.mask.voxels().filter(|v| {
        let p = grid.center_of(*v);
        bones.iter().any(|bone| bone.mask.contains(p))
    });
    assert_eq!(inside.count(), 0, "{}: {} in bone", patient.name, ctv.name);
}

/// Every voxel of the CT within the margin of a vessel's voxel, between the ends, lies in the volume
/// or in tissue that cuts it: a search over all vessel voxels, with no distance transform.
fn check_margin(patient: &Patient, landmarks: &Landmarks, ctv: &Target) {
    let grid = patient.ct.grid();
    let near = near_vessels(patient, landmarks, grid);
    let bones = of_kind(patient, OrganKind::is_bone);
    let soft = of_kind(patient, is_soft);
    let vessels = of_kind(patient, is_vessel);
    let (mut held, mut missed) = (0, Vec::new());
    for voxel in near.voxels() {
        let p = grid.center_of(voxel);
        if contains(&bones, p) {
            continue;
        }
        let excused = !contains(&vessels, p) && touches(&soft, p);
        if ctv.mask.contains(p) {
            held += 1;
        } else if !excused {
            missed.push(p);
        }
    }
    assert!(held > 1000, "{}: {held}", patient.name);
    assert!(
        missed.is_empty(),
        "{}: {} of {} voxels near vessels are not held, as {:?}",
        patient.name,
        missed.len(),
        held,
        missed.first()
    );
}

/// The voxels of the CT within the margin of the vessels between the ends.
fn near_vessels(patient: &Patient, landmarks: &Landmarks, grid: &Grid) -> Mask {
    let top = landmarks.aortic_bifurcation.as_ref().unwrap().at.z;
    let midline = landmarks.midline_x_mm().unwrap();
    let heads = [Side::Left, Side::Right].map(|side| {
        let head = landmarks.femoral_head_top(side).as_ref();
        head.map_or_else(
            |_| landmarks.femoral_head_top_z_mm().unwrap(),
            |head| head.at.z,
        )
    });
    let is_between = |p: Point3<f64>| {
        let head = heads[usize::from(Side::of(p.x, midline) == Side::Right)];
        p.z >= head && p.z <= top
    };
    let mut near = Mask::empty(grid.clone());
    for vessel in of_kind(patient, is_vessel) {
        let places = vessel
            .mask
            .voxels()
            .map(|v| vessel.mask.grid().center_of(v));
        for q in places.filter(|q| is_between(*q)) {
            for voxel in grid
                .box_around(&[q], MARGIN_MM)
                .iter()
                .flat_map(|b| b.voxels())
            {
                let p = grid.center_of(voxel);
                if (p - q).norm() <= MARGIN_MM && is_between(p) {
                    near[voxel] = true;
                }
            }
        }
    }
    near
}

fn is_vessel(kind: OrganKind) -> bool {
    matches!(
        kind,
        OrganKind::Aorta
            | OrganKind::InferiorVenaCava
            | OrganKind::IliacArtery(_)
            | OrganKind::IliacVein(_)
    )
}

fn is_soft(kind: OrganKind) -> bool {
    matches!(
        kind,
        OrganKind::Muscle
            | OrganKind::Colon
            | OrganKind::SmallBowel
            | OrganKind::Duodenum
            | OrganKind::UrinaryBladder
            | OrganKind::Rectum
    )
}

fn of_kind(patient: &Patient, is: fn(OrganKind) -> bool) -> Vec<&ImportedOrgan> {
    let known = patient.organs.iter();
    let of_kind = known.filter(|organ| OrganKind::from_name(&organ.name).is_some_and(is));
    of_kind.collect()
}

fn contains(organs: &[&ImportedOrgan], p: Point3<f64>) -> bool {
    organs.iter().any(|organ| organ.mask.contains(p))
}

/// Whether an organ has a voxel whose middle lies as near as a smoothed border may be off.
fn touches(organs: &[&ImportedOrgan], p: Point3<f64>) -> bool {
    organs.iter().any(|organ| {
        let grid = organ.mask.grid();
        let near = grid.box_around(&[p], SMOOTHED_MM);
        near.iter()
            .flat_map(|b| b.voxels())
            .any(|v| organ.mask[v] && (grid.center_of(v) - p).norm() <= SMOOTHED_MM)
    })
}

/// Dice of two masks on parts of one grid.
fn dice(a: &Mask, b: &Mask) -> f64 {
    let both = a.voxels().filter(|v| b.contains(a.grid().center_of(*v)));
    2.0 * both.count() as f64 / (a.count() + b.count()) as f64
}
