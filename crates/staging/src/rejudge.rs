//! Judging a focus again because a reader decided so: as disease whatever else may explain it, or as
//! what the reader says that it is.

use isoboost_anatomy::{Anatomy, Organ, Side};
use isoboost_lesion::Focus;

use crate::mitnm;
use crate::physiological::lesion_of_organ;
use crate::place::{Levels, top_of_lungs};
use crate::region::{ExclusionReason, Region, Station};
use crate::scan::Scan;
use crate::skeletal;
use crate::soft_tissue;
use crate::stage::{Patient, lesion};
use crate::staged::Lesion;
use crate::uptake::Uptake;
use crate::verdict::{Kind, Lesional, Metastasis, Verdict};
use crate::{StagingConfig, correlate};

/// What distant disease is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistantCategory {
    /// M1a.
    Node,
    /// M1b.
    Bone,
    /// M1c.
    Organ,
}

/// The class that a reader gives to a lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatedClass {
    /// Its region.
    pub region: Region,
    /// The group of nodes, where it is a node of a known one.
    pub station: Option<Station>,
    /// What distant disease is; of no meaning for other regions.
    pub category: DistantCategory,
}

/// Judges single foci of a patient again.
#[derive(Debug)]
pub struct Rejudge<'a> {
    anatomy: &'a Anatomy,
    scan: Scan<'a>,
    config: &'a StagingConfig,
    levels: Result<Levels, String>,
    lungs_top: Option<f64>,
}

impl<'a> Rejudge<'a> {
    /// With the same facts that [`crate::judge`] has.
    pub fn new(anatomy: &'a Anatomy, scan: Scan<'a>, config: &'a StagingConfig) -> Self {
        Self {
            anatomy,
            scan,
            config,
            levels: Levels::of(anatomy, config),
            lungs_top: top_of_lungs(anatomy),
        }
    }

    /// The focus as disease: placed by the rules of regions, as if no physiological explanation
    /// stood.
    pub fn as_lesion(&self, id: u32, focus: Focus) -> Lesion {
        let uptake = Uptake::of_focus(&focus, self.scan.suv);
        let patient = self.patient();
        let (in_bone, context) = patient.context(&uptake);
        let verdict = lesion_of_organ(&uptake, &context)
            .or(in_bone)
            .unwrap_or_else(|| patient.in_soft_tissue(&uptake, context.bone_share));
        let verdict = match verdict.kind {
            Kind::Lesion(_) => verdict,
            Kind::Physiological(_) => Verdict::undetermined(
                "not known",
                "the place is typical for physiological uptake alone",
            ),
        };
        let judged = patient.seen(&uptake, verdict, Vec::new(), &context);
        let Kind::Lesion(place) = judged.verdict.kind.clone() else {
            // Not reached: the verdict is one of a lesion.
            return self.as_stated(id, focus, UNDETERMINED);
        };
        lesion(id, focus, judged, &place)
    }

    /// The focus as disease of a class that a reader states. Site, side and what the CT shows follow
    /// from its place; there is no doubt about its class.
    pub fn as_stated(&self, id: u32, focus: Focus, class: StatedClass) -> Lesion {
        let uptake = Uptake::of_focus(&focus, self.scan.suv);
        let patient = self.patient();
        let (in_bone, context) = patient.context(&uptake);
        let place = self.stated_place(&uptake, class, in_bone.as_ref());
        let correlate = correlate::correlate(&uptake, &place, &context);
        Lesion {
            id,
            focus,
            region: place.region,
            mi_tnm: mitnm::of_lesion(&place).to_owned(),
            site: place.site,
            station: place.station.map(|s| s.name().to_owned()),
            side: place.side,
            bed_site: place.bed_site,
            alternatives: Vec::new(),
            suspicions: Vec::new(),
            correlate,
            psma_rads: None,
            psma_score: None,
            range: None,
            recovery: None,
            confidence: 1.0,
            evidence: Vec::new(),
        }
    }

