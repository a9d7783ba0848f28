//! Expectations from spheres with known volumes, and from counted lesions.

use std::sync::LazyLock;

use isoboost_lesion::{LesionConfig, find_foci};
use isoboost_staging::{Correlate, Lesion, PsmaRads, Region, Staging, StagingConfig};
use isoboost_volume::{Grid, IndexBox, Mask, Volume, polygon_volume_ml};
use nalgebra::Point3;

use crate::{
    CountedLesions, Intensification, LesionClass, LimitsConfig, PlannedTargets, Policy,
    Prescription, Recommendation, StatedTreatments, Surroundings, Target, TargetKind, Treatment,
    structure_set,
};

fn pet() -> Grid {
    Grid::axis_aligned(
        [30, 40, 40],
        [3.0, 4.0, 4.0],
        Point3::new(-78.0, -78.0, -43.5),
    )
    .unwrap()
}

pub(crate) fn ct() -> Grid {
    Grid::axis_aligned(
        [30, 160, 160],
        [3.0, 0.98, 0.98],
        Point3::new(-77.9, -78.1, -43.0),
    )
    .unwrap()
}

/// Uptake that falls from 20 in the middle and crosses 41 % at `radius`.
pub(crate) fn suv(places: &[(Point3<f64>, f64)]) -> Volume<f32> {
    let grid = pet();
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        let value = places.iter().map(|(center, radius)| {
            let share = (p - center).norm() / radius;
            20.0 * 0.41_f64.powf(share * share)
        });
        value.fold(0.5, f64::max) as f32
    })
}

/// A staging of the foci of a volume, one for each region.
pub(crate) fn staged(suv: &Volume<f32>, regions: &[Region]) -> Staging {
    let foci = find_foci(suv, &LesionConfig::default()).unwrap().foci;
    assert_eq!(foci.len(), regions.len());
    let lesions = foci
        .into_iter()
        .zip(regions)
        .zip(1..)
        .map(|((focus, region), id)| Lesion {
            id,
            focus,
            region: *region,
            site: String::new(),
            station: None,
            side: None,
            bed_site: None,
            alternatives: Vec::new(),
            suspicions: Vec::new(),
            correlate: Correlate::NotKnown,
            psma_rads: None,
            mi_tnm: category(*region).to_owned(),
            psma_score: None,
            range: None,
            recovery: None,
            confidence: 1.0,
            evidence: Vec::new(),
        });
    Staging {
        lesions: lesions.collect(),
        ..Staging::default()
    }
}

/// A distant lesion is one of bone.
fn category(region: Region) -> &'static str {
    match region {
        Region::ProstateBed => "miTr",
        Region::PelvicNode => "miN1",
        Region::Distant => "miM1b",
        Region::Undetermined => "miX",
    }
}

/// The policy and what volumes are cut by, the default ones.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) limits: LimitsConfig,
}

impl Settings {
    /// Margins and doses of a class, to be changed.
    pub(crate) fn treatment(&mut self, class: LesionClass) -> &mut Treatment {
        let mut all = self.policy.treatments.iter_mut();
        all.find(|t| t.classes.contains(&class)).unwrap()
    }
}

/// Surroundings that cut nothing.
pub(crate) fn nothing() -> Surroundings<'static> {
    static STAGING: LazyLock<StagingConfig> = LazyLock::new(StagingConfig::default);
    Surroundings {
        anatomy: None,
        ct: None,
        staging: &STAGING,
    }
}

/// The volumes where everything is suggested.
pub(crate) fn planned_in(
    staging: &Staging,
    reference: &Grid,
    around: &Surroundings<'_>,
    settings: &Settings,
) -> PlannedTargets {
    let prescription = Prescription {
        policy: &settings.policy,
        suggested: &Intensification::ALL,
        limits: &settings.limits,
        stated: &StatedTreatments::new(),
    };
    crate::plan_targets(staging, reference, around, &prescription)
}

/// The same by default, cut by nothing.
fn planned(staging: &Staging, reference: &Grid) -> PlannedTargets {
    planned_in(staging, reference, &nothing(), &Settings::default())
}

/// The recommendation of the default policy for a patient of whom nothing else is known.
fn recommend(staging: &Staging) -> Recommendation {
    crate::recommend(staging, &crate::Patient::default(), &Policy::default())
}

