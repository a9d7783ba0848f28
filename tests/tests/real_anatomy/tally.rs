//! What was told right of the real man.

use isoboost_pipeline::Analysis;

use crate::truth::Truth;

#[derive(Default, Debug)]
pub(crate) struct Tally {
    pub(crate) lesions: usize,
    pub(crate) found: usize,
    pub(crate) region: usize,
    pub(crate) place: usize,
    pub(crate) false_lesions: usize,
    pub(crate) failures: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, round: usize, truths: &[Truth], found: &Analysis) {
        let lesions = &found.staging.lesions;
        for truth in truths {
            self.lesions += 1;
            let Some(lesion) = lesions.iter().find(|l| truth.is_told(l)) else {
                let excluded = found.staging.excluded.iter().find(|e| {
                    (e.focus.measures.max_at - truth.at).norm() <= truth.diameter / 2.0 + 5.0
                });
                let why = excluded.map_or_else(
                    || "nothing found".to_owned(),
                    |e| format!("excluded as {}: {}", e.reason.name(), e.evidence.join("; ")),
                );
                self.failures.push(format!(
                    "scan {round}: missed {}, {:.0} mm: {why}",
                    truth.place, truth.diameter
                ));
                continue;
            };
            self.found += 1;
            let region = lesion.region == truth.region();
            let place = lesion.site.starts_with(truth.place);
            self.region += usize::from(region);
            self.place += usize::from(region && place);
            if !(region && place) {
                let told = lesion.evidence.join("; ");
                self.failures.push(format!(
                    "scan {round}: {} told as {}: {told}",
                    truth.place, lesion.site
                ));
            }
        }
        for lesion in lesions
            .iter()
            .filter(|l| !truths.iter().any(|t| t.is_told(l)))
        {
            self.false_lesions += 1;
            let measures = &lesion.focus.measures;
            self.failures.push(format!(
                "scan {round}: false {}, SUVmax {:.1}, {:.1} mL: {}",
                lesion.site,
                measures.suv_max,
                measures.volume_ml,
                lesion.evidence.join("; ")
            ));
        }
    }
}
