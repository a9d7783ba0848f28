//! Rules on a ball with a Gaussian flank, and what keeps them where they belong.

use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::Point3;

use crate::{
    Delineation, Focus, LesionConfig, NamedOrgan, Surroundings, Uptake, find_foci, find_uptake,
};

fn grid() -> Grid {
    let origin = Point3::new(-58.0, -58.0, -58.5);
    Grid::axis_aligned([40, 30, 30], [3.0, 4.0, 4.0], origin).unwrap()
}

/// Balls (centre, radius, SUV) on a background of 1, with flanks that fall like a Gaussian of 3 mm.
fn balls(list: &[(Point3<f64>, f64, f64)]) -> Volume<f32> {
    let grid = grid();
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        let above = list.iter().map(|(center, radius, suv)| {
            let out = ((p - center).norm() - radius).max(0.0);
            (suv - 1.0) * (-out * out / 18.0).exp()
        });
        (1.0 + above.fold(0.0, f64::max)) as f32
    })
}

fn drawn(uptake: &Uptake<'_>, rule: &Delineation) -> Focus {
    uptake.outlined(&uptake.foci().foci[0], rule)
}

/// Where the flank of a ball of SUV 11 has a height, 0 to 1 of the 10 above background.
fn radius_at(share: f64) -> f64 {
    10.0 + (-18.0 * share.ln()).sqrt()
}

fn ball_ml(radius: f64) -> f64 {
    4.0 / 3.0 * std::f64::consts::PI * radius.powi(3) / 1000.0
}

#[test]
fn each_rule_draws_its_level() {
    let suv = balls(&[(Point3::new(3.0, -2.0, 1.0), 10.0, 11.0)]);
    let (surroundings, config) = (Surroundings::default(), LesionConfig::default());
    let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
    for (rule, threshold) in [
        (Delineation::FindingThreshold {}, 3.0),
        (Delineation::FixedSuv(4.0), 4.0),
        (Delineation::PercentOfMax(50.0), 5.5),
        (Delineation::PercentOfPeak(50.0), 5.5),
        (Delineation::BackgroundAdapted(40.0), 5.0),
        (Delineation::BackgroundAdaptedPeak(50.0), 6.0),
        (
            Delineation::Schaefer {
                slope: 0.5,
                background: 0.6,
            },
            // The core above 70 % holds some of the flank.
            5.9,
        ),
        (Delineation::Nestle(0.15), 2.6),
        // The inflection of the Gaussian flank, 3 mm out.
        (Delineation::Gradient {}, 1.0 + 10.0 * (-0.5_f64).exp()),
    ] {
        let focus = drawn(&uptake, &rule);
        assert!(!focus.fell_back, "{rule:?}: {:?}", focus.notes);
        let off = focus.threshold_suv / threshold - 1.0;
        // Steps of 4 mm blur a flank of 3 mm, which moves its steepest place.
        assert!(off.abs() < 0.12, "{rule:?}: {}", focus.threshold_suv);
        let expected = ball_ml(radius_at((focus.threshold_suv - 1.0) / 10.0));
        let off = focus.measures.volume_isosurface_ml / expected - 1.0;
        assert!(off.abs() < 0.03, "{rule:?}: volume {off:+.3}");
    }
}

#[test]
fn a_walker_and_a_consensus_stay_between_core_and_background() {
    let suv = balls(&[(Point3::new(3.0, -2.0, 1.0), 10.0, 11.0)]);
    let (surroundings, config) = (Surroundings::default(), LesionConfig::default());
    let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
    let span = ball_ml(radius_at(0.8))..ball_ml(radius_at(0.15));
    for rule in [
        Delineation::RandomWalker { beta: 90.0 },
        Delineation::consensus(),
    ] {
        let focus = drawn(&uptake, &rule);
        assert!(!focus.fell_back, "{rule:?}: {:?}", focus.notes);
        let volume = focus.measures.volume_isosurface_ml;
        assert!(span.contains(&volume), "{rule:?}: {volume}");
    }
    let agreed = drawn(&uptake, &Delineation::consensus()).agreement.unwrap();
    assert!((0.6..1.0).contains(&agreed), "{agreed}");
}

