//! Two CTs of one patient, and of two.

use isoboost_anatomy::{recognise, rigid_pelvis};
use isoboost_phantom::{
    Couch, CtView, PelvisSpec, PhantomKind, TorsoField, TorsoSpec, Tracer, ct_view,
};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::{Isometry3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Middle of the phantoms' femoral heads in their own images.
pub const HEADS: Point3<f64> = Point3::new(3.5, -148.2, -612.4);

/// The patients whose scans are aligned.
pub fn patients() -> Vec<(&'static str, PhantomKind)> {
    let torso = |height_cm, weight_kg| {
        PhantomKind::Torso(TorsoSpec {
            height_cm,
            weight_kg,
            field: TorsoField::Pelvis,
            ..TorsoSpec::default()
        })
    };
    vec![
        (
            "pelvis of 177 cm",
            PhantomKind::Pelvis(PelvisSpec::default()),
        ),
        ("torso of 164 cm, 62 kg", torso(164.0, 62.0)),
        ("torso of 171 cm, 104 kg", torso(171.0, 104.0)),
        ("torso of 190 cm, 92 kg", torso(190.0, 92.0)),
    ]
}

/// The same patient with another filling of the bladder.
fn filled(kind: &PhantomKind, ml: f64) -> PhantomKind {
    let mut kind = kind.clone();
    match &mut kind {
        PhantomKind::Pelvis(spec) => spec.bladder_ml = ml,
        PhantomKind::Torso(spec) => spec.bladder_ml = ml,
        PhantomKind::Nema(_) => {}
    }
    kind
}

/// The CT of a PET/CT with the region that is aligned.
pub struct Fixed {
    pub ct: Volume<i16>,
    pub region: Mask,
}

/// Slices of 3 mm, pixels of 2.6 mm, on a curved table's flat stand-in, noisy as at low dose.
pub fn fixed(kind: &PhantomKind) -> Fixed {
    let grid = grid_around(
        HEADS + Vector3::new(0.0, 0.0, 20.0),
        [126, 110, 164],
        [3.0, 2.6, 2.6],
    );
    let view = CtView {
        grid,
        scanner_from_patient: Isometry3::identity(),
        couch: Some(Couch {
            top_mm: -8.0,
            thickness_mm: 20.0,
            skin_hu: 60,
        }),
        noise_hu: 20.0,
        seed: 1,
    };
    let ct = ct_view(kind, Tracer::Ga68Psma11, &view).expect("the phantom can be seen");
    let region = region_of(&ct);
    Fixed { ct, region }
}

/// The pelvis as the anatomy recognises it.
pub fn region_of(ct: &Volume<i16>) -> Mask {
    let grid = Grid::axis_aligned([2; 3], [100.0; 3], HEADS).expect("a grid");
    let anatomy = recognise(Some(ct), &Volume::filled(grid, 0.5), &[]);
    rigid_pelvis(&anatomy).expect("the pelvis is recognised")
}

/// A planning CT drawn from a seed, and where the patient lies in it.
pub struct Drawn {
    pub view: CtView,
    pub bladder_ml: f64,
}

pub fn drawn(seed: u64) -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut within = |low: f64, high: f64| rng.random_range(low..=high);
    let shift = Vector3::from_fn(|_, _| within(-40.0, 40.0));
    let angles = [0, 1, 2].map(|_| within(-10.0_f64, 10.0).to_radians());
    let turn = Rotation3::from_euler_angles(angles[0], angles[1], angles[2]);
    let turn = UnitQuaternion::from_rotation_matrix(&turn);
    // About the pelvis: the shift is what the pelvis sees.
    let about = Translation3::from(HEADS.coords + shift) * turn * Translation3::from(-HEADS.coords);
    let pixel = within(1.9, 3.2);
    let slice = within(2.0, 5.0);
    let shape = [
        (within(330.0, 420.0) / slice) as usize,
        (300.0 / pixel) as usize,
        (430.0 / pixel) as usize,
    ];
    let center = HEADS + shift * 0.5 + Vector3::new(0.0, 0.0, within(0.0, 40.0));
    let couch = Couch {
        top_mm: HEADS.y + shift.y + within(125.0, 150.0),
        thickness_mm: within(15.0, 60.0),
        skin_hu: within(-200.0, 300.0) as i16,
    };
    let view = CtView {
        grid: grid_around(center, shape, [slice, pixel, pixel]),
        scanner_from_patient: about,
        couch: Some(couch),
        noise_hu: within(5.0, 30.0),
        seed,
    };
    Drawn {
        view,
        bladder_ml: within(40.0, 400.0),
    }
}

impl Drawn {
    /// The planning CT of a patient.
    pub fn of(&self, kind: &PhantomKind) -> Volume<i16> {
        let kind = filled(kind, self.bladder_ml);
        ct_view(&kind, Tracer::Ga68Psma11, &self.view).expect("the phantom can be seen")
    }
}

/// A CT of the chest of a patient, without the pelvis.
pub fn chest(kind: &PhantomKind) -> Volume<i16> {
    let center = HEADS + Vector3::new(0.0, 0.0, 480.0);
    let view = CtView {
        grid: grid_around(center, [110, 110, 164], [3.0, 2.6, 2.6]),
        scanner_from_patient: Isometry3::identity(),
        couch: None,
        noise_hu: 10.0,
        seed: 3,
    };
    ct_view(kind, Tracer::Ga68Psma11, &view).expect("the phantom can be seen")
}

fn grid_around(center: Point3<f64>, shape: [usize; 3], spacing: [f64; 3]) -> Grid {
    let half = [2, 1, 0].map(|a| (shape[a] as f64 - 1.0) / 2.0 * spacing[a]);
    Grid::axis_aligned(shape, spacing, center - Vector3::from(half)).expect("a grid")
}
