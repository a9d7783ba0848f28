//! A study with all that was found in it, kept open: the batch writes its results from it, and a
//! review lays a person's decisions over it.

use std::sync::Arc;

use isoboost_anatomy::{Anatomy, ImportedOrgan, References};
use isoboost_dicom::Series;
use isoboost_planning::dose::DrawnRegion;
use isoboost_planning::{ClinicalFacts, Patient, Recommendation, StatedTreatments};
use isoboost_report::Report;
use isoboost_staging::{Scan, Staging};
use isoboost_suv::Tracer;
use isoboost_volume::{Grid, Volume};
use nalgebra::Isometry3;

use crate::analysis::{Course, Examined, Outlines, examine};
use crate::config::Config;
use crate::events::Stage;
use crate::imported::{self, AnatomyConfig, Drawn, ImportedFrom};
use crate::planning_ct::{PlacedCt, PlanningImages, Site, SiteAnatomy};
use crate::review::{Decision, Replay, Reviewed, StudyRequest};
use crate::signed::Signing;
use crate::study::{Findings, StatedFacts, StudyError, StudyJob};
use crate::study_images::StudyImages;
use crate::treatment::Treatment;
use crate::{fingerprint, outputs, warnings};

/// A study that was analysed: its images, what is recognised on them, and what each focus is.
///
/// It owns everything and can be shared between threads.
#[derive(Debug)]
pub struct OpenStudy {
    images: Arc<StudyImages>,
    fingerprint: String,
    /// Organs drawn by other software, in the frame of the PET/CT.
    organs: Vec<ImportedOrgan>,
    /// Regions of a structure set that was handed in, with their contours.
    drawn: Vec<DrawnRegion>,
    planning: Option<(PlacedCt, SiteAnatomy)>,
    examined: Examined,
    suggestion: Staging,
    pub(crate) replay: Replay,
}

impl OpenStudy {
    /// Analyses a study again as the batch did.
    ///
    /// # Errors
    /// When its images, or files that its result depends on, are not what they were; when organs were
    /// drawn by a program and there is no leave to run it; and as the batch.
    pub fn analyse(request: &StudyRequest, images: Arc<StudyImages>) -> Result<Self, StudyError> {
        request.check_command(&images.setting().request.config)?;
        let open = Self::open(images, &mut |_| ())?;
        request.check_fingerprint(&open.fingerprint)?;
        Ok(open)
    }

    /// Analyses a study; `done` is told of each stage that is over.
    pub(crate) fn open(
        images: Arc<StudyImages>,
        done: &mut dyn FnMut(Stage),
    ) -> Result<Self, StudyError> {
        let job = images.job();
        let selection = images.selection()?;
        let stated = StatedFacts::of(&job)?;
        let fingerprint = fingerprint::of(&job, &selection, &stated);
        let (mut organs, told) = organs_of(&job, &images, selection.pet)?;
        let placed = match (job.planning_ct, images.target_ct()) {
            (Some(found), Some(ct)) => {
                let pet_ct = images.ct();
                Some(PlacedCt::of(found, ct, &selection, images.suv(), pet_ct)?)
            }
            _ => None,
        };
        if let Some(placed) = placed.as_ref().filter(|_| job.request.organs.is_none()) {
            organs.extend(placed.organs_for_pet());
        }
        let drawn = drawn_regions(&job)?;
        done(Stage::Load);
        let config = &job.request.config;
        let mut examined = examine(scan_of(&images), &organs, config, done)?;
        let suggestion = Course {
            scan: scan_of(&images),
            anatomy: &examined.anatomy,
            references: &examined.references,
            config,
        }
        .staging(
            examined.judgement.clone(),
            &examined.uptake,
            &Outlines::default(),
        );
        done(Stage::Staging);
        examined.anatomy.findings.extend(told);
        let planning = placed.zip(images.target_ct()).map(|(placed, ct)| {
            let site = SiteAnatomy::of(&placed, ct, images.suv(), &organs);
            (placed, site)
        });
        drop((stated, selection));
        Ok(Self {
            fingerprint,
            organs,
            drawn,
            planning,
            examined,
            suggestion,
            replay: Replay::default(),
            images,
        })
    }

    /// The images.
    pub fn images(&self) -> &Arc<StudyImages> {
        &self.images
    }

    /// What was recognised on PET and CT.
    pub fn anatomy(&self) -> &Anatomy {
        &self.examined.anatomy
    }

