//! Decisions on outlines.

use isoboost_lesion::{Delineation, FindingRule};
use isoboost_staging::{Region, Staging};
use isoboost_volume::{IndexBox, Volume};
use nalgebra::Point3;

use super::{decision, excluded_numbers, lesion, lesion_numbers, opened, phantom, staged};
use crate::PreviewedInfo;

/// Volume of the voxels at or above a SUV within a distance of a point, mL.
fn volume_above(suv: &Volume<f32>, at: Point3<f64>, within_mm: f64, level: f32) -> f64 {
    let grid = suv.grid();
    let near = grid.box_around(&[at], within_mm).unwrap().voxels();
    let inside = near.filter(|v| (grid.center_of(*v) - at).norm() <= within_mm);
    inside.filter(|v| suv[*v] >= level).count() as f64 * grid.voxel_volume_ml()
}

fn volume_ml(staging: &Staging, id: u32) -> f64 {
    lesion(staging, id).focus.measures.volume_ml
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn a_fixed_threshold_gives_the_voxels_above_it() {
    let suv = phantom().images().suv();
    let at = lesion(phantom().suggestion(), 2).focus.measures.max_at;
    for level in [3.0_f32, 4.0, 5.5] {
        let json =
            format!(r#"{{"kind":"delineate","finding":2,"rule":{{"fixed-suv":{level:.1}}}}}"#);
        let after = staged(&[&json]).unwrap();
        let drawn = &lesion(&after.staging, 2).focus;
        assert_eq!(drawn.threshold_suv, f64::from(level));
        let expected = volume_above(suv, at, 20.0, level);
        assert!(near(drawn.measures.volume_ml, expected), "{level}");
        let others = [1, 3, 4].map(|id| lesion(&after.staging, id));
        let before = [1, 3, 4].map(|id| lesion(phantom().suggestion(), id));
        assert_eq!(others, before);
        let info = after.report.lesions.iter().find(|l| l.id == 2).unwrap();
        assert!(near(info.measures.volume_ml, expected));
        let total: f64 = after
            .report
            .lesions
            .iter()
            .map(|l| l.measures.volume_ml)
            .sum();
        assert!((after.report.total.psma_tv_ml - total).abs() < 1e-6);
    }
}

#[test]
fn every_rule_of_the_configuration_can_be_chosen() {
    let rules = [
        Delineation::FindingThreshold {},
        Delineation::PercentOfMax(50.0),
        Delineation::PercentOfPeak(45.0),
        Delineation::BackgroundAdapted(40.0),
        Delineation::BackgroundAdaptedPeak(50.0),
        Delineation::Nestle(0.3),
        Delineation::Iterative { psf_fwhm_mm: 6.0 },
        Delineation::Gradient {},
        Delineation::RandomWalker { beta: 90.0 },
        Delineation::consensus(),
    ];
    for rule in rules {
        let rule = serde_json::to_string(&rule).unwrap();
        let json = format!(r#"{{"kind":"delineate","finding":1,"rule":{rule}}}"#);
        let after = staged(&[&json]).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let drawn = lesion(&after.staging, 1);
        assert!(drawn.focus.measures.volume_ml > 0.2, "{rule}");
        let told = |e: &String| e.starts_with("outline drawn by the reviewer's choice at ");
        assert!(drawn.evidence.iter().any(told), "{rule}");
    }
}

/// Two voxels of a finding that lie far apart.
fn two_seeds(id: u32) -> [[f64; 3]; 2] {
    let focus = &lesion(phantom().suggestion(), id).focus;
    let centres: Vec<Point3<f64>> = focus
        .mask
        .voxels()
        .map(|v| focus.mask.grid().center_of(v))
        .collect();
    let mut furthest = (0.0, centres[0], centres[0]);
    for a in &centres {
        for b in &centres {
            let mm = (a - b).norm();
            if mm > furthest.0 {
                furthest = (mm, *a, *b);
            }
        }
    }
    [furthest.1, furthest.2].map(|p| [p.x, p.y, p.z])
}

#[test]
fn parts_have_the_volume_of_the_whole_and_join_to_it_again() {
    let seeds = two_seeds(2);
    let split = format!(r#"{{"kind":"split","finding":2,"seeds":{seeds:?}}}"#);
    let parts = staged(&[&split]).unwrap().staging;
    assert_eq!(lesion_numbers(&parts), [1, 3, 4, 8, 9]);
    let whole = volume_ml(phantom().suggestion(), 2);
    let (a, b) = (volume_ml(&parts, 8), volume_ml(&parts, 9));
    assert!(a > 0.0 && b > 0.0 && near(a + b, whole), "{a} {b} {whole}");
    for (id, seed) in [8, 9].into_iter().zip(seeds) {
        let part = lesion(&parts, id);
        assert!(part.focus.mask.contains(Point3::from(seed)));
        assert_eq!(part.region, Region::PelvicNode);
        let told = "split by the reviewer from finding 2".to_owned();
        assert!(part.evidence.contains(&told), "{:?}", part.evidence);
    }
    let merge = r#"{"kind":"merge","findings":[8,9]}"#;
    let merged = staged(&[&split, merge]).unwrap().staging;
    assert_eq!(lesion_numbers(&merged), [1, 3, 4, 10]);
    assert!(near(volume_ml(&merged, 10), whole));
    let (new, old) = (lesion(&merged, 10), lesion(phantom().suggestion(), 2));
    assert_eq!(new.focus.measures.suv_max, old.focus.measures.suv_max);
    let isosurface = |l: &isoboost_staging::Lesion| l.focus.measures.volume_isosurface_ml;
    assert!((isosurface(new) / isosurface(old) - 1.0).abs() < 0.02);
    assert_eq!(merged.mi_tnm, phantom().suggestion().mi_tnm);
    let further = r#"{"kind":"add","at":[0,0,0]}"#;
    assert!(staged(&[&split, merge, further]).is_err());
    // A lesion that was split can be drawn by a rule, each part on its own ground.
    let rule = r#"{"kind":"delineate","finding":8,"rule":{"percent-of-max":41.0}}"#;
    let drawn = staged(&[&split, rule]).unwrap().staging;
    assert!(volume_ml(&drawn, 8) > 0.0);
    assert!(near(volume_ml(&drawn, 9), b));
}

#[test]
fn excluded_uptake_can_be_split_and_a_part_restored() {
    let bladder = phantom().suggestion().excluded.iter().find(|e| e.id == 5);
    let focus = &bladder.unwrap().focus;
    let ends = [focus.measures.max_at, focus.measures.centroid];
    let low = focus.mask.voxels().next().unwrap();
    let low = focus.mask.grid().center_of(low);
    let seeds = [ends[0], low].map(|p| [p.x, p.y, p.z]);
    let split = format!(r#"{{"kind":"split","finding":5,"seeds":{seeds:?}}}"#);
    let after = staged(&[&split]).unwrap().staging;
    assert_eq!(excluded_numbers(&after), [6, 7, 8, 9]);
    let restore = r#"{"kind":"restore","finding":9,"region":"prostate_bed"}"#;
    let after = staged(&[&split, restore]).unwrap().staging;
    assert_eq!(lesion_numbers(&after), [1, 2, 3, 4, 9]);
    assert_eq!(excluded_numbers(&after), [6, 7, 8]);
}

#[test]
fn what_touches_a_finding_touches_the_one_that_took_its_ground() {
    let bladder = phantom().suggestion().excluded.iter().find(|e| e.id == 5);
    let focus = &bladder.unwrap().focus;
    let voxels: Vec<_> = focus.mask.voxels().collect();
    let [low, high] = [voxels[0], voxels[voxels.len() - 1]].map(|v| focus.mask.grid().center_of(v));
    let seeds = [focus.measures.max_at, low, high].map(|p| [p.x, p.y, p.z]);
    let split = format!(r#"{{"kind":"split","finding":5,"seeds":{seeds:?}}}"#);
    let [a, b, c] = [8, 9, 10]
        .map(|id| format!(r#"{{"kind":"restore","finding":{id},"region":"prostate_bed"}}"#));
    let parts = staged(&[&split, &a, &b, &c]).unwrap().staging;
    let touched = |staging: &Staging, id| -> Vec<u32> {
        let contacts = &lesion(staging, id).focus.contacts;
        contacts.iter().map(|contact| contact.territory).collect()
    };
    let largest = lesion(&parts, 8).focus.territory;
    assert!(touched(&parts, 9).contains(&largest) && touched(&parts, 10).contains(&largest));
    let merge = r#"{"kind":"merge","findings":[8,9]}"#;
    let merged = staged(&[&split, &a, &b, &c, merge]).unwrap().staging;
    assert_eq!(touched(&merged, 10), [lesion(&merged, 11).focus.territory]);
}

#[test]
fn a_focus_that_was_missed_is_grown_where_it_is_added() {
    let known = lesion(phantom().suggestion(), 3).clone();
    let blind = opened(|r| r.config.lesion.finding = FindingRule::FixedSuv(9.2));
    let missed = |staging: &Staging| {
        let all = staging.lesions.iter();
        !all.clone()
            .any(|l| (l.focus.measures.max_at - known.focus.measures.max_at).norm() < 1.0)
    };
    assert!(missed(blind.suggestion()));
    let before = blind.suggestion().lesions.len() + blind.suggestion().excluded.len();
    // Beside the maximum, not on it.
    let at = known.focus.measures.max_at + nalgebra::Vector3::new(4.0, -4.0, 3.0);
    let add = format!(
        r#"{{"kind":"add","at":[{},{},{}],"rule":null}}"#,
        at.x, at.y, at.z
    );
    let staged = blind.stage(&[decision(&add)]).unwrap();
    let id = before as u32 + 1;
    let added = lesion(&staged.staging, id);
    assert_eq!(added.focus.measures.max_at, known.focus.measures.max_at);
    assert!(near(
        added.focus.measures.volume_ml,
        known.focus.measures.volume_ml
    ));
    assert_eq!((added.region, &added.site), (known.region, &known.site));
    assert_eq!(added.mi_tnm, "miN1");
    let told = added
        .evidence
        .iter()
        .any(|e| e.starts_with("added by the reviewer at"));
    assert!(told, "{:?}", added.evidence);
    let by_rule = format!(
        r#"{{"kind":"add","at":[{},{},{}],"rule":{{"fixed-suv":5.5}}}}"#,
        at.x, at.y, at.z
    );
    let staged = blind.stage(&[decision(&by_rule)]).unwrap();
    let same = r#"{"kind":"delineate","finding":3,"rule":{"fixed-suv":5.5}}"#;
    let expected = volume_ml(&super::staged(&[same]).unwrap().staging, 3);
    assert!(near(volume_ml(&staged.staging, id), expected));
    // A second time the place is taken.
    let error = blind.stage(&[decision(&add), decision(&add)]).unwrap_err();
    assert_eq!(error.code(), "taken");
    assert!(
        error.remedy().contains(&format!("finding {id}")),
        "{}",
        error.remedy()
    );
}

#[test]
fn the_brush_adds_and_erases_the_voxels_under_its_disc() {
    let suv = phantom().images().suv();
    let grid = suv.grid();
    let focus = &lesion(phantom().suggestion(), 2).focus;
    let before = focus.measures.volume_ml;
    let voxel = grid.voxel_at(focus.measures.max_at).unwrap();
    let center = grid.center_of([voxel[0], voxel[1], voxel[2] + 4]);
    let radius = 7.0;
    let stroke = |mode: &str, at: Point3<f64>, radius: f64| {
        format!(
            r#"{{"kind":"brush","finding":2,"mode":"{mode}","plane":"axial","radius_mm":{radius},
                "points":[[{},{},{}]]}}"#,
            at.x, at.y, at.z
        )
    };
    let slice = IndexBox {
        min: [voxel[0], 0, 0],
        max: [voxel[0], grid.shape()[1] - 1, grid.shape()[2] - 1],
    };
    let under = |at: Point3<f64>, radius: f64| {
        let voxels = slice.voxels();
        voxels.filter(move |v| (grid.center_of(*v) - at).norm() <= radius)
    };
    let is_inside = |v: &[usize; 3]| focus.mask.contains(grid.center_of(*v));
    let ml = |n: usize| n as f64 * grid.voxel_volume_ml();
    let new = under(center, radius).filter(|v| !is_inside(v)).count();
    assert!(new > 3);
    let after = staged(&[&stroke("add", center, radius)]).unwrap();
    assert!(near(volume_ml(&after.staging, 2), before + ml(new)));
    let painted = lesion(&after.staging, 2);
    let told = painted
        .evidence
        .iter()
        .find(|e| e.starts_with("outline painted"));
    let text = format!(
        "outline painted by the reviewer: {:.2} mL, before {before:.2} mL",
        before + ml(new)
    );
    assert_eq!(told, Some(&text));
    // The same stroke erased again.
    let both = [
        stroke("add", center, radius),
        stroke("erase", center, radius),
    ];
    let erased = staged(&[&both[0], &both[1]]).unwrap();
    let shared = under(center, radius).filter(is_inside).count();
    assert!(near(volume_ml(&erased.staging, 2), before - ml(shared)));
    let max = focus.measures.max_at;
    let erase = staged(&[&stroke("erase", max, 6.0)]).unwrap();
    let gone = under(max, 6.0).filter(is_inside).count();
    assert!(gone > 0);
    assert!(near(volume_ml(&erase.staging, 2), before - ml(gone)));
    // All of it, slice by slice.
    let all: Vec<String> = (0..12)
        .map(|k| {
            let at = grid.center_of([voxel[0] + k - 6, voxel[1], voxel[2]]);
            stroke("erase", at, 40.0)
        })
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let error = staged(&all).unwrap_err();
    assert_eq!(
        (error.code(), error.remedy()),
        ("erased", "reject the lesion instead".to_owned())
    );
}

#[test]
fn a_stroke_across_is_as_wide_as_its_disc() {
    let grid = phantom().images().suv().grid();
    let focus = &lesion(phantom().suggestion(), 4).focus;
    let from = grid.center_of(grid.voxel_at(focus.measures.max_at).unwrap());
    let to = from + nalgebra::Vector3::new(0.0, 30.0, 12.0);
    let json = format!(
        r#"{{"kind":"brush","finding":4,"mode":"add","plane":"sagittal","radius_mm":5.0,
            "points":[[{},{},{}],[{},{},{}]]}}"#,
        from.x, from.y, from.z, to.x, to.y, to.z
    );
    let after = staged(&[&json]).unwrap();
    let painted = lesion(&after.staging, 4);
    let middle = nalgebra::center(&from, &to);
    assert!(painted.focus.mask.contains(middle));
    assert!(painted.focus.measures.longest_diameter_mm > 38.0);
    assert_eq!(after.report.lesions.len(), 4);
}

#[test]
fn a_preview_shows_what_would_change_and_keeps_nothing() {
    let rule = decision(r#"{"kind":"delineate","finding":2,"rule":{"fixed-suv":4.0}}"#);
    let reject = decision(r#"{"kind":"reject","finding":1}"#);
    let preview = phantom()
        .preview(std::slice::from_ref(&reject), &rule)
        .unwrap();
    assert_eq!(preview.gone, Vec::<u32>::new());
    assert_eq!(preview.mi_tnm, "miT0 N2 M0");
    let [changed] = preview.findings.as_slice() else {
        panic!("{:?}", preview.findings);
    };
    assert_eq!(changed.id, 2);
    let both = phantom().stage(&[reject.clone(), rule]).unwrap();
    let PreviewedInfo::Lesion(info) = &changed.info else {
        panic!("{:?}", changed.info);
    };
    assert_eq!(info.measures.volume_ml, volume_ml(&both.staging, 2));
    let outlined = changed.outline.volume_ml();
    let isosurface = lesion(&both.staging, 2).focus.measures.volume_isosurface_ml;
    assert!(
        (outlined / isosurface - 1.0).abs() < 0.1,
        "{outlined} {isosurface}"
    );
    let without = phantom().stage(&[reject]).unwrap();
    assert_eq!(
        volume_ml(&without.staging, 2),
        volume_ml(phantom().suggestion(), 2)
    );
    let gone = phantom()
        .preview(&[], &decision(r#"{"kind":"reject","finding":4}"#))
        .unwrap();
    assert_eq!(gone.findings.len(), 1);
    assert!(matches!(gone.findings[0].info, PreviewedInfo::Excluded(_)));
}
