//! When the injection was.

use isoboost_suv::{Fact, FindingCode as F, PetFacts, RefusalCode as R, Stamp};

use crate::case::{F18_S, at, derived, gives, plain_factor, refused, refuses, suv_after};

fn injected(f: &mut PetFacts, datetime: Option<&str>, time: Option<&str>) {
    let item = &mut f.radiopharmaceuticals[0];
    item.start_datetime = datetime.map(at).into();
    item.start_time = time
        .map(|t| at(&format!("2000-01-01 {t}")).local.time())
        .into();
}

fn scanned(f: &mut PetFacts, at_text: &str) {
    f.series_start = Fact::Known(at(at_text));
    for frame in &mut f.frames {
        frame.acquisition = Fact::Known(at(at_text));
    }
}

fn nuclide(f: &mut PetFacts, code: &str, half_life_s: f64) {
    let item = &mut f.radiopharmaceuticals[0];
    item.half_life_s = Fact::Known(half_life_s);
    if let Some(radionuclide) = &mut item.radionuclide {
        code.clone_into(&mut radionuclide.value);
    }
}

#[test]
fn by_datetime_by_time_and_across_midnight() {
    gives(
        "DateTime only",
        |f, _| injected(f, Some("2025-01-01 10:00"), None),
        plain_factor(),
        &[],
    );
    gives(
        "time only",
        |f, _| injected(f, None, Some("10:00")),
        plain_factor(),
        &[],
    );
    gives(
        "time only, across midnight",
        |f, _| {
            scanned(f, "2025-01-02 00:30");
            injected(f, None, Some("23:30"));
        },
        plain_factor(),
        &[F::InjectionDateAssumed],
    );
    gives(
        "DateTime, across midnight",
        |f, _| {
            scanned(f, "2025-01-02 00:30");
            injected(f, Some("2025-01-01 23:30"), Some("23:30"));
        },
        plain_factor(),
        &[],
    );
}

#[test]
fn both_but_different_is_told() {
    gives(
        "40 s apart",
        |f, _| injected(f, Some("2025-01-01 10:00"), Some("10:00:40")),
        plain_factor(),
        &[],
    );
    gives(
        "10 min apart",
        |f, _| injected(f, Some("2025-01-01 10:00"), Some("10:10")),
        plain_factor(),
        &[F::InjectionTimesDisagree],
    );
    gives(
        "apart across midnight by 20 s only",
        |f, _| {
            scanned(f, "2025-01-02 01:00");
            injected(f, Some("2025-01-02 00:00:10"), Some("23:59:50"));
        },
        suv_after(3590.0, F18_S),
        &[],
    );
    let suv = derived("unreadable DateTime", |f, _| {
        f.radiopharmaceuticals[0].start_datetime = Fact::Unusable("2025".to_owned());
    });
    assert!((suv.factors[0] / plain_factor() - 1.0).abs() < 1e-12);
}

#[test]
fn days_count_for_long_lived_nuclides() {
    let days = 4.0 * 86_400.0 + 3600.0;
    gives(
        "Zr-89 on day four",
        |f, _| {
            nuclide(f, "63360001", 282_276.0);
            injected(f, Some("2024-12-28 10:00"), Some("10:00"));
        },
        suv_after(days, 282_276.0),
        &[],
    );
    refuses(
        "Zr-89 without a date",
        |f, _| {
            nuclide(f, "63360001", 282_276.0);
            injected(f, None, Some("10:00"));
        },
        &[R::Injection],
        &["days after", "--injected-at"],
    );
    gives(
        "Cu-64 without a date is told",
        |f, _| {
            nuclide(f, "3932008", 45_723.0);
            injected(f, None, Some("10:00"));
        },
        suv_after(3600.0, 45_723.0),
        &[F::InjectionDateAssumed],
    );
}

#[test]
fn an_injection_after_the_scan_is_refused() {
    refuses(
        "half an hour after",
        |f, _| injected(f, Some("2025-01-01 11:30"), Some("11:30")),
        &[R::Injection],
        &[
            "Radiopharmaceutical Start DateTime (0018,1078)",
            "2025-01-01 11:30:00",
            "--injected-at",
        ],
    );
    refuses(
        "by the clock alone that is most of a day, too long for F-18",
        |f, _| injected(f, None, Some("11:30")),
        &[R::Injection],
        &["ten half-lives"],
    );
    refuses(
        "weeks before, at another time of day",
        |f, _| injected(f, Some("2024-12-01 17:00"), None),
        &[R::Injection],
        &["2024-12-01 17:00:00"],
    );
    refuses(
        "missing",
        |f, _| injected(f, None, None),
        &[R::Injection],
        &["--injected-at"],
    );
}