fn sphere_ml(radius: f64) -> f64 {
    4.0 / 3.0 * std::f64::consts::PI * radius.powi(3) / 1000.0
}

/// Whether every voxel of `inner` lies in `outer`.
pub(crate) fn holds(outer: &Mask, inner: &Mask) -> bool {
    inner
        .voxels()
        .all(|v| outer.contains(inner.grid().center_of(v)))
}

#[test]
fn volumes_grow_by_their_margins_and_hold_one_another() {
    let suv = suv(&[(Point3::new(3.0, -2.0, 1.0), 10.0)]);
    let staging = staged(&suv, &[Region::PelvicNode]);
    let planned = planned(&staging, &ct());
    let [gtv, ctv, ptv] = &planned.targets[..] else {
        panic!("three volumes")
    };
    // Margins 3 and 5 mm on a radius of 10. Trilinear interpolation on 4 mm voxels cuts a curved
    // field short, by 2 % of the radius here.
    for (target, radius) in [(gtv, 10.0), (ctv, 13.0), (ptv, 18.0)] {
        let ratio = target.volume_ml() / sphere_ml(radius);
        assert!(
            (ratio - 1.0).abs() < 0.06,
            "{} is {ratio} of its sphere",
            target.name
        );
        let polygons = polygon_volume_ml(&target.contours, 3.0);
        assert!(
            (polygons / target.volume_ml() - 1.0).abs() < 0.005,
            "{}",
            target.name
        );
    }
    assert!(holds(&ctv.mask, &gtv.mask) && holds(&ptv.mask, &ctv.mask));
    assert_eq!(
        [&gtv.name, &ctv.name, &ptv.name],
        ["GTV_N_1", "CTV_N_1", "PTV_N_1"]
    );
    assert_eq!(
        (ptv.dose_gy, ptv.fractions, gtv.dose_gy),
        (Some(66.0), Some(30), None)
    );
    // Contours name the slices of the whole CT.
    let middle = ct().index_from_lps(Point3::new(3.0, -2.0, 1.0))[0].round() as usize;
    assert!(gtv.contours.iter().any(|c| c.slice == Some(middle)));
}

#[test]
fn a_margin_towards_the_rectum_is_its_own() {
    let suv = suv(&[(Point3::new(0.0, 0.0, 0.0), 8.0)]);
    let staging = staged(&suv, &[Region::ProstateBed]);
    let planned = planned(&staging, &ct());
    let reach = |kind: TargetKind, direction: f64| {
        let target = planned.targets.iter().find(|t| t.kind == kind).unwrap();
        let points = target.contours.iter().flat_map(|c| &c.points);
        points.map(|p| p.y * direction).fold(f64::MIN, f64::max)
    };
    let posterior = reach(TargetKind::Ptv, 1.0) - reach(TargetKind::Ctv, 1.0);
    let anterior = reach(TargetKind::Ptv, -1.0) - reach(TargetKind::Ctv, -1.0);
    // Half a pixel of the 1 mm lattice that margins grow on.
    assert!((posterior - 5.0).abs() < 0.6, "{posterior}");
    assert!((anterior - 7.0).abs() < 0.6, "{anterior}");
}

#[test]
fn the_smallest_lesion_still_has_its_volumes() {
    let suv = suv(&[(Point3::new(0.3, 1.1, 0.7), 3.0)]);
    let staging = staged(&suv, &[Region::Distant]);
    // Slices of 10 mm, between which the lesion lies.
    let coarse = Grid::axis_aligned(
        [9, 40, 40],
        [10.0, 4.0, 4.0],
        Point3::new(-78.0, -78.0, -45.0),
    )
    .unwrap();
    let planned = planned(&staging, &coarse);
    assert_eq!(planned.targets.len(), 3);
    for target in &planned.targets {
        assert!(
            !target.contours.is_empty() && target.mask.count() >= 1,
            "{}",
            target.name
        );
        let polygons = polygon_volume_ml(&target.contours, 10.0);
        assert!(
            (polygons / target.volume_ml() - 1.0).abs() < 0.005,
            "{}",
            target.name
        );
    }
}

