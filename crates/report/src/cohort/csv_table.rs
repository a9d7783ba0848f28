//! `cohort.csv`.

use isoboost_planning::Intensification;

use super::{Cohort, CohortRow};

/// Columns before those of the kinds, and after.
const BEFORE: [&str; 14] = [
    "folder",
    "patient_id",
    "study_uid",
    "date",
    "psa_ng_ml",
    "pattern",
    "mi_tnm",
    "lesions",
    "bed",
    "pelvic_node",
    "distant",
    "undetermined",
    "psma_tv_ml",
    "out_of_scope",
];
const AFTER: [&str; 6] = [
    "intensification",
    "pelvis_top",
    "rules",
    "cautions",
    "policy",
    "policy_sha256",
];

impl Cohort {
    /// The table as CSV: a row for each study, and a column of `yes` or `no` for each kind of
    /// intensification. Several names in a cell are parted by blanks.
    ///
    /// # Errors
    /// Never for rows of equal length, which these are.
    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let kinds = Intensification::ALL.map(Intensification::name);
        writer.write_record(BEFORE.iter().chain(&kinds).chain(&AFTER))?;
        for row in &self.studies {
            writer.write_record(cells(row))?;
        }
        writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))
    }
}

fn cells(row: &CohortRow) -> Vec<String> {
    let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let mut cells = vec![
        row.folder.clone(),
        row.patient_id.clone().unwrap_or_default(),
        row.study_uid.clone(),
        row.date.clone().unwrap_or_default(),
        row.psa_ng_ml.map(|psa| psa.to_string()).unwrap_or_default(),
        row.pattern.clone(),
        row.mi_tnm.clone(),
        row.lesions.to_string(),
        row.bed.to_string(),
        row.pelvic_node.to_string(),
        row.distant.to_string(),
        row.undetermined.to_string(),
        row.psma_tv_ml.to_string(),
        yes_or_no(row.out_of_scope),
    ];
    let has = |kind: Intensification| row.intensification.iter().any(|k| k == kind.name());
    cells.extend(Intensification::ALL.map(|kind| yes_or_no(has(kind))));
    cells.extend([
        row.intensification.join(" "),
        row.pelvis_top.clone().unwrap_or_default(),
        row.rules.join(" "),
        row.cautions.join(" "),
        row.policy.clone(),
        row.policy_sha256.clone(),
    ]);
    cells
}
