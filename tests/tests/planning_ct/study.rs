//! A PET/CT, and a planning CT of the same patient lying elsewhere.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use isoboost_phantom::{
    Couch, CtView, PelvisSpec, PhantomKind, PhantomOptions, PlanningCtSummary, ScannerModel,
    Scenario, generate, generate_planning_ct,
};
use isoboost_tests::{finish, isoboost};
use isoboost_volume::Grid;
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use tempfile::TempDir;

/// Middle of the femoral heads in the PET/CT.
pub const HEADS: Point3<f64> = Point3::new(3.5, -148.2, -612.4);

pub struct Scans {
    folder: TempDir,
    pub planning: PlanningCtSummary,
}

/// The PET/CT with a recurrence of the bed and a node, and the planning CT.
pub static SCANS: LazyLock<Scans> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let options = options();
    generate(&kind(130.0), &options, &folder.path().join("pet-ct")).unwrap();
    let planning = folder.path().join("planning");
    let planning = generate_planning_ct(&kind(300.0), &view(), &options, &planning).unwrap();
    Scans { folder, planning }
});

impl Scans {
    pub fn pet_ct(&self) -> PathBuf {
        self.folder.path().join("pet-ct")
    }

    pub fn planning_ct(&self) -> PathBuf {
        self.folder.path().join("planning")
    }
}

pub fn kind(bladder_ml: f64) -> PhantomKind {
    PhantomKind::Pelvis(PelvisSpec {
        bladder_ml,
        ..PelvisSpec::from(Scenario::BedNode)
    })
}

pub fn options() -> PhantomOptions {
    PhantomOptions {
        scanner: ScannerModel::small(),
        seed: 5,
        patient_id: Some("PLANNED-1".to_owned()),
        ..PhantomOptions::default()
    }
}

/// Where the patient lies on the planning couch.
pub fn planning_from_pet() -> Isometry3<f64> {
    let turn = UnitQuaternion::from_euler_angles(0.07, -0.05, 0.11);
    let shift = Vector3::new(21.0, 155.0, 603.0);
    Translation3::from(HEADS.coords + shift) * turn * Translation3::from(-HEADS.coords)
}

/// A planning CT of the pelvis.
pub fn view() -> CtView {
    let center = planning_from_pet() * (HEADS + Vector3::new(0.0, 0.0, 20.0));
    CtView {
        grid: grid_around(center, [120, 140, 215], [3.0, 2.0, 2.0]),
        scanner_from_patient: planning_from_pet(),
        couch: Some(Couch {
            top_mm: center.y + 128.0,
            thickness_mm: 50.0,
            skin_hu: 40,
        }),
        noise_hu: 12.0,
        seed: 9,
    }
}

pub fn grid_around(center: Point3<f64>, shape: [usize; 3], spacing: [f64; 3]) -> Grid {
    let half = [2, 1, 0].map(|a| (shape[a] as f64 - 1.0) / 2.0 * spacing[a]);
    Grid::axis_aligned(shape, spacing, center - Vector3::from(half)).unwrap()
}

/// Runs the command on the PET/CT with more arguments: its exit code and what it said.
pub fn run(out: &Path, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> (i32, String) {
    let mut command = isoboost();
    command.arg("run").arg(SCANS.pet_ct()).arg("--out").arg(out);
    for argument in arguments {
        command.arg(argument.as_ref());
    }
    let (code, _, stderr) = finish(&mut command);
    (code, stderr)
}