#[test]
fn a_date_shifted_apart_yields_to_the_clock() {
    for date in ["2025-01-02", "2024-11-20", "2031-05-05"] {
        let suv = derived(date, |f, _| {
            injected(f, Some(&format!("{date} 10:00")), None);
        });
        assert!(
            (suv.factors[0] / plain_factor() - 1.0).abs() < 1e-12,
            "{date}"
        );
        assert_eq!(suv.findings[0].code, F::InjectionDateShifted, "{date}");
    }
    // Days mean something for this nuclide, so nothing is put right.
    let error = refused("Zr-89", |f, _| {
        nuclide(f, "63360001", 282_276.0);
        injected(f, Some("2025-01-02 10:00"), Some("10:00"));
    });
    assert_eq!(error.refusals[0].code, R::Injection);
}

#[test]
fn wiped_times_are_refused() {
    refuses(
        "both at midnight",
        |f, _| {
            scanned(f, "2025-01-01 00:00");
            injected(f, Some("2025-01-01 00:00"), None);
        },
        &[R::Injection],
        &["00:00:00"],
    );
    gives(
        "one at midnight is told",
        |f, _| {
            scanned(f, "2025-01-01 01:00");
            injected(f, Some("2025-01-01 00:00"), None);
        },
        plain_factor(),
        &[F::ClockAtMidnight],
    );
}

#[test]
fn unusual_uptake_times_are_told() {
    for (time, told) in [
        ("10:40", true),
        ("10:25", false),
        ("07:05", false),
        ("06:30", true),
    ] {
        let suv = derived(time, |f, _| injected(f, None, Some(time)));
        let found = suv.findings.iter().any(|f| f.code == F::UptakeTimeUnusual);
        assert_eq!(found, told, "{time}");
    }
    let suv = derived("Cu-64 a day later", |f, _| {
        nuclide(f, "3932008", 45_723.0);
        injected(f, Some("2024-12-31 10:00"), None);
    });
    assert_eq!(suv.findings, []);
}

#[test]
fn time_zones_count_when_both_sides_have_one() {
    let zoned = |text: &str, hours: Option<i32>| Stamp {
        utc_offset_s: hours.map(|h| h * 3600),
        ..at(text)
    };
    let factor = |injection: Stamp, scan: Stamp| {
        let suv = derived("zones", |f, _| {
            f.series_start = Fact::Known(scan);
            for frame in &mut f.frames {
                frame.acquisition = Fact::Known(scan);
            }
            f.radiopharmaceuticals[0].start_datetime = Fact::Known(injection);
            f.radiopharmaceuticals[0].start_time = Fact::Missing;
        });
        suv.factors[0] / plain_factor()
    };
    let scan = "2025-01-01 11:00";
    for (injection, scan) in [
        (zoned("2025-01-01 09:00", Some(0)), zoned(scan, Some(1))),
        (zoned("2025-01-01 10:00", Some(1)), zoned(scan, Some(1))),
        (zoned("2025-01-01 10:00", Some(1)), zoned(scan, None)),
        (zoned("2025-01-01 10:00", None), zoned(scan, Some(-5))),
    ] {
        assert!(
            (factor(injection, scan) - 1.0).abs() < 1e-12,
            "{injection} {scan}"
        );
    }
}

#[test]
fn an_operator_states_the_injection() {
    for (text, elapsed) in [
        ("2025-01-01T09:30", 5400.0),
        ("09:30", 5400.0),
        ("23:00", 43_200.0),
    ] {
        let suv = derived(text, |f, o| {
            injected(f, None, None);
            o.injected_at = Some(text.parse().unwrap());
        });
        assert!(
            (suv.factors[0] / suv_after(elapsed, F18_S) - 1.0).abs() < 1e-12,
            "{text}"
        );
        assert_eq!(suv.overrides[0].option, "--injected-at");
        assert!(suv.overrides[0].instead_of.contains("no such attribute"));
    }
}
