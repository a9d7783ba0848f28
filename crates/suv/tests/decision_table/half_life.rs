//! Half-life, nuclide and tracer.

use isoboost_suv::{Fact, FindingCode as F, Nuclide, RefusalCode as R, Tracer};

use crate::case::{derived, gives, plain_factor, refuses, suv_after};

fn set(f: &mut isoboost_suv::PetFacts, half_life: Fact<f64>, code: Option<&str>, name: &str) {
    let item = &mut f.radiopharmaceuticals[0];
    item.half_life_s = half_life;
    item.name = Some(name.to_owned());
    item.radionuclide = code.map(|value| isoboost_suv::Code {
        value: value.to_owned(),
        ..isoboost_suv::Code::default()
    });
}

#[test]
fn the_header_is_used_within_one_per_cent() {
    for (seconds, code, nuclide) in [
        (6586.2, "77004003", Nuclide::F18),
        (6588.0, "C-111A1", Nuclide::F18),
        (4057.7, "C-131A3", Nuclide::Ga68),
        (4080.0, "35337001", Nuclide::Ga68),
    ] {
        let suv = derived("half-life", |f, _| {
            set(f, Fact::Known(seconds), Some(code), "PSMA");
        });
        assert_eq!(
            (suv.nuclide, suv.half_life_s),
            (Some(nuclide), Some(seconds))
        );
        assert!((suv.factors[0] / suv_after(3600.0, seconds) - 1.0).abs() < 1e-12);
        assert_eq!(suv.findings, []);
    }
}

#[test]
fn a_half_life_off_its_nuclide_is_told_or_refused() {
    gives(
        "two per cent off",
        |f, _| set(f, Fact::Known(6720.0), Some("77004003"), "PSMA"),
        suv_after(3600.0, 6720.0),
        &[F::HalfLifeDiffers],
    );
    refuses(
        "another nuclide's",
        |f, _| set(f, Fact::Known(4062.6), Some("77004003"), "PSMA"),
        &[R::HalfLife],
        &[
            "Radionuclide Half Life (0018,1075)",
            "`4062.6`",
            "6586.2 s for F-18",
            "--half-life-s",
        ],
    );
    refuses(
        "minutes",
        |f, _| set(f, Fact::Known(109.77), None, "PSMA"),
        &[R::HalfLife],
        &["`109.77`", "minutes"],
    );
}

#[test]
fn a_missing_half_life_comes_from_the_nuclide() {
    for (name, code, text, half_life_s) in [
        ("by code", Some("77004003"), "PSMA", 6586.2),
        ("by old code", Some("C-131A3"), "PSMA", 4062.6),
        ("by text", None, "68Ga-PSMA-11", 4062.6),
    ] {
        for fact in [Fact::Missing, Fact::Empty, Fact::Known(0.0)] {
            let suv = derived(name, |f, _| set(f, fact, code, text));
            assert_eq!(suv.half_life_s, Some(half_life_s), "{name}");
            assert_eq!(suv.findings[0].code, F::HalfLifeFromNuclide, "{name}");
        }
    }
    refuses(
        "nothing names the nuclide",
        |f, _| set(f, Fact::Missing, None, "PSMA-1007"),
        &[R::HalfLife],
        &["--half-life-s"],
    );
    gives(
        "stated",
        |f, o| {
            set(f, Fact::Missing, None, "PSMA-1007");
            o.half_life_s = Some(6586.2);
        },
        plain_factor(),
        &[],
    );
    gives(
        "nuclide stated",
        |f, o| {
            set(f, Fact::Missing, None, "PSMA-1007");
            o.nuclide = Some(Nuclide::F18);
        },
        plain_factor(),
        &[],
    );
}

#[test]
fn a_half_life_alone_names_its_nuclide_if_it_can() {
    let suv = derived("known", |f, _| {
        set(f, Fact::Known(6588.0), None, "PSMA-1007");
    });
    assert_eq!((suv.nuclide, suv.findings), (Some(Nuclide::F18), vec![]));
    let suv = derived("unknown", |f, _| set(f, Fact::Known(1223.0), None, "PSMA"));
    assert_eq!(suv.nuclide, None);
    assert_eq!(suv.findings[0].code, F::NuclideUnknown);
}

#[test]
fn a_phantom_source_is_no_patient() {
    for (half_life, code) in [
        (Fact::Known(23.4e6), None),
        (Fact::Missing, Some("53315004")),
    ] {
        let error = crate::case::refused("Ge-68", |f, _| set(f, half_life, code, "Germanium"));
        let message = error.to_string();
        assert!(
            message.contains("`Ge-68`, the source of a calibration phantom"),
            "{message}"
        );
    }
}

#[test]
fn the_tracer_is_told_when_it_is_not_for_psma() {
    let suv = derived("FDG", |f, _| {
        f.radiopharmaceuticals[0].name = Some("FDG".to_owned());
    });
    assert_eq!(suv.tracer, Some(Tracer::Fdg));
    assert_eq!(suv.findings[0].code, F::TracerNotPsma);
    let suv = derived("PSMA", |_, _| {});
    assert_eq!(suv.tracer, Some(Tracer::Psma1007));
    let suv = derived("none", |f, _| f.radiopharmaceuticals[0].name = None);
    assert_eq!((suv.tracer, suv.findings), (None, vec![]));
}