#[test]
fn a_consensus_that_is_none_says_so() {
    let suv = balls(&[(Point3::origin(), 6.0, 6.0)]);
    let (surroundings, config) = (Surroundings::default(), LesionConfig::default());
    let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
    let rule = Delineation::Consensus(vec![
        Delineation::PercentOfMax(95.0),
        Delineation::FixedSuv(1.5),
        Delineation::PercentOfMax(30.0),
    ]);
    let focus = drawn(&uptake, &rule);
    assert!(focus.agreement.unwrap() < 0.5);
    assert!(
        focus.notes[0].starts_with("the rules disagree"),
        "{:?}",
        focus.notes
    );
    // The middle one of three.
    let middle = drawn(&uptake, &Delineation::PercentOfMax(30.0));
    assert_eq!(focus.mask.count(), middle.mask.count());
}

#[test]
fn an_outline_does_not_grow_into_an_organ() {
    // Beside the focus lies an organ of SUV 2.5, below the finding threshold.
    let (place, organ) = (Point3::new(-14.0, 0.0, 0.0), Point3::new(14.0, 0.0, 0.0));
    let suv = balls(&[(place, 8.0, 5.0), (organ, 14.0, 2.5)]);
    let mask = Mask::from_fn(grid(), |v| (grid().center_of(v) - organ).norm() < 15.0);
    let surroundings = Surroundings {
        organs: vec![NamedOrgan {
            name: "small bowel".to_owned(),
            mask: &mask,
        }],
        ..Surroundings::default()
    };
    let config = LesionConfig {
        growth_limit_mm: 50.0,
        ..LesionConfig::default()
    };
    let uptake = find_uptake(&suv, &surroundings, &config).unwrap();
    let focus = drawn(&uptake, &Delineation::PercentOfMax(41.0));
    assert!(focus.fell_back);
    assert_eq!(
        focus.notes[0],
        "41 % of SUVmax (SUV 2.05) grows into the small bowel; outlined at the finding threshold \
         instead"
    );
    assert_eq!(focus.threshold_suv, 3.0);
    assert!((focus.measures.centroid - place).norm() < 1.5);
}

#[test]
fn outlines_do_not_overlap() {
    // Found apart at SUV 3; 41 % of both maxima lies below the saddle of 2.6 between them.
    let (a, b) = (Point3::new(-11.0, 0.0, 0.0), Point3::new(11.0, 0.0, 0.0));
    let foci = find_foci(
        &balls(&[(a, 6.0, 6.0), (b, 6.0, 5.8)]),
        &LesionConfig::default(),
    );
    let foci = foci.unwrap().foci;
    assert_eq!(foci.len(), 2);
    let places = |focus: &Focus| -> Vec<[usize; 3]> {
        let min = focus.bounds.min;
        let voxels = focus.mask.voxels();
        voxels.map(|v| [0, 1, 2].map(|n| v[n] + min[n])).collect()
    };
    let first = places(&foci[0]);
    assert!(places(&foci[1]).iter().all(|v| !first.contains(v)));
    assert_eq!(foci[0].contacts.len(), 1);
}

#[test]
fn what_an_outline_leaves_out_is_a_focus_or_told() {
    // A faint large body that a hot small one adjoins without a valley, rising again in its middle.
    let (hot, faint) = (Point3::new(-34.0, 0.0, 0.0), Point3::new(10.0, 0.0, 0.0));
    let mut suv = balls(&[(hot, 8.0, 20.0), (faint, 32.0, 4.0)]);
    let shape = grid().shape();
    for voxel in grid().full_box().voxels() {
        let from = (grid().center_of(voxel) - faint).norm();
        suv[voxel] += (0.4 * (-from * from / 400.0).exp()) as f32;
    }
    assert_eq!(shape, suv.grid().shape());
    let found = find_foci(&suv, &LesionConfig::default()).unwrap();
    assert_eq!(found.foci.len(), 2);
    assert!((found.foci[0].measures.centroid - faint).norm() < 4.0);
    assert!((found.foci[0].measures.suv_max - 4.4).abs() < 0.1);
    assert!((found.foci[1].measures.centroid - hot).norm() < 2.0);
    // Without a rise of its own the body is told of instead.
    let flat = find_foci(
        &balls(&[(hot, 8.0, 20.0), (faint, 32.0, 4.0)]),
        &LesionConfig::default(),
    );
    let flat = flat.unwrap();
    let told = flat.foci.iter().flat_map(|f| &f.notes);
    assert!(
        flat.foci.len() == 2 || told.into_iter().any(|n| n.contains("are left out")),
        "{:?}",
        flat.foci.iter().map(|f| &f.notes).collect::<Vec<_>>()
    );
}
