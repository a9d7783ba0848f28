//! The pelvis: lesions where they should be, the same bytes for a seed, grids of any direction.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use isoboost_phantom::{
    Expected, GridSpec, Intensification, LesionSpec, PelvisSpec, PhantomDescription, PhantomError,
    PhantomKind, PhantomStudy, Region, ScannerModel, Scenario, Side, Site, Tracer, pelvis,
};
use isoboost_volume::Volume;

fn made(spec: &PelvisSpec, scanner: &ScannerModel, seed: u64) -> PhantomStudy {
    pelvis(spec, Tracer::Ga68Psma11, scanner, seed).unwrap()
}

fn coarse() -> ScannerModel {
    ScannerModel {
        pet: GridSpec::square(64, 6.0, 6.0),
        ct: GridSpec::square(48, 8.0, 8.0),
        psf_fwhm_mm: 9.0,
        ..ScannerModel::default()
    }
}

/// Without blur, which makes rendering quick where only places count.
fn sharp() -> ScannerModel {
    ScannerModel {
        psf_fwhm_mm: 0.0,
        ..coarse().without_noise()
    }
}

fn mean_near(volume: &Volume<i16>, center: nalgebra::Point3<f64>, radius_mm: f64) -> f64 {
    let bounds = volume.grid().box_around(&[center], radius_mm).unwrap();
    let inside: Vec<f64> = bounds
        .voxels()
        .filter(|v| (volume.grid().center_of(*v) - center).norm() <= radius_mm)
        .map(|v| f64::from(volume[v]))
        .collect();
    inside.iter().sum::<f64>() / inside.len() as f64
}

#[test]
fn built_in_lesions_are_large_and_bright_enough_to_be_found() {
    // The lesions of the whole body are those of the others, and two outside the pelvis.
    for scenario in &Scenario::ALL[..6] {
        let scenario = *scenario;
        let mut scanner = ScannerModel::small().without_noise();
        scanner.ct.matrix = 8;
        scanner.pet.matrix = 80;
        let study = made(&scenario.into(), &scanner, 1);
        assert_eq!(
            study.truth.lesions.len(),
            scenario.lesions().len(),
            "{scenario:?}"
        );
        for lesion in &study.truth.lesions {
            assert!(
                lesion.diameter_mm >= 8.0 && lesion.suv >= 4.0 * 1.6,
                "{lesion:?}"
            );
            assert!(
                lesion.suv_max_noise_free > 4.5,
                "{scenario:?} {}",
                lesion.station
            );
            assert!(!lesion.mask.is_empty());
        }
    }
}

/// Against a real man's label map (the public example of `TotalSegmentator`: hip bone 355 mL,
/// sacrum 159 mL, L4 66 mL), organs have the size of a man's, and left is towards +x.
#[test]
fn organs_have_the_size_and_side_of_a_mans() {
    let mut scanner = sharp();
    scanner.pet.matrix = 8;
    scanner.ct = GridSpec::square(160, 2.4, 3.0);
    let study = made(&PelvisSpec::default(), &scanner, 1);
    let middle = study.truth.landmarks[0].1.x + study.truth.landmarks[1].1.x;
    let cases = [
        ("hip_left", 280.0, 440.0, 1.0),
        ("hip_right", 280.0, 440.0, -1.0),
        ("sacrum", 120.0, 260.0, 0.0),
        ("vertebrae_L4", 50.0, 90.0, 0.0),
        ("femur_left", 200.0, 420.0, 1.0),
        ("rectum", 60.0, 130.0, 0.0),
        ("iliac_artery_right", 15.0, 45.0, -1.0),
        ("body", 15_000.0, 24_000.0, 0.0),
    ];
    for (name, low, high, side) in cases {
        let mask = study.organ_mask(name, study.ct.grid()).unwrap();
        let ml = mask.volume_ml();
        assert!((low..high).contains(&ml), "{name}: {ml} mL");
        let x = mask.centroid().unwrap().x - middle / 2.0;
        if side == 0.0 {
            assert!(x.abs() < 3.0, "{name}: {x} mm from the middle");
        } else {
            assert!(x * side > 30.0, "{name}: {x} mm from the middle");
        }
    }
    let names = study.organ_names();
    assert!(names.contains(&"urinary_bladder") && names.contains(&"kidney_left"));
    assert!(study.organ_mask("appendix", study.ct.grid()).is_none());
}