#[test]
fn what_cannot_be_placed_gets_a_gtv_alone_and_what_is_outside_is_told() {
    let suv = suv(&[
        (Point3::new(-40.0, 0.0, 0.0), 8.0),
        (Point3::new(40.0, 0.0, 0.0), 6.0),
    ]);
    let staging = staged(&suv, &[Region::Undetermined, Region::PelvicNode]);
    let left_missing = Grid::axis_aligned(
        [30, 160, 80],
        [3.0, 0.98, 0.98],
        Point3::new(-77.9, -78.1, -43.0),
    )
    .unwrap();
    let planned = planned(&staging, &left_missing);
    let names: Vec<_> = planned.targets.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["GTV_U_1"]);
    assert_eq!(
        planned.cautions,
        ["lesion 2 lies outside the planning images and has no target volume"]
    );
}

#[test]
fn a_lesion_at_the_edge_of_the_ct_is_cut_there_and_not_squeezed_in() {
    let suv = suv(&[(Point3::origin(), 10.0)]);
    let staging = staged(&suv, &[Region::PelvicNode]);
    let whole = Grid::axis_aligned(
        [40, 100, 100],
        [3.0, 1.0, 1.0],
        Point3::new(-49.5, -49.5, -60.0),
    )
    .unwrap();
    let max = |i| IndexBox {
        min: [0; 3],
        max: [39, 99, i],
    };
    let volumes = |reference: &Grid| {
        let planned = planned(&staging, reference);
        let ml: Vec<f64> = planned.targets.iter().map(Target::volume_ml).collect();
        (ml, planned)
    };
    let (all, _) = volumes(&whole);
    // Pixel 49 ends at x = 0, the middle of the lesion.
    let (half, planned) = volumes(&whole.crop(max(49)));
    for (half, all) in half.iter().zip(&all) {
        // The CTV and PTV keep their full half as well, up to the rounding of the 1 mm lattice.
        assert!((half / all - 0.5).abs() < 0.02, "{half} of {all}");
    }
    assert!(planned.cautions[0].contains("lesion 1 end at the edge"));
    assert!(planned.targets[0].notes.iter().any(|n| n.contains("edge")));
    // Pixel 36 ends at x = -13, 3 mm outside the lesion: nothing of it is on such a CT,
    // although its margin would be.
    let (none, planned) = volumes(&whole.crop(max(36)));
    assert!(none.is_empty(), "{none:?}");
    assert!(planned.cautions[0].contains("outside the planning images"));
}

#[test]
fn any_number_of_threads_gives_the_same_targets() {
    let suv = suv(&[
        (Point3::new(-40.0, 0.0, 0.0), 8.0),
        (Point3::new(40.0, 0.0, 0.0), 6.0),
    ]);
    let staging = staged(&suv, &[Region::ProstateBed, Region::PelvicNode]);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let plan = || planned(&staging, &ct());
        pool.unwrap().install(plan)
    };
    assert_eq!(with(1), with(5));
}

