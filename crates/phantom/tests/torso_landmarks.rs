//! The named positions of the torso lie where its bones have them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use isoboost_phantom::{PhantomStudy, ScannerModel, TorsoField, TorsoSpec, Tracer, torso};
use isoboost_volume::{Grid, Mask};
use nalgebra::{Point3, Vector3};

/// Voxels of the masks, mm; what is measured on them is sure to about two.
const VOXEL_MM: f64 = 2.0;
const SURE_MM: f64 = 4.0;

static STUDY: LazyLock<PhantomStudy> = LazyLock::new(|| {
    let spec = TorsoSpec {
        field: TorsoField::Pelvis,
        ..TorsoSpec::default()
    };
    torso(&spec, Tracer::Ga68Psma11, &ScannerModel::fixture(), 1).unwrap()
});

fn lps(name: &str) -> Point3<f64> {
    let mut landmarks = STUDY.truth.landmarks.iter();
    landmarks.find(|(n, _)| n == name).unwrap().1
}

/// Midway between the heads, the origin here.
fn origin() -> Vector3<f64> {
    nalgebra::center(&lps("femoral_head_left"), &lps("femoral_head_right")).coords
}

fn truth(name: &str) -> Point3<f64> {
    lps(name) - origin()
}

/// The voxels of an organ from the tuberosities to L4.
fn organ(name: &str) -> Vec<Point3<f64>> {
    let from = Point3::from(origin()) - Vector3::new(160.0, 120.0, 120.0);
    let grid = Grid::axis_aligned([150, 120, 160], [VOXEL_MM; 3], from).unwrap();
    let mask: Mask = STUDY.organ_mask(name, &grid).unwrap();
    let centers = mask.voxels().map(|v| grid.center_of(v) - origin());
    centers.collect()
}

fn mean(points: &[Point3<f64>]) -> Point3<f64> {
    let sum: Vector3<f64> = points.iter().map(|p| p.coords).sum();
    Point3::from(sum / points.len() as f64)
}

#[track_caller]
fn check(name: &str, measured: Point3<f64>) {
    let off = (truth(name) - measured).norm();
    assert!(off <= SURE_MM, "{name}: {off:.1} mm from {measured}");
}

#[test]
fn joints_with_the_sacrum_lie_where_the_bones_meet() {
    let (hip, sacrum) = (organ("hip_left"), organ("sacrum"));
    let near = |a: &Point3<f64>, all: &[Point3<f64>]| all.iter().any(|b| (a - b).norm() < 5.0);
    let of_hip = hip.iter().filter(|p| near(p, &sacrum)).copied();
    let of_hip: Vec<Point3<f64>> = of_hip.collect();
    let of_sacrum = sacrum.iter().filter(|p| near(p, &of_hip)).copied();
    let of_sacrum: Vec<Point3<f64>> = of_sacrum.collect();
    let middle = nalgebra::center(&mean(&of_hip), &mean(&of_sacrum));
    check("sacroiliac_joint_left", middle);
    let top = of_hip.iter().map(|p| p.z).fold(f64::MIN, f64::max) + VOXEL_MM / 2.0;
    let found = truth("sacroiliac_joint_top_left").z;
    assert!((found - top).abs() <= SURE_MM, "{found} {top}");
}

#[test]
fn the_tuberosity_is_the_lowest_hip_bone() {
    let hip = organ("hip_left");
    let low = hip.iter().map(|p| p.z).fold(f64::MAX, f64::min);
    let lowest = hip.iter().filter(|p| p.z <= low + 4.0).copied();
    let lowest = mean(&lowest.collect::<Vec<_>>());
    check(
        "ischial_tuberosity_left",
        Point3::new(lowest.x, lowest.y, low - VOXEL_MM / 2.0),
    );
}

#[test]
fn the_acetabulum_is_around_the_head_with_bone_above() {
    let femur = organ("femur_left");
    let top = femur.iter().map(|p| p.z).fold(f64::MIN, f64::max);
    let cap = femur.iter().filter(|p| p.z > top - 14.0).copied();
    let cap = mean(&cap.collect::<Vec<_>>());
    check("acetabulum_left", Point3::new(cap.x, cap.y, top - 23.0));
    let roof = truth("acetabular_roof_left");
    let hip = organ("hip_left");
    let above = hip
        .iter()
        .filter(|p| (p.xy() - roof.xy()).norm() < 3.0 && p.z > 0.0);
    let low = above.map(|p| p.z).fold(f64::MAX, f64::min) - VOXEL_MM / 2.0;
    assert!((roof.z - low).abs() <= SURE_MM, "{} {low}", roof.z);
}

#[test]
fn the_obturator_foramen_is_the_hole_in_the_frontal_view() {
    let hip = organ("hip_left");
    let bone = |x: i32, z: i32| {
        let at = |a: f64, n: i32| (a - f64::from(n)).abs() <= VOXEL_MM / 2.0 + 0.01;
        hip.iter().any(|p| at(p.x, x) && at(p.z, z))
    };
    let picture = |x: i32, z: i32| (10..60).contains(&x) && (-80..0).contains(&z) && bone(x, z);
    let mut hole = Vec::new();
    for (x, z) in (10..60)
        .step_by(2)
        .flat_map(|x| (-80..0).step_by(2).map(move |z| (x, z)))
    {
        let enclosed = [(2, 0), (-2, 0), (0, 2), (0, -2)]
            .into_iter()
            .all(|(dx, dz)| (1..40).any(|n| picture(x + n * dx, z + n * dz)));
        if enclosed && !picture(x, z) {
            hole.push(Point3::new(f64::from(x), 0.0, f64::from(z)));
        }
    }
    let center = mean(&hole);
    let found = truth("obturator_foramen_left");
    let off = (found - center).xz().norm();
    assert!(off <= SURE_MM, "{found} {center}");
    let low = hole.iter().map(|p| p.z).fold(f64::MAX, f64::min) - VOXEL_MM / 2.0;
    let bottom = truth("obturator_foramen_bottom_left");
    assert!((bottom.z - low).abs() <= SURE_MM, "{bottom} {low}");
    // Pubis in front and ischium behind at the height of the centre.
    let level = hip.iter().filter(|p| (p.z - center.z).abs() < 3.0);
    let (front, back) = level.fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.y), b.max(p.y)));
    assert!(found.y > front + 15.0 && found.y < back - 15.0, "{found}");
}

#[test]
fn levels_of_the_sacrum_lie_on_its_front() {
    let sacrum = organ("sacrum");
    for name in ["sacrum_s1_s2", "sacrum_s2_s3", "sacrum_s3_end"] {
        let at = truth(name);
        let near = sacrum.iter().map(|p| (p - at).norm());
        assert!(near.fold(f64::MAX, f64::min) <= SURE_MM, "{name}");
        let before = |p: &Point3<f64>| p.x.abs() < 5.0 && p.y < at.y - SURE_MM;
        let level = sacrum.iter().filter(|p| (p.z - at.z).abs() <= 1.0);
        assert_eq!(level.filter(|p| before(p)).count(), 0, "{name}");
    }
}
