//! Decisions that cannot be made.

use super::{Decision, decision, lesion, phantom, staged};

fn refused(json: &str, code: &str, text: &str) {
    let error = staged(&[json]).expect_err(json);
    assert_eq!(error.code(), code, "{json}: {error}");
    assert!(error.to_string().contains(text), "{json}: {error}");
    assert!(!error.remedy().is_empty());
}

#[test]
fn findings_that_are_not_there_or_of_another_kind() {
    let known = "there are 1, 2, 3, 4, 5, 6 and 7";
    for kind in [
        r#""accept","finding":9"#,
        r#""reject","finding":9"#,
        r#""restore","finding":9"#,
        r#""reclassify","finding":9,"region":"distant""#,
        r#""delineate","finding":9,"rule":{"fixed-suv":3.0}"#,
        r#""split","finding":9,"seeds":[[0,0,0],[1,1,1]]"#,
        r#""margins","finding":9"#,
        r#""dose","finding":9,"total_gy":60,"fractions":20"#,
        r#""merge","findings":[1,9]"#,
        r#""brush","finding":9,"mode":"add","plane":"axial","radius_mm":4,"points":[[0,0,0]]"#,
    ] {
        refused(&format!(r#"{{"kind":{kind}}}"#), "no_finding", known);
    }
    let excluded = "finding 5 is excluded (urinary bladder)";
    for kind in [
        r#""reject","finding":5"#,
        r#""reclassify","finding":5,"region":"distant""#,
        r#""delineate","finding":5,"rule":{"fixed-suv":3.0}"#,
        r#""margins","finding":5,"ctv_mm":3"#,
        r#""dose","finding":5,"total_gy":60,"fractions":20"#,
        r#""merge","findings":[1,5]"#,
    ] {
        refused(&format!(r#"{{"kind":{kind}}}"#), "not_a_lesion", excluded);
    }
    refused(
        r#"{"kind":"restore","finding":1}"#,
        "not_excluded",
        "finding 1 is a lesion already (prostate bed)",
    );
}

#[test]
fn values_that_are_out_of_range() {
    let long = "x".repeat(1001);
    let points = vec!["[0,0,0]"; 2001].join(",");
    for (json, text) in [
        (format!(r#""reject","finding":1,"reason":"{long}""#), "1001 characters"),
        (r#""merge","findings":[1]"#.to_owned(), "are 1, expected 2 to 20"),
        (r#""merge","findings":[1,1]"#.to_owned(), "finding 1 is named twice"),
        (r#""split","finding":1,"seeds":[[0,0,0]]"#.to_owned(), "expected 2 to 20"),
        (r#""margins","finding":1,"ctv_mm":51"#.to_owned(), "is 51, expected 0 to 50"),
        (r#""margins","finding":1,"ptv_mm":[1,1,1,1,1,-2]"#.to_owned(), "is -2"),
        (r#""dose","finding":1,"total_gy":0,"fractions":20"#.to_owned(), "total-gy is 0"),
        (r#""dose","finding":1,"total_gy":60,"fractions":0"#.to_owned(), "fractions is 0"),
        (r#""add","at":[1e9,0,0]"#.to_owned(), "expected LPS coordinates in mm"),
        (
            r#""delineate","finding":1,"rule":{"percent-of-max":120}"#.to_owned(),
            "expected 1 to 99",
        ),
        (
            r#""brush","finding":1,"mode":"add","plane":"axial","radius_mm":0.1,"points":[[0,0,0]]"#
                .to_owned(),
            "expected 0.5 to 50",
        ),
        (
            format!(
                r#""brush","finding":1,"mode":"add","plane":"axial","radius_mm":4,"points":[{points}]"#
            ),
            "are 2001, expected 1 to 2000",
        ),
        (
            r#""brush","finding":1,"mode":"add","plane":"axial","radius_mm":4,
               "points":[[0,0,0],[0,0,5]]"#
                .to_owned(),
            "expected one slice",
        ),
    ] {
        refused(&format!(r#"{{"kind":{json}}}"#), "value", text);
    }
    let at = |at| Decision::Add { at, rule: None };
    for at in [at([f64::NAN, 0.0, 0.0]), at([0.0, f64::INFINITY, 0.0])] {
        let error = phantom().stage(&[at]).unwrap_err();
        assert_eq!(error.code(), "value");
    }
    let dose = |total_gy| Decision::Dose {
        finding: 1,
        total_gy,
        fractions: 20,
    };
    assert_eq!(
        phantom().stage(&[dose(f64::NAN)]).unwrap_err().code(),
        "value"
    );
}

#[test]
fn classes_that_contradict_themselves() {
    for (class, text) in [
        (
            r#""region":"prostate_bed","station":"obturator""#,
            "has no station of nodes",
        ),
        (
            r#""region":"pelvic_node","station":"inguinal""#,
            "is no pelvic node",
        ),
        (
            r#""region":"pelvic_node","category":"M1a""#,
            "has no M category",
        ),
        (
            r#""region":"distant","station":"retroperitoneal","category":"M1b""#,
            "is M1a and no bone",
        ),
        (
            r#""region":"pelvic_node","station":"elsewhere""#,
            "is no station of nodes",
        ),
    ] {
        let json = format!(r#"{{"kind":"reclassify","finding":1,{class}}}"#);
        refused(&json, "class", text);
    }
}

#[test]
fn places_that_the_image_does_not_allow() {
    refused(
        r#"{"kind":"add","at":[9000,0,0]}"#,
        "outside_pet",
        "lies outside of the PET",
    );
    let bladder = phantom().suggestion().excluded[0].focus.measures.max_at;
    let at = format!("[{},{},{}]", bladder.x, bladder.y, bladder.z);
    refused(
        &format!(r#"{{"kind":"add","at":{at}}}"#),
        "taken",
        "known already",
    );
    // Far from all uptake, where the phantom's background is even.
    let grid = phantom().images().suv().grid();
    let corner = grid.center_of([2, 2, 2]);
    let at = format!("[{},{},{}]", corner.x, corner.y, corner.z);
    refused(
        &format!(r#"{{"kind":"add","at":{at}}}"#),
        "no_focus",
        "does not stand out",
    );
    refused(
        r#"{"kind":"split","finding":1,"seeds":[[9000,0,0],[0,0,0]]}"#,
        "outside_pet",
        "lies outside of the PET",
    );
    let max = lesion(phantom().suggestion(), 1).focus.measures.max_at;
    let seed = format!("[{},{},{}]", max.x, max.y, max.z);
    let other = lesion(phantom().suggestion(), 2).focus.measures.max_at;
    let beside = format!("[{},{},{}]", other.x, other.y, other.z);
    refused(
        &format!(r#"{{"kind":"split","finding":1,"seeds":[{seed},{beside}]}}"#),
        "seeds",
        "seed 2",
    );
    refused(
        &format!(r#"{{"kind":"split","finding":1,"seeds":[{seed},{seed}]}}"#),
        "seeds",
        "seeds 1 and 2 lie in one voxel",
    );
    refused(
        r#"{"kind":"merge","findings":[2,3]}"#,
        "apart",
        "mm apart, more than 30 mm",
    );
    refused(
        r#"{"kind":"delineate","finding":2,"rule":{"fixed-suv":50.0}}"#,
        "no_outline",
        "not below the maximum",
    );
}

#[test]
fn decisions_are_read_strictly() {
    for json in [
        r#"{"kind":"accept","finding":3,"more":1}"#,
        r#"{"kind":"approve","finding":3}"#,
        r#"{"kind":"accept"}"#,
        r#"{"kind":"accept","finding":-1}"#,
        r#"{"kind":"reclassify","finding":1,"region":"bed"}"#,
    ] {
        assert!(serde_json::from_str::<Decision>(json).is_err(), "{json}");
    }
    let all = [
        r#"{"kind":"accept","finding":3}"#,
        r#"{"kind":"margins","finding":3,"ctv_mm":5.0,"ptv_mm":[1.0,2.0,3.0,4.0,5.0,6.0]}"#,
        r#"{"kind":"delineate","finding":3,"rule":{"iterative":{"psf-fwhm-mm":6.0}}}"#,
        r#"{"kind":"add","at":[1.5,2.0,-3.0],"rule":null}"#,
    ];
    for json in all {
        assert_eq!(serde_json::to_string(&decision(json)).unwrap(), json);
        assert!(!decision(json).sentence().is_empty());
    }
}