/// Where lesions of this description lie, LPS.
fn centers(lesions: Vec<LesionSpec>) -> Vec<nalgebra::Point3<f64>> {
    let mut scanner = sharp();
    scanner.ct.matrix = 8;
    scanner.pet.slices = Some(105);
    let spec = PelvisSpec {
        lesions,
        ..PelvisSpec::default()
    };
    let truth = made(&spec, &scanner, 1).truth;
    truth.lesions.iter().map(|l| l.center).collect()
}

#[test]
fn urine_is_eight_millimetres_or_more_from_every_built_in_lesion() {
    let mut scanner = sharp();
    scanner.ct = GridSpec::square(160, 2.0, 2.0);
    let study = made(&PelvisSpec::default(), &scanner, 1);
    let bladder = study
        .organ_mask("urinary_bladder", study.ct.grid())
        .unwrap();
    let ml = bladder.volume_ml();
    // 130 mL of urine and a wall of 3 mm.
    assert!((150.0..210.0).contains(&ml), "{ml} mL");
    let grid = bladder.grid().clone();
    let lesions: Vec<LesionSpec> = Scenario::ALL.iter().flat_map(|s| s.lesions()).collect();
    for (lesion, center) in lesions.iter().zip(centers(lesions.clone())) {
        let gap = bladder
            .voxels()
            .map(|v| (grid.center_of(v) - center).norm())
            .fold(f64::INFINITY, f64::min)
            - lesion.diameter_mm / 2.0;
        // The wall counts as bladder in the mask; urine lies 3 mm further.
        assert!(gap + 3.0 >= 8.0, "{:?}: {gap} mm to the wall", lesion.site);
    }
}

#[test]
fn bone_sites_lie_in_bone_and_node_sites_do_not() {
    let mut scanner = sharp();
    scanner.ct = GridSpec::square(200, 1.8, 3.0);
    scanner.ct.slices = Some(210);
    let negative = made(&PelvisSpec::default(), &scanner, 1);
    let lesions: Vec<LesionSpec> = Site::ALL
        .into_iter()
        .flat_map(|site| {
            [Side::Left, Side::Right].map(|side| LesionSpec::at(site, side, 8.0, 10.0))
        })
        .collect();
    for (lesion, center) in lesions.iter().zip(centers(lesions.clone())) {
        let hu = mean_near(&negative.ct, center, 4.0);
        let site = lesion.site.unwrap();
        if site.is_bone() {
            assert!(hu > 130.0, "{site:?} {:?}: {hu} HU", lesion.side);
        } else {
            assert!(
                (-110.0..90.0).contains(&hu),
                "{site:?} {:?}: {hu} HU",
                lesion.side
            );
        }
    }
}

#[test]
fn scenarios_lead_to_their_recommendations() {
    use Intensification::{BedBoost, MetastasisDirected, NodeBoost, PelvicRt, Systemic};
    let cases: [(Scenario, &[Intensification], bool); 6] = [
        (Scenario::Negative, &[], false),
        (Scenario::Bed, &[BedBoost], false),
        (Scenario::Node, &[PelvicRt, NodeBoost], false),
        (Scenario::BedNode, &[PelvicRt, NodeBoost, BedBoost], false),
        (Scenario::Bone, &[MetastasisDirected], false),
        (Scenario::Polymetastatic, &[Systemic], true),
    ];
    for (scenario, expected, polymetastatic) in cases {
        let regions: Vec<Region> = scenario
            .lesions()
            .iter()
            .map(|l| l.site.unwrap().region())
            .collect();
        let found = Expected::from_regions(&regions);
        assert_eq!(found.intensification, expected, "{scenario:?}");
        assert_eq!(found.polymetastatic, polymetastatic, "{scenario:?}");
    }
    let study = made(&Scenario::Bone.into(), &sharp(), 1);
    let expected = study.truth.expected.unwrap();
    assert_eq!(expected.intensification, [MetastasisDirected]);
}

#[test]
fn a_seed_gives_the_same_images_on_any_number_of_threads() {
    let render = |threads: usize, seed: u64| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| made(&Scenario::Node.into(), &coarse(), seed))
    };
    let (one, three) = (render(1, 7), render(3, 7));
    assert_eq!(one.ct, three.ct);
    assert_eq!(one.suv, three.suv);
    assert_ne!(one.suv, render(1, 8).suv);
}

