//! Settings of the recommendation and the target volumes.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::dose::IsotoxicConfig;
use crate::elective::ElectiveConfig;
use crate::field::FieldConfig;
use crate::limits::LimitsConfig;

/// How lesions become a recommendation and volumes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanningConfig {
    /// The policy: a file with rules, limits, margins and doses, from the folder of this file on.
    /// Without one the default policy counts; `isoboost config --policy` prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_file: Option<PathBuf>,
    /// What target volumes are cut by.
    pub limits: LimitsConfig,
    /// How the volumes that are treated as a whole are drawn.
    pub elective: ElectiveConfig,
    /// How high boosts may be.
    pub isotoxic: IsotoxicConfig,
    /// The conventional field of the pelvis.
    pub field: FieldConfig,

    /// Where margins, doses and limits were before there were policies; refused with the new place.
    #[serde(skip_serializing, deserialize_with = "limit_of_lesions")]
    #[schemars(skip)]
    most_lesions_to_irradiate: Moved,
    #[serde(skip_serializing, deserialize_with = "counted_lesions")]
    #[schemars(skip)]
    counted_lesions: Moved,
    #[serde(skip_serializing, deserialize_with = "bed")]
    #[schemars(skip)]
    bed: Moved,
    #[serde(skip_serializing, deserialize_with = "node")]
    #[schemars(skip)]
    node: Moved,
    #[serde(skip_serializing, deserialize_with = "distant")]
    #[schemars(skip)]
    distant: Moved,
}

impl PlanningConfig {
    /// Whether every value lies in its range.
    ///
    /// # Errors
    /// A sentence that names the key, the value found and the range.
    pub fn validate(&self) -> Result<(), String> {
        self.limits.validate()?;
        self.elective.validate()?;
        self.isotoxic.validate()?;
        self.field.validate()
    }
}

/// A key that is no longer here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Moved;

fn moved<E: serde::de::Error>(old: &str, new: &str) -> E {
    E::custom(format!(
        "planning.{old} has moved to the policy file, where it is {new}: write a policy \
         (`isoboost config --policy` prints one to start from), set it there, and name the file by \
         planning.policy-file or --policy"
    ))
}

macro_rules! moved_key {
    ($function:ident, $old:literal, $new:literal) => {
        fn $function<'de, D: Deserializer<'de>>(_: D) -> Result<Moved, D::Error> {
            Err(moved($old, $new))
        }
    };
}

moved_key!(
    limit_of_lesions,
    "most-lesions-to-irradiate",
    "limits.lesions"
);
moved_key!(counted_lesions, "counted-lesions", "limits.counted-lesions");
moved_key!(bed, "bed", "the [[treatment]] with the class bed");
moved_key!(
    node,
    "node",
    "the [[treatment]] with the classes pelvic_node and common_iliac"
);
moved_key!(
    distant,
    "distant",
    "the [[treatment]] with the classes para_aortic, distant_node and bone"
);

#[cfg(test)]
mod tests {
    use super::PlanningConfig;

    #[test]
    fn a_key_that_has_moved_says_where_to() {
        for (text, new) in [
            ("most-lesions-to-irradiate = 3", "limits.lesions"),
            ("counted-lesions = \"all\"", "limits.counted-lesions"),
            ("[bed]\ndose-gy = 70.0", "the class bed"),
            ("node.dose-gy = 60.0", "pelvic_node and common_iliac"),
            ("[distant]\nfractions = 3", "distant_node and bone"),
        ] {
            let error = toml::from_str::<PlanningConfig>(text).unwrap_err();
            let error = error.to_string();
            assert!(error.contains(new) && error.contains("--policy"), "{error}");
            assert!(error.contains("line 1"), "{error}");
        }
    }

    #[test]
    fn a_policy_file_is_named_and_the_default_names_none() {
        let config: PlanningConfig = toml::from_str("policy-file = \"ours.toml\"").unwrap();
        assert_eq!(config.policy_file.as_deref(), Some("ours.toml".as_ref()));
        let text = toml::to_string(&PlanningConfig::default()).unwrap();
        assert!(text.starts_with("[limits]"), "{text}");
    }
}