    /// What distant disease is at the place of a focus: bone, an organ, or else a node.
    pub fn category_at(&self, focus: &Focus) -> DistantCategory {
        let uptake = Uptake::of_focus(focus, self.scan.suv);
        let (in_bone, _) = self.patient().context(&uptake);
        if in_bone.is_some() {
            DistantCategory::Bone
        } else if self.organ_at(&uptake).is_some() {
            DistantCategory::Organ
        } else {
            DistantCategory::Node
        }
    }

    fn patient(&self) -> Patient<'_> {
        Patient {
            anatomy: self.anatomy,
            scan: self.scan,
            config: self.config,
            levels: self.levels.as_ref(),
            lungs_top: self.lungs_top,
            uptakes: &[],
        }
    }

    fn stated_place(
        &self,
        uptake: &Uptake,
        class: StatedClass,
        in_bone: Option<&Verdict>,
    ) -> Lesional {
        let side = self.levels.as_ref().ok().map(|l| l.aside(uptake.center).0);
        let mut place = Lesional {
            region: class.region,
            site: String::new(),
            station: None,
            bed_site: None,
            side: None,
            metastasis: None,
        };
        match class.region {
            Region::ProstateBed => self.in_bed(uptake, &mut place),
            Region::PelvicNode => {
                place.station = class.station;
                place.side = side;
                place.site = node_site(class.station, side, "pelvic node");
            }
            Region::Distant => {
                place.metastasis = Some(match class.category {
                    DistantCategory::Node => Metastasis::Node,
                    DistantCategory::Bone => Metastasis::Bone,
                    DistantCategory::Organ => Metastasis::Organ,
                });
                place.side = side;
                place.site = match class.category {
                    DistantCategory::Node => {
                        place.station = class.station;
                        node_site(class.station, side, "distant node")
                    }
                    DistantCategory::Bone => self.bone_site(uptake, in_bone),
                    DistantCategory::Organ => self.organ_site(uptake),
                };
            }
            Region::Undetermined => "not known".clone_into(&mut place.site),
        }
        place
    }

    fn in_bed(&self, uptake: &Uptake, place: &mut Lesional) {
        let known = self
            .levels
            .as_ref()
            .ok()
            .map(|levels| soft_tissue::site_in_bed(uptake, self.anatomy, levels, self.config));
        if let Some((site, side, words)) = known {
            place.bed_site = Some(site);
            place.side = side;
            place.site = words;
        } else {
            "prostate bed".clone_into(&mut place.site);
        }
    }

    fn bone_site(&self, uptake: &Uptake, in_bone: Option<&Verdict>) -> String {
        match in_bone.map(|verdict| &verdict.kind) {
            Some(Kind::Lesion(bone)) => bone.site.clone(),
            _ => skeletal::site(uptake, self.anatomy, self.levels.as_ref().ok()),
        }
    }

    fn organ_site(&self, uptake: &Uptake) -> String {
        let here = self.organ_at(uptake);
        here.map_or_else(|| "organ".to_owned(), |organ| organ.kind.name())
    }

    /// The organ with uptake of its own at the maximum.
    fn organ_at(&self, uptake: &Uptake) -> Option<&Organ> {
        let mut organs = self.anatomy.organs.iter();
        organs.find(|organ| {
            ExclusionReason::for_organ(organ.kind).is_some() && organ.mask.contains(uptake.max_at)
        })
    }
}

const UNDETERMINED: StatedClass = StatedClass {
    region: Region::Undetermined,
    station: None,
    category: DistantCategory::Organ,
};

/// As `left external iliac node`, or `left` and the words where no station is stated.
fn node_site(station: Option<Station>, side: Option<Side>, words: &str) -> String {
    let side = side.map_or_else(String::new, |side| format!("{} ", side.name()));
    match station {
        Some(station) if station.is_central() => format!("{} node", station.words()),
        Some(station) => format!("{side}{} node", station.words()),
        None => format!("{side}{words}"),
    }
}