#[test]
fn the_structure_set_numbers_names_and_describes() {
    let suv = suv(&[
        (Point3::new(-40.0, 0.0, 0.0), 8.0),
        (Point3::new(40.0, 0.0, 0.0), 6.0),
    ]);
    let staging = staged(&suv, &[Region::Distant, Region::Distant]);
    let planned = planned(&staging, &ct());
    let set = structure_set(&planned.targets);
    let numbers: Vec<_> = set.rois.iter().map(|r| r.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert_eq!(set.rois[5].name, "PTV_M_2");
    let descriptions = [0, 2, 5].map(|n| set.rois[n].description.as_str());
    assert!(descriptions[0].starts_with("Suggestion, lesion 1; PET isosurface at "));
    assert!(descriptions[1].starts_with("Suggestion, lesion 1, margin "));
    let ptv = &planned.targets[5];
    let (dose, fractions) = (ptv.dose_gy.unwrap(), ptv.fractions.unwrap());
    let expected =
        format!("Suggestion, lesion 2, margin 5 mm, {dose} Gy in {fractions} to start from");
    assert_eq!(descriptions[2], expected);
    assert!(set.rois.iter().all(|r| r.name.len() <= 16));
}

/// A staging with so many lesions of each class: bed, node, distant.
fn counts(bed: usize, node: usize, distant: usize) -> Staging {
    let one = suv(&[(Point3::origin(), 8.0)]);
    let pattern = staged(&one, &[Region::ProstateBed]).lesions.remove(0);
    let regions = [
        (Region::ProstateBed, bed),
        (Region::PelvicNode, node),
        (Region::Distant, distant),
    ];
    let lesions = regions
        .into_iter()
        .flat_map(|(region, n)| std::iter::repeat_n(region, n));
    Staging {
        lesions: lesions
            .zip(1..)
            .map(|(region, id)| Lesion {
                id,
                region,
                mi_tnm: category(region).to_owned(),
                ..pattern.clone()
            })
            .collect(),
        ..Staging::default()
    }
}

#[test]
fn each_pattern_of_disease_gets_its_kinds() {
    use Intensification::{BedBoost, MetastasisDirected, NodeBoost, PelvicRt, Systemic};
    let kinds = |bed, node, distant| recommend(&counts(bed, node, distant)).intensification;
    assert_eq!(kinds(0, 0, 0), []);
    assert_eq!(kinds(1, 0, 0), [BedBoost]);
    assert_eq!(kinds(0, 2, 0), [PelvicRt, NodeBoost]);
    assert_eq!(kinds(1, 1, 0), [PelvicRt, NodeBoost, BedBoost]);
    assert_eq!(kinds(0, 0, 1), [MetastasisDirected]);
    assert_eq!(kinds(0, 2, 3), [PelvicRt, NodeBoost, MetastasisDirected]);
    assert_eq!(kinds(0, 3, 3), [Systemic], "six nodal and distant lesions");
}

#[test]
fn a_count_that_depends_on_the_rule_is_told() {
    let recommendation = recommend(&counts(1, 3, 2));
    assert!(!recommendation.intensification.is_empty());
    assert!(
        recommendation
            .cautions
            .iter()
            .any(|c| c.contains("6 in all, 5 nodal and distant, 2 outside"))
    );
    let mut all = Policy::default();
    all.limits.counted_lesions = CountedLesions::All;
    let patient = crate::Patient::default();
    let strict = crate::recommend(&counts(1, 3, 2), &patient, &all);
    assert_eq!(strict.intensification, [Intensification::Systemic]);
}

#[test]
fn the_rationale_names_the_lesions_and_their_size() {
    let suv = suv(&[
        (Point3::new(-40.0, 0.0, 0.0), 8.0),
        (Point3::new(40.0, 0.0, 0.0), 6.0),
    ]);
    let staging = staged(&suv, &[Region::PelvicNode, Region::PelvicNode]);
    let rationale = recommend(&staging).rationale;
    let [first, second] = &staging.lesions[..] else {
        panic!("two lesions")
    };
    let (first, second) = (&first.focus.measures, &second.focus.measures);
    let start = format!(
        "2 avid pelvic nodes (number 1, 2; SUVmax up to {:.1}, {:.1} mL): radio",
        first.suv_max.max(second.suv_max),
        first.volume_ml + second.volume_ml
    );
    assert!(rationale[0].starts_with(&start), "{}", rationale[0]);
}

#[test]
fn the_rules_that_were_met_tell_by_which_facts() {
    let recommendation = recommend(&counts(1, 0, 2));
    let ids: Vec<_> = recommendation.rules.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["bed", "metastases"]);
    assert_eq!(
        recommendation.rules[1].because,
        ["metastases 2 (at least 1)"]
    );
    let many = recommend(&counts(0, 3, 3));
    assert_eq!(many.rules[0].id, "polymetastatic");
    assert_eq!(many.rules[0].because, ["counted 6 (beyond the limit of 5)"]);
    assert!(many.rules[0].sources[0].starts_with("NCT03525288: Randomised"));
}

#[test]
fn lesions_that_cannot_be_placed_suggest_nothing_and_say_so() {
    let mut staging = counts(0, 4, 0);
    let undetermined = staged(&suv(&[(Point3::origin(), 8.0)]), &[Region::Undetermined]);
    let nothing = recommend(&undetermined);
    assert!(nothing.intensification.is_empty());
    assert!(nothing.rationale[0].starts_with("no lesion could be placed"));

    staging.lesions.extend(undetermined.lesions.clone());
    staging.lesions.extend(undetermined.lesions);
    let some = recommend(&staging);
    assert!(!some.intensification.is_empty());
    let ambiguity = "with the lesions of undetermined place 6 would be counted, more than 5";
    assert!(
        some.cautions.iter().any(|c| c == ambiguity),
        "{:?}",
        some.cautions
    );
}