    /// Uptake of the reference organs.
    pub fn references(&self) -> &References {
        &self.examined.references
    }

    /// The staging that was suggested, without any decision.
    pub fn suggestion(&self) -> &Staging {
        &self.suggestion
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.images.setting().request.config
    }

    /// What the result depends on, as one number: equal fingerprints mean equal results.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// From LPS positions of the PET/CT to those of the planning CT that targets lie on; `None` where
    /// they lie on the PET/CT itself.
    pub fn planning_from_pet(&self) -> Option<Isometry3<f64>> {
        let (placed, _) = self.planning.as_ref()?;
        Some(placed.placement.planning_from_pet)
    }

    pub(crate) fn examined(&self) -> &Examined {
        &self.examined
    }

    /// What foci are judged and drawn with.
    pub(crate) fn course(&self) -> Course<'_> {
        Course {
            scan: scan_of(&self.images),
            anatomy: &self.examined.anatomy,
            references: &self.examined.references,
            config: self.config(),
        }
    }

    /// What the policy suggests for a staging.
    pub(crate) fn recommend(&self, staging: &Staging) -> Result<Recommendation, StudyError> {
        let job = self.images.job();
        let stated = StatedFacts::of(&job)?;
        let policy = &job.request.policy.policy;
        let tracer = self.images.tracer();
        let touching_mm = policy.limits.touching_mm;
        let patient = Patient {
            clinical: stated
                .row
                .map_or_else(ClinicalFacts::default, |row| row.facts.clone()),
            tracer: tracer.map(|tracer| tracer.name().to_owned()),
            liver_excreted: tracer.map(Tracer::is_liver_excreted),
            touching: isoboost_planning::touched_organs(staging, self.anatomy(), touching_mm),
        };
        Ok(isoboost_planning::recommend(staging, &patient, policy))
    }

    /// Draws what is recommended, and hands all that is known of the study to `then` with the grid
    /// that targets lie on.
    pub(crate) fn planned<R>(
        &self,
        staging: &Staging,
        recommendation: &Recommendation,
        reviewed: &Reviewing,
        then: impl FnOnce(&StudyJob<'_>, &Findings<'_>, &Grid) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        let job = self.images.job();
        let selection = self.images.selection()?;
        let planning = self.planning_images();
        let site = self.site(planning.as_ref(), staging);
        let treatment = Treatment::of(&job, &selection, &site, recommendation, &reviewed.stated)?;
        self.with_findings(
            staging,
            recommendation,
            &site,
            reviewed,
            &treatment,
            |findings| then(&job, findings, site.grid),
        )
    }

    /// The report of a staging without any volume.
    pub(crate) fn report_without_volumes(
        &self,
        staging: &Staging,
        recommendation: &Recommendation,
        reviewed: &Reviewing,
    ) -> Result<Report, StudyError> {
        let job = self.images.job();
        let planning = self.planning_images();
        let site = self.site(planning.as_ref(), staging);
        let nothing = Treatment::default();
        self.with_findings(
            staging,
            recommendation,
            &site,
            reviewed,
            &nothing,
            |findings| Ok(outputs::report_without_objects(&job, findings)),
        )
    }

    /// Hands all that is known of a study that was reviewed to `then`, as it is to be signed, with the
    /// grid that targets lie on. Nothing is drawn again.
    pub(crate) fn signed<R>(
        &self,
        reviewed: &Reviewed,
        signing: &Signing,
        then: impl FnOnce(&StudyJob<'_>, &Findings<'_>, &Grid) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        let job = self.images.job();
        let planning = self.planning_images();
        let site = self.site(planning.as_ref(), &reviewed.staging);
        let treatment = Treatment {
            targets: reviewed.targets.clone(),
            field: reviewed.field.clone(),
            isotoxic: reviewed.report.isotoxic.clone(),
            warnings: Vec::new(),
        };
        self.with_findings(
            &reviewed.staging,
            &reviewed.recommendation,
            &site,
            &Reviewing::default(),
            &treatment,
            |findings| {
                let signed = Findings {
                    // Those of the volumes and of the decisions among them.
                    warnings: reviewed.report.warnings.clone(),
                    signing: Some(signing),
                    ..*findings
                };
                then(&job, &signed, site.grid)
            },
        )
    }

    fn planning_images(&self) -> Option<PlanningImages<'_>> {
        let (placed, _) = self.planning.as_ref()?;
        Some(PlanningImages {
            found: self.images.setting().planning_ct.as_ref()?,
            ct: self.images.target_ct()?,
            placed,
        })
    }

    fn site<'a>(&'a self, planning: Option<&PlanningImages<'a>>, staging: &'a Staging) -> Site<'a> {
        if let (Some(planning), Some((_, anatomy))) = (planning, &self.planning) {
            return Site::on_planning_ct(*planning, anatomy, staging);
        }
        let (ct, grid) = (self.images.ct(), self.images.target_grid());
        let anatomy = &self.examined.anatomy;
        Site::on_pet_ct(staging, anatomy, ct, grid, &self.organs, &self.drawn)
    }

    fn with_findings<R>(
        &self,
        staging: &Staging,
        recommendation: &Recommendation,
        site: &Site<'_>,
        reviewed: &Reviewing,
        treatment: &Treatment,
        then: impl FnOnce(&Findings<'_>) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        let images = &self.images;
        let job = images.job();
        let selection = images.selection()?;
        let stated = StatedFacts::of(&job)?;
        let planning = self.planning_images();
        let mut warnings = warnings::of(&job, &selection, images.derivation(), &stated, staging);
        warnings.extend(treatment.warnings.iter().cloned());
        warnings.extend(warnings::of_review(&reviewed.sentences));
        then(&Findings {
            selection: &selection,
            suv: images.suv(),
            ct: images.ct(),
            planning: planning.as_ref(),
            planning_cautions: &site.cautions,
            target_ct: site.ct,
            derivation: images.derivation(),
            stated: &stated,
            anatomy: self.anatomy(),
            references: self.references(),
            staging,
            recommendation,
            targets: &treatment.targets,
            field: treatment.field.as_ref(),
            isotoxic: treatment.isotoxic.as_ref(),
            warnings,
            signing: None,
            fingerprint: &self.fingerprint,
            created: images.created(),
        })
    }
}

