//! The default policy, its schema, and what is refused.

use std::path::Path;

use crate::{DEFAULT_POLICY, Intensification, LesionClass, Policy, WholeVolume};

/// The default policy with one text in place of another.
fn changed(old: &str, new: &str) -> Result<Policy, String> {
    assert!(DEFAULT_POLICY.contains(old), "{old}");
    Policy::parse(&DEFAULT_POLICY.replacen(old, new, 1)).map_err(|e| e.to_string())
}

#[track_caller]
fn refused(old: &str, new: &str, expected: &str) {
    let error = changed(old, new).unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_default_policy_is_valid_and_has_the_limit_of_the_trial() {
    let policy = Policy::parse(DEFAULT_POLICY).unwrap();
    assert_eq!(policy, Policy::default());
    assert_eq!(policy.limits.lesions, 5);
}

#[test]
fn every_dose_is_a_published_one_and_none_is_that_of_the_trial() {
    let policy = Policy::default();
    let of_lesions = policy.treatments.iter().flat_map(|t| &t.doses);
    let of_volumes = policy.volumes.iter().flat_map(|v| &v.doses);
    for dose in of_lesions.chain(of_volumes) {
        assert!(!dose.source.contains("NCT03525288"), "{}", dose.label);
        assert!(!dose.source.contains("PATRON"), "{}", dose.label);
        assert!(!dose.label.contains("per trial"), "{}", dose.label);
    }
    // The ranges of published practice, by class.
    for (class, low, high) in [
        (LesionClass::Bed, 70.0, 74.0),
        (LesionClass::PelvicNode, 57.5, 70.0),
        (LesionClass::Bone, 16.0, 35.0),
    ] {
        for dose in &policy.treatment(class).unwrap().doses {
            assert!((low..=high).contains(&dose.total_gy), "{}", dose.label);
        }
    }
    assert_eq!(policy.treatment(LesionClass::Visceral), None);
    assert_eq!(
        policy.volume_doses(WholeVolume::ProstateBed)[0].total_gy,
        66.0
    );
}

#[test]
fn a_bed_boost_always_comes_on_top_of_the_whole_bed() {
    let policy = Policy::default();
    let boosting = |r: &&crate::Rule| r.intensification.contains(&Intensification::BedBoost);
    assert!(policy.rules.iter().any(|r| boosting(&r)));
    refused(
        "intensification = [\"bed_boost\"]\nvolumes = [\"prostate_bed\"]",
        "intensification = [\"bed_boost\"]",
        "rule `bed`: bed_boost needs the volume `prostate_bed`",
    );
}

#[test]
fn what_is_not_known_is_refused_with_its_line() {
    refused("lesions = 5\n", "lesion = 5\n", "unknown field `lesion`");
    refused(
        "when.visceral.min = 1",
        "when.viscera.min = 1",
        "unknown field `viscera`",
    );
    refused(
        "intensification = [\"systemic\"]",
        "intensification = [\"chemotherapy\"]",
        "unknown variant `chemotherapy`",
    );
    let error = changed("version = \"1.0\"", "version = 1.0").unwrap_err();
    assert!(error.contains("line 6"), "{error}");
}

#[test]
fn what_cannot_be_used_is_refused_by_name() {
    refused(
        "lesions = 5\n",
        "lesions = 0\n",
        "limits.lesions is 0, expected 1 to 100",
    );
    refused(
        "uncertain-below = 0.5",
        "uncertain-below = 50.0",
        "limits.uncertain-below is 50, expected 0 to 1",
    );
    refused("id = \"bed\"", "id = \"Bed!\"", "the id `Bed!` is not of");
    refused(
        "id = \"bed\"",
        "id = \"doses\"",
        "the id `doses` is used twice",
    );
    refused(
        "{visceral}: visceral",
        "{organs}: visceral",
        "text has `{organs}`, which is not known; known are lesions, counted",
    );
    refused(
        "sources = [\"PATRON registry\"]",
        "sources = [\"Patron\"]",
        "the source `Patron` is not among the [[source]] entries",
    );
    refused(
        "when.lesions.max = 0\ntext",
        "when.lesions = { min = 2, max = 1 }\ntext",
        "when.lesions needs min, max or both with min <= max",
    );
    refused(
        "when.psa-ng-ml.below = 0.3",
        "when.psa-ng-ml = { min = 0.3, below = 0.3 }",
        "when.psa-ng-ml needs min, below or both with 0 <= min < below",
    );
    refused(
        "total-gy = 70.0",
        "total-gy = 7000.0",
        "total-gy is 7000, expected above 0 to 100",
    );
    refused(
        "fractions = 35",
        "fractions = 0",
        "fractions is 0, expected 1 to 50",
    );
    refused(
        "ctv-to-ptv-mm = 5.0",
        "ctv-to-ptv-mm = -5.0",
        "ctv-to-ptv-mm is -5",
    );
    refused(
        "classes = [\"distant_node\"]",
        "classes = [\"bone\"]",
        "the class `bone` has two treatments",
    );
    refused(
        "out-of-scope = true\nstop = true",
        "out-of-scope = true",
        "out-of-scope needs stop = true",
    );
    refused(
        "when.prior-pelvic-rt = [\"yes\"]\n",
        "",
        "rule `re-irradiation` stops without a condition",
    );
}

/// Set `ISOBOOST_UPDATE_SCHEMA` to write the file anew after a change that is meant.
#[test]
fn the_checked_in_schema_is_that_of_the_policy() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy/policy.schema.json");
    let schema = serde_json::to_string_pretty(&Policy::json_schema()).unwrap() + "\n";
    if std::env::var_os("ISOBOOST_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == schema,
        "{} is stale: set ISOBOOST_UPDATE_SCHEMA=1 and run this test again",
        path.display()
    );
}

#[test]
fn the_schema_takes_the_default_policy_and_no_other_words() {
    let schema = serde_json::to_value(Policy::json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let table: toml::Table = DEFAULT_POLICY.parse().unwrap();
    let mut document = serde_json::to_value(&table).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|e| format!("{}: {e}", e.instance_path))
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    document["rule"][0]["intensification"] = serde_json::json!(["surgery"]);
    assert!(!validator.is_valid(&document));
}
