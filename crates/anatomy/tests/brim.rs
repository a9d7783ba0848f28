//! Edges of the bony pelvis against the phantom's own bones.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use isoboost_anatomy::{pelvic_inlet, recognise, symphysis_front};
use isoboost_phantom::{
    GridSpec, PhantomStudy, ScannerModel, TorsoField, TorsoSpec, Tracer, torso,
};
use isoboost_volume::{Grid, Mask};
use nalgebra::{Point3, Vector3};

/// Bones are recognised on voxels of 4 mm.
const ERROR_MM: f64 = 6.0;

fn study(height_cm: f64) -> PhantomStudy {
    let spec = TorsoSpec {
        field: TorsoField::Pelvis,
        height_cm,
        ..TorsoSpec::default()
    };
    let scanner = ScannerModel {
        pet: GridSpec::square(60, 10.0, 10.0),
        ..ScannerModel::torso_small()
    };
    torso(&spec, Tracer::Ga68Psma11, &scanner, 1).unwrap()
}

fn truth(study: &PhantomStudy, name: &str) -> Point3<f64> {
    let mut landmarks = study.truth.landmarks.iter();
    landmarks.find(|(n, _)| n == name).unwrap().1
}

/// The phantom's left hip bone on voxels of 1 mm.
fn hip(study: &PhantomStudy) -> Mask {
    let head = truth(study, "femoral_head_left");
    let from = head + Vector3::new(-100.0, -90.0, -100.0);
    let grid = Grid::axis_aligned([260, 200, 160], [1.0; 3], from).unwrap();
    study.organ_mask("hip_left", &grid).unwrap()
}

#[test]
fn inlet_and_symphysis_lie_where_the_phantoms_bones_end() {
    for height_cm in [165.0, 190.0] {
        let study = study(height_cm);
        let anatomy = recognise(Some(&study.ct), &study.suv, &[]);
        let bone = anatomy.bone.as_ref().unwrap();
        let hip = hip(&study);
        let heads = ["femoral_head_left", "femoral_head_right"].map(|name| truth(&study, name));
        let midline = nalgebra::center(&heads[0], &heads[1]).x;

        // The arcuate line at the middle of its way, by the model's corner there.
        let stretch = (heads[0].x - midline) / 86.0;
        let tall = (truth(&study, "promontory").z - heads[0].z) / 84.0;
        let deep = (truth(&study, "sacrum_s3_end").y - heads[0].y) / 72.0;
        let line = Point3::new(midline, heads[0].y + 24.0 * deep, heads[0].z + 62.0 * tall);
        let mut asides = (25..110).map(f64::from);
        let widest = asides
            .find(|aside| hip.contains(line + Vector3::x() * *aside))
            .unwrap();
        assert!((60.0..80.0).contains(&(widest / stretch)), "{widest}");
        let found = pelvic_inlet(bone, &anatomy.landmarks);
        for (side, sign) in [(&found.left, 1.0), (&found.right, -1.0)] {
            let aside = (side.as_ref().unwrap().at.x - midline) * sign;
            assert!(
                (aside - widest).abs() < ERROR_MM,
                "{height_cm}: {aside} {widest}"
            );
        }

        let [top, bottom] = ["symphysis_top", "symphysis_bottom"].map(|n| truth(&study, n).z);
        let grid = hip.grid();
        let joint = hip
            .voxels()
            .map(|v| grid.center_of(v))
            .filter(|p| (p.x - midline).abs() < 14.0 && (bottom..top).contains(&p.z));
        let front = joint.map(|p| p.y).reduce(f64::min).unwrap();
        let seen = symphysis_front(bone, &anatomy.landmarks).unwrap().at.y;
        assert!(
            (seen - front).abs() < ERROR_MM,
            "{height_cm}: {seen} {front}"
        );
    }
}

#[test]
fn without_a_pelvis_neither_is_known() {
    let grid = Grid::axis_aligned([10, 20, 20], [4.0; 3], Point3::origin()).unwrap();
    let suv = isoboost_volume::Volume::filled(grid.clone(), 1.0);
    let anatomy = recognise(None, &suv, &[]);
    let bone = Mask::empty(grid);
    let inlet = pelvic_inlet(&bone, &anatomy.landmarks);
    assert_eq!(inlet.left.unwrap_err().to_string(), "there is no CT");
    let front = symphysis_front(&bone, &anatomy.landmarks);
    assert_eq!(front.unwrap_err().to_string(), "there is no CT");
}