#[test]
fn leaving_out_an_uncertain_lesion_is_thought_through() {
    let caution = |bed, node, distant, uncertain: usize| {
        let mut staging = counts(bed, node, distant);
        staging.lesions[uncertain].confidence = 0.4;
        let told = recommend(&staging).cautions;
        let start = format!("lesion {} is uncertain (40 %); without it ", uncertain + 1);
        let mut found = told.iter().filter_map(|c| c.strip_prefix(&start));
        let only = found.next().unwrap().to_owned();
        assert_eq!(found.next(), None);
        only
    };
    assert_eq!(caution(0, 2, 0, 0), "the suggestion stays the same");
    assert_eq!(caution(0, 1, 0, 0), "no intensification would be suggested");
    assert_eq!(caution(1, 1, 0, 1), "the suggestion would be bed_boost");
    // Six are too many to irradiate; five are not.
    assert_eq!(
        caution(0, 0, 6, 5),
        "the suggestion would be metastasis_directed"
    );
}

#[test]
fn an_equivocal_category_makes_a_lesion_uncertain() {
    let mut staging = counts(0, 2, 0);
    staging.lesions[1].psma_rads = Some(PsmaRads {
        category: "3A",
        evidence: String::new(),
    });
    let told = recommend(&staging);
    let sentence = "lesion 2 is uncertain (PSMA-RADS 3A); without it the suggestion stays the same";
    assert!(
        told.cautions.iter().any(|c| c == sentence),
        "{:?}",
        told.cautions
    );
    assert!(told.caution_ids.contains(&"uncertain".to_owned()));
}

#[test]
fn a_lesion_gets_planning_volumes_where_something_is_suggested_for_it() {
    let suv = suv(&[
        (Point3::new(-40.0, 0.0, 0.0), 8.0),
        (Point3::new(40.0, 0.0, 0.0), 6.0),
    ]);
    let staging = staged(&suv, &[Region::ProstateBed, Region::Distant]);
    let policy = Policy::default();
    let kinds = [Intensification::BedBoost];
    let prescription = Prescription {
        policy: &policy,
        suggested: &kinds,
        limits: &LimitsConfig::default(),
        stated: &StatedTreatments::new(),
    };
    let planned = crate::plan_targets(&staging, &ct(), &nothing(), &prescription);
    let names: Vec<_> = planned.targets.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["GTV_Bed_1", "GTV_M_1", "CTV_Bed_1", "PTV_Bed_1"]);
    assert_eq!(
        planned.cautions,
        ["lesion 2 has a GTV alone: the recommendation has no radiotherapy for it"]
    );
    let ptv = &planned.targets[3];
    assert_eq!((ptv.dose_gy, ptv.fractions), (Some(70.0), Some(35)));
    assert_eq!(ptv.dose_levels, policy.treatments[0].doses);
    assert!(planned.targets[0].dose_levels.is_empty());
}

/// A staging with one lesion of each region, the second a node of a station.
fn with_station(region: Region, station: &str, category: &str) -> Staging {
    let mut staging = counts(0, 1, 0);
    staging.lesions[0] = Lesion {
        region,
        station: Some(station.to_owned()),
        mi_tnm: category.to_owned(),
        ..staging.lesions[0].clone()
    };
    staging
}

#[test]
fn high_nodes_raise_the_pelvic_volume_whatever_they_are_called() {
    use crate::PelvisTop::{AboveHighestNode, AorticBifurcation, L5S1};
    let node = [Intensification::PelvicRt, Intensification::NodeBoost];
    for (region, station, category, top) in [
        (Region::PelvicNode, "obturator", "miN1", L5S1),
        (
            Region::PelvicNode,
            "common_iliac",
            "miN1",
            AorticBifurcation,
        ),
        (Region::Distant, "common_iliac", "miM1a", AorticBifurcation),
        (
            Region::Distant,
            "retroperitoneal",
            "miM1a",
            AboveHighestNode,
        ),
    ] {
        let told = recommend(&with_station(region, station, category));
        assert_eq!(told.intensification, node, "{station}");
        assert_eq!(told.pelvis_top, Some(top), "{station}");
    }
    let inguinal = recommend(&with_station(Region::Distant, "inguinal", "miM1a"));
    assert_eq!(
        inguinal.intensification,
        [Intensification::MetastasisDirected]
    );
    assert_eq!(inguinal.pelvis_top, None);
}
