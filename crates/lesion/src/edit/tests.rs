use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Vector3};

use super::{EditError, PatientAxis, Stroke, StrokeMode};
use crate::{
    Delineation, Edited, FindingRule, Focus, LesionConfig, Surroundings, Uptake, find_uptake,
};

const SPACING: [f64; 3] = [3.0, 4.0, 4.0];

fn grid() -> Grid {
    Grid::axis_aligned([30, 36, 40], SPACING, Point3::origin()).unwrap()
}

/// Gaussian foci of SUV on a background of 0.5.
fn pet(foci: &[(Point3<f64>, f64)]) -> Volume<f32> {
    Volume::from_fn(grid(), |voxel| {
        let at = grid().center_of(voxel);
        let sum: f64 = foci
            .iter()
            .map(|(place, suv)| suv * (-(at - place).norm_squared() / 60.0).exp())
            .sum();
        (0.5 + sum) as f32
    })
}

fn with_uptake<R>(
    suv: &Volume<f32>,
    config: &LesionConfig,
    then: impl FnOnce(&Uptake<'_>) -> R,
) -> R {
    let surroundings = Surroundings::default();
    then(&find_uptake(suv, &surroundings, config).unwrap())
}

fn a() -> Point3<f64> {
    Point3::new(60.0, 60.0, 45.0)
}

fn b() -> Point3<f64> {
    Point3::new(88.0, 60.0, 45.0)
}

/// So near to the first that the two hang together at SUV 3.
fn beside() -> Point3<f64> {
    Point3::new(80.0, 60.0, 45.0)
}

fn voxels(focus: &Focus) -> Vec<[usize; 3]> {
    focus.voxels().collect()
}

fn only(edited: Edited) -> Focus {
    assert_eq!(edited.foci.len(), 1);
    edited.foci.into_iter().next().unwrap()
}

#[test]
fn joined_foci_are_their_union_on_one_ground() {
    let suv = pet(&[(a(), 12.0), (beside(), 9.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let foci = uptake.foci().foci;
        assert_eq!(foci.len(), 2);
        let edited = uptake.joined(&[&foci[0], &foci[1]]).unwrap();
        let surroundings = Surroundings::default();
        let config = LesionConfig::default();
        let map = edited.map.clone();
        let joined = only(edited);
        let mut expected = voxels(&foci[0]);
        expected.extend(voxels(&foci[1]));
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(voxels(&joined), expected);
        let ml = |f: &Focus| f.measures.volume_isosurface_ml;
        let sum = ml(&foci[0]) + ml(&foci[1]);
        assert!(
            (ml(&joined) / sum - 1.0).abs() < 0.03,
            "{} {sum}",
            ml(&joined)
        );
        assert_eq!(
            joined.measures.suv_max,
            foci[0].measures.suv_max.max(foci[1].measures.suv_max)
        );
        // Down to 3 the two hang together, and nothing bounds the outline between them.
        let after = Uptake::of_map(&suv, &surroundings, &config, map);
        let low = after.outlined(&joined, &Delineation::FixedSuv(3.0));
        assert!(!low.fell_back, "{:?}", low.notes);
        assert!(low.contacts.is_empty());
        let above = suv.as_slice().iter().filter(|v| **v >= 3.0).count();
        assert_eq!(low.mask.count(), above);
    });
}

#[test]
fn foci_far_apart_are_not_joined() {
    let far = Point3::new(140.0, 120.0, 45.0);
    let suv = pet(&[(a(), 12.0), (far, 9.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let foci = uptake.foci().foci;
        let error = uptake.joined(&[&foci[0], &foci[1]]).unwrap_err();
        assert!(
            matches!(error, EditError::Apart { gap_mm, .. } if gap_mm > 60.0),
            "{error}"
        );
    });
}

#[test]
fn a_chain_of_foci_is_joined_in_any_order() {
    let c = Point3::new(116.0, 60.0, 45.0);
    let suv = pet(&[(a(), 12.0), (b(), 11.0), (c, 10.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let foci = uptake.foci().foci;
        assert_eq!(foci.len(), 3);
        let orders = [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]];
        let counts = orders.map(|order| {
            let foci = order.map(|n| &foci[n]);
            only(uptake.joined(&foci).unwrap()).mask.count()
        });
        assert!(counts.iter().all(|n| *n == counts[0]), "{counts:?}");
    });
}

#[test]
fn parts_meet_in_the_valley_between_their_seeds() {
    let suv = pet(&[(a(), 12.0), (beside(), 9.0)]);
    let coarse = LesionConfig {
        delineation: Delineation::FixedSuv(2.0),
        // Nothing splits.
        split: crate::Splitting {
            share: 1.0,
            ..LesionConfig::default().split
        },
        ..LesionConfig::default()
    };
    with_uptake(&suv, &coarse, |uptake| {
        let whole = uptake.foci().foci.remove(0);
        assert!(whole.mask.contains(a()) && whole.mask.contains(beside()));
        let parts = uptake.divided(&whole, &[beside(), a()]).unwrap().foci;
        assert!(parts[0].mask.contains(beside()) && parts[1].mask.contains(a()));
        let n = parts[0].mask.count() + parts[1].mask.count();
        assert_eq!(n, whole.mask.count());
        // The valley of these two lies where their slopes are equal: 20 mm apart, 12 against 9.
        let valley = 70.0 + 60.0 * (12.0_f64 / 9.0).ln() / (2.0 * 20.0);
        let right = voxels(&parts[0]);
        let lowest = right
            .iter()
            .map(|v| grid().center_of(*v).x)
            .fold(f64::MAX, f64::min);
        assert!((lowest - valley).abs() <= 4.0, "{lowest} {valley}");
        for (part, other) in [(0, 1), (1, 0)] {
            let contact = parts[part]
                .contacts
                .iter()
                .find(|c| c.territory == parts[other].territory);
            let saddle = contact.unwrap().saddle_suv;
            assert!(saddle > 2.0 && saddle < 9.0, "{saddle}");
        }
    });
}

#[test]
fn seeds_have_to_lie_inside_and_apart() {
    let suv = pet(&[(a(), 12.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let focus = uptake.foci().foci.remove(0);
        let outside = Point3::new(60.0, 100.0, 45.0);
        let error = uptake.divided(&focus, &[a(), outside]).unwrap_err();
        assert!(
            matches!(error, EditError::SeedOutside { number: 2, .. }),
            "{error}"
        );
        let error = uptake.divided(&focus, &[a(), a()]).unwrap_err();
        assert!(matches!(
            error,
            EditError::SeedsTogether {
                first: 1,
                second: 2
            }
        ));
        let nowhere = Point3::new(-90.0, 0.0, 0.0);
        let error = uptake.divided(&focus, &[a(), nowhere]).unwrap_err();
        assert!(matches!(error, EditError::OutsidePet { .. }));
    });
}

#[test]
fn a_focus_below_the_finding_threshold_is_grown_as_it_would_have_been_found() {
    let suv = pet(&[(a(), 12.0), (b(), 5.0)]);
    let found = with_uptake(&suv, &LesionConfig::default(), |uptake| uptake.foci().foci);
    let faint = found.iter().find(|f| f.mask.contains(b())).unwrap();
    let blind = LesionConfig {
        finding: FindingRule::FixedSuv(7.0),
        ..LesionConfig::default()
    };
    with_uptake(&suv, &blind, |uptake| {
        let known = uptake.foci().foci;
        assert_eq!(known.len(), 1);
        let known: Vec<&Focus> = known.iter().collect();
        let rule = Delineation::PercentOfMax(41.0);
        let beside = b() + Vector3::new(3.0, 3.0, 2.0);
        let grown = only(uptake.grown_at(beside, &rule, &known).unwrap());
        assert_eq!(grown.mask, faint.mask);
        assert_eq!(grown.measures.suv_max, faint.measures.suv_max);
        let error = uptake.grown_at(a(), &rule, &known).unwrap_err();
        assert_eq!(error, EditError::Taken { focus: 0 });
        let even = Point3::new(20.0, 120.0, 70.0);
        let error = uptake.grown_at(even, &rule, &known).unwrap_err();
        assert!(matches!(error, EditError::NoFocus { suv } if (suv - 0.5).abs() < 0.01));
    });
}

#[test]
fn uptake_that_was_too_small_is_grown_as_it_was_found() {
    let suv = pet(&[(a(), 12.0), (b(), 4.0)]);
    let coarse = LesionConfig {
        minimum_volume_ml: 2.6,
        ..LesionConfig::default()
    };
    with_uptake(&suv, &coarse, |uptake| {
        let found = uptake.foci();
        assert_eq!((found.foci.len(), found.points.len()), (1, 1));
        let known: Vec<&Focus> = found.foci.iter().collect();
        let rule = Delineation::PercentOfMax(50.0);
        let grown = only(uptake.grown_at(b(), &rule, &known).unwrap());
        assert_eq!(grown.measures.max_at, found.points[0].max_at);
    });
}

fn stroke(mode: StrokeMode, normal: PatientAxis, radius_mm: f64, points: &[Point3<f64>]) -> Stroke {
    Stroke {
        mode,
        normal,
        radius_mm,
        points: points.to_vec(),
    }
}

#[test]
fn a_disc_is_put_in_and_taken_out_on_each_plane() {
    let suv = pet(&[(a(), 12.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let focus = uptake.foci().foci.remove(0);
        let center = grid().center_of(grid().voxel_at(a()).unwrap());
        for (normal, axis) in [
            (PatientAxis::Left, 0),
            (PatientAxis::Posterior, 1),
            (PatientAxis::Superior, 2),
        ] {
            let under = |radius: f64| {
                let all = grid().full_box().voxels();
                all.filter(move |v| {
                    let off = grid().center_of(*v) - center;
                    let mut flat = off;
                    flat[axis] = 0.0;
                    off[axis].abs() < 1e-6 && flat.norm() <= radius
                })
            };
            let radius = 17.0;
            let added = uptake
                .painted(&focus, &stroke(StrokeMode::Add, normal, radius, &[center]))
                .unwrap();
            let mut expected = voxels(&focus);
            expected.extend(under(radius));
            expected.sort_unstable();
            expected.dedup();
            assert_eq!(voxels(&added), expected);
            assert!(added.measures.volume_isosurface_ml > focus.measures.volume_isosurface_ml);
            let erased = uptake
                .painted(
                    &added,
                    &stroke(StrokeMode::Erase, normal, radius, &[center]),
                )
                .unwrap();
            let left: Vec<[usize; 3]> = voxels(&focus)
                .into_iter()
                .filter(|v| !under(radius).any(|u| u == *v))
                .collect();
            assert_eq!(voxels(&erased), left);
        }
    });
}

#[test]
fn between_voxels_the_outline_follows_the_disc() {
    let suv = pet(&[(a(), 12.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let focus = uptake.foci().foci.remove(0);
        // A long way off the focus, where nothing else draws the border.
        let from = Point3::new(100.0, 100.0, 45.0);
        let to = Point3::new(130.0, 100.0, 45.0);
        let body = |radius: f64| {
            let way = stroke(StrokeMode::Add, PatientAxis::Superior, radius, &[from, to]);
            let painted = uptake.painted(&focus, &way).unwrap();
            painted.measures.volume_isosurface_ml - focus.measures.volume_isosurface_ml
        };
        let (small, large) = (body(9.0), body(10.5));
        let expected =
            |r: f64| (std::f64::consts::PI * r * r + 60.0 / 2.0 * 2.0 * r) * 3.0 / 1000.0;
        // Edges are rounded by what is linear between voxel centres.
        for (found, radius) in [(small, 9.0), (large, 10.5)] {
            assert!(
                (found / expected(radius) - 1.0).abs() < 0.35,
                "{found} {}",
                expected(radius)
            );
        }
        assert!(large > small * 1.1, "{small} {large}");
    });
}

#[test]
fn strokes_that_do_nothing_or_leave_nothing_are_refused() {
    let suv = pet(&[(a(), 12.0)]);
    with_uptake(&suv, &LesionConfig::default(), |uptake| {
        let focus = uptake.foci().foci.remove(0);
        let between = Point3::new(62.0, 62.0, 45.0);
        let small = stroke(StrokeMode::Add, PatientAxis::Superior, 0.6, &[between]);
        assert_eq!(
            uptake.painted(&focus, &small),
            Err(EditError::NothingUnderBrush)
        );
        let outside = Point3::new(-60.0, 62.0, 45.0);
        let off = stroke(StrokeMode::Add, PatientAxis::Superior, 5.0, &[a(), outside]);
        let error = uptake.painted(&focus, &off).unwrap_err();
        assert!(matches!(error, EditError::OutsidePet { .. }));
        let mut left = focus;
        let slices: Vec<f64> = (0..30).map(|k| 3.0 * f64::from(k)).collect();
        let mut last = Ok(left.clone());
        for z in slices {
            let at = Point3::new(60.0, 60.0, z);
            let all = stroke(StrokeMode::Erase, PatientAxis::Superior, 50.0, &[at]);
            last = uptake.painted(&left, &all);
            match &last {
                Ok(focus) => left = focus.clone(),
                Err(_) => break,
            }
        }
        assert_eq!(last, Err(EditError::Erased));
    });
}