#[test]
fn an_oblique_offset_grid_shows_the_same_patient() {
    let mut turned = coarse().without_noise();
    turned.pet.rotation_deg = [10.0, -6.0, 8.0];
    turned.pet.offset_mm = [7.0, -11.0, 5.0];
    let upright = made(&Scenario::BedNode.into(), &coarse().without_noise(), 1);
    let oblique = made(&Scenario::BedNode.into(), &turned, 1);
    assert!((oblique.suv.grid().axes()[0].z - 1.0).abs() > 1e-3);
    for (a, b) in upright.truth.lesions.iter().zip(&oblique.truth.lesions) {
        assert_eq!(a.center, b.center);
        // The hottest voxel near the centre shows the lesion on both grids.
        let near = oblique.suv.grid().voxel_at(b.center).unwrap();
        assert!(
            oblique.suv[near] > 3.0,
            "{}: {}",
            b.station,
            oblique.suv[near]
        );
        let offset = b.mask.centroid().unwrap() - b.center;
        // A mask of few voxels: half the diagonal of one.
        assert!(offset.norm() < 5.2, "{}: {offset}", b.station);
    }
}

#[test]
fn noise_has_the_strength_asked_for() {
    let mut scanner = coarse();
    scanner.noise = 0.2;
    let noisy = made(&PelvisSpec::default(), &scanner, 3);
    let clean = made(&PelvisSpec::default(), &scanner.without_noise(), 3);
    let ratios: Vec<f64> = noisy
        .suv
        .as_slice()
        .iter()
        .zip(clean.suv.as_slice())
        .filter(|(_, c)| **c > 0.4)
        .map(|(n, c)| f64::from((n - c) / c.sqrt()))
        .collect();
    let n = ratios.len() as f64;
    let mean = ratios.iter().sum::<f64>() / n;
    let sd = (ratios.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n).sqrt();
    // Some ten thousand voxels, correlated over a few: half a percent of standard error.
    assert!(
        (sd - 0.2).abs() < 0.008 && mean.abs() < 0.01,
        "{mean} {sd} of {n}"
    );
}

#[test]
fn a_description_in_toml_gives_its_lesions() {
    let spec = PelvisSpec::from_toml(
        "scenario = 'bed'\nbladder-ml = 200\n\
         [[lesion]]\nsite = 'ilium'\nside = 'right'\ndiameter-mm = 12\nsuv = 9\n\
         [[lesion]]\ncenter-mm = [20, -10, 60]\nregion = 'pelvic_node'\ndiameter-mm = 9\nsuv = 11\n",
    )
    .unwrap();
    let study = made(&spec, &sharp(), 1);
    let regions: Vec<Region> = study.truth.lesions.iter().map(|l| l.region).collect();
    assert_eq!(
        regions,
        [Region::ProstateBed, Region::Distant, Region::PelvicNode]
    );
    let right = &study.truth.lesions[1];
    let middle = study.truth.lesions[0].center.x;
    assert!(right.center.x < middle && right.side == Some(Side::Right));
}

#[test]
fn a_whole_description_in_toml_names_phantom_and_options() {
    let description = PhantomDescription::from_toml(
        "[phantom]\nkind = 'nema'\nsphere-suv = 10\nbackground-suv = 2\n\
         [options]\ndialect = 'ge'\nseed = 9\n\
         [options.injection]\ntracer = 'f18-psma1007'\n\
         [options.scanner.pet]\nmatrix = 128\n",
    )
    .unwrap();
    let PhantomKind::Nema(spec) = &description.phantom else {
        panic!("{description:?}");
    };
    assert_eq!((spec.sphere_suv, spec.background_suv), (10.0, 2.0));
    assert_eq!(description.options.injection.tracer, Tracer::F18Psma1007);
    assert_eq!(description.options.scanner.pet.matrix, 128);
    let error = PhantomDescription::from_toml("[phantom]\nkind = 'nema'\nratio = 4").unwrap_err();
    assert!(error.to_string().contains("ratio"), "{error}");
}

#[test]
fn mistakes_in_a_description_are_named() {
    let unknown = PelvisSpec::from_toml("bladder = 3")
        .unwrap_err()
        .to_string();
    assert!(unknown.contains("bladder"), "{unknown}");
    let spec =
        PelvisSpec::from_toml("[[lesion]]\ncenter-mm = [0,0,0]\ndiameter-mm=9\nsuv=8").unwrap();
    let error = pelvis(&spec, Tracer::default(), &coarse(), 1).unwrap_err();
    assert!(
        matches!(error, PhantomError::Lesion { number: 1, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("region"), "{error}");
    let spec = PelvisSpec::from_toml("bladder-ml = 4000").unwrap();
    let error = pelvis(&spec, Tracer::default(), &coarse(), 1)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("bladder-ml") && error.contains("4000"),
        "{error}"
    );
}