/// What a review adds to a plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reviewing {
    /// Margins and doses of single lesions.
    pub(crate) stated: StatedTreatments,
    /// The decisions.
    pub(crate) decisions: Vec<Decision>,
    /// The same, a sentence each.
    pub(crate) sentences: Vec<String>,
}

/// The scan that is searched; its blood pool is measured later.
fn scan_of(images: &StudyImages) -> Scan<'_> {
    Scan {
        suv: images.suv(),
        ct: images.ct(),
        liver_excreted: images.tracer().is_some_and(Tracer::is_liver_excreted),
        blood_pool: None,
    }
}

/// The organs that were handed in or that the configured program draws, and what is to be said of
/// where they come from.
fn organs_of(
    job: &StudyJob<'_>,
    images: &StudyImages,
    pet: &Series,
) -> Result<(Vec<ImportedOrgan>, Option<String>), StudyError> {
    let frame = pet.frame_of_reference.as_deref().unwrap_or_default();
    let grid = images.ct().map_or(images.suv().grid(), Volume::grid);
    match &job.request.organs {
        Some(organs) => Ok((organs.read(grid, frame)?, None)),
        None => drawn_by_command(&job.request.config.anatomy, images.ct(), frame),
    }
}

/// What the configured program draws on the CT, and what the report says of it.
fn drawn_by_command(
    config: &AnatomyConfig,
    ct: Option<&Volume<i16>>,
    frame_of_reference: &str,
) -> Result<(Vec<ImportedOrgan>, Option<String>), StudyError> {
    let Some(ct) = ct.filter(|_| !config.command.is_empty()) else {
        return Ok((Vec::new(), None));
    };
    match imported::draw(config, ct, frame_of_reference) {
        Ok(Drawn { organs, told }) => Ok((organs, Some(told))),
        Err(error) if config.command_required => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "organs are recognised instead");
            let told = format!("{error}; organs are recognised on CT and PET instead");
            Ok((Vec::new(), Some(told)))
        }
    }
}

/// The regions of a structure set that was handed in, with their contours.
fn drawn_regions(job: &StudyJob<'_>) -> Result<Vec<DrawnRegion>, StudyError> {
    match &job.request.organs {
        Some(ImportedFrom::StructureSet(path)) => Ok(imported::regions(path)?),
        _ => Ok(Vec::new()),
    }
}
