//! The organs at risk of a patient, from what was drawn and what was recognised.

use isoboost_anatomy::{Anatomy, Organ, OrganKind, OrganSource, Side};
use isoboost_volume::{Contour, Grid, Mask};
use nalgebra::Point3;

use super::limit::RiskOrgan;
use super::structure::Structure;

/// Of a whole femur this much counts as its head and neck, from the top down, mm.
const HEAD_AND_NECK_MM: f64 = 60.0;

/// An organ at risk.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganAtRisk {
    /// What it is.
    pub kind: RiskOrgan,
    /// Its name in reports, with its side.
    pub name: String,
    /// Drawn by other software or a person, or recognised on the images.
    pub source: OrganSource,
    /// Where it comes from, in a sentence.
    pub origin: String,
    /// 0 to 1.
    pub confidence: f64,
    /// Where it lies.
    pub structure: Structure,
    /// Whether its limits decide on dose levels: not those of a mere region.
    pub decides: bool,
    /// What a reader should know of it.
    pub notes: Vec<String>,
}

/// A region with contours that was handed in.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnRegion {
    /// Its name.
    pub name: String,
    /// Its contours.
    pub contours: Vec<Contour>,
}

/// The organs at risk that are known, in the order of [`RiskOrgan::ALL`].
///
/// Drawn contours come before masks that were handed in, and these before what was recognised on
/// the images. `ctvs` are cut out of the bladder for the limits that hold outside of them.
pub fn organs_at_risk(
    anatomy: &Anatomy,
    drawn: &[DrawnRegion],
    ctvs: &[&Mask],
    images: &Grid,
) -> Vec<OrganAtRisk> {
    let known = Known {
        anatomy,
        drawn,
        images,
    };
    let mut organs = Vec::new();
    let single = [
        (RiskOrgan::Rectum, &[OrganKind::Rectum] as &[OrganKind]),
        (RiskOrgan::Bladder, &[OrganKind::UrinaryBladder]),
        (RiskOrgan::Bowel, &[OrganKind::Bowel, OrganKind::SmallBowel]),
        (RiskOrgan::Sigmoid, &[OrganKind::Colon]),
        (RiskOrgan::PenileBulb, &[OrganKind::PenileBulb]),
    ];
    for (kind, names) in single {
        let mut found = known.organ(kind, kind.name(), names);
        if kind == RiskOrgan::Bowel && found.is_none() {
            found = known.bowel_region();
        }
        if kind == RiskOrgan::Bladder
            && let Some(bladder) = &found
        {
            organs.extend(known.without_ctv(bladder, ctvs));
        }
        organs.extend(found);
    }
    for side in [Side::Left, Side::Right] {
        let name = format!("{} {}", side.name(), RiskOrgan::FemoralHead.name());
        let kinds = [OrganKind::FemoralHead(side), OrganKind::Femur(side)];
        organs.extend(known.organ(RiskOrgan::FemoralHead, &name, &kinds));
    }
    organs.sort_by_key(|organ| organ.kind);
    organs
}

/// What is known of a patient.
struct Known<'a> {
    anatomy: &'a Anatomy,
    drawn: &'a [DrawnRegion],
    images: &'a Grid,
}

impl Known<'_> {
    /// The first of several kinds that is known.
    fn organ(&self, kind: RiskOrgan, name: &str, of: &[OrganKind]) -> Option<OrganAtRisk> {
        let drawn = of.iter().find_map(|one| {
            let named = |region: &&DrawnRegion| OrganKind::from_name(&region.name) == Some(*one);
            let region = self.drawn.iter().find(named)?;
            let structure = Structure::from_contours(&region.contours, self.images)?;
            let origin = format!("contours of `{}`", region.name);
            Some((*one, structure, OrganSource::Imported, origin, 1.0))
        });
        let of_source = |source: OrganSource| {
            of.iter().find_map(|one| {
                let organ = self.largest(*one, source)?;
                let structure = Structure::from_mask(&organ.mask, self.images)?;
                Some((
                    *one,
                    structure,
                    source,
                    organ.evidence.clone(),
                    organ.confidence,
                ))
            })
        };
        let (one, structure, source, origin, confidence) = drawn
            .or_else(|| of_source(OrganSource::Imported))
            .or_else(|| of_source(OrganSource::Recognised))?;
        let mut organ = OrganAtRisk {
            kind,
            name: name.to_owned(),
            source,
            origin,
            confidence,
            structure,
            decides: true,
            notes: Vec::new(),
        };
        if matches!(one, OrganKind::Femur(_)) {
            organ.keep_head_and_neck(self.images);
        }
        Some(organ)
    }

    fn largest(&self, kind: OrganKind, source: OrganSource) -> Option<&Organ> {
        let all = self.anatomy.organs_of(kind).filter(|o| o.source == source);
        all.max_by(|a, b| a.mask.volume_ml().total_cmp(&b.mask.volume_ml()))
    }

    /// The region in which bowel lies, where no bowel is drawn.
    fn bowel_region(&self) -> Option<OrganAtRisk> {
        let space = self.anatomy.spaces.bowel.as_ref().ok()?;
        Some(OrganAtRisk {
            kind: RiskOrgan::Bowel,
            name: RiskOrgan::Bowel.name().to_owned(),
            source: OrganSource::Recognised,
            origin: space.evidence.clone(),
            confidence: space.confidence,
            structure: Structure::from_mask(&space.mask, self.images)?,
            decides: false,
            notes: vec![
                "the region in which bowel lies, with the fat between, not the loops: its limits are \
                 told but decide on no dose level"
                    .to_owned(),
            ],
        })
    }

    /// The bladder outside of the CTVs and of a prostate bed that was handed in.
    fn without_ctv(&self, bladder: &OrganAtRisk, ctvs: &[&Mask]) -> Option<OrganAtRisk> {
        let is_ctv = |region: &&DrawnRegion| {
            region.name.to_ascii_uppercase().starts_with("CTV")
                || OrganKind::from_name(&region.name) == Some(OrganKind::ProstateBed)
        };
        let drawn: Vec<Mask> = self
            .drawn
            .iter()
            .filter(is_ctv)
            .filter_map(|region| self.filled(region))
            .collect();
        let bed = self.largest(OrganKind::ProstateBed, OrganSource::Imported);
        let cut: Vec<&Mask> = ctvs
            .iter()
            .copied()
            .chain(&drawn)
            .chain(bed.map(|organ| &organ.mask))
            .collect();
        let outside = |p: Point3<f64>| !cut.iter().any(|mask| mask.contains(p));
        let mut organ = OrganAtRisk {
            kind: RiskOrgan::BladderMinusCtv,
            name: RiskOrgan::BladderMinusCtv.name().to_owned(),
            structure: bladder.structure.only(outside)?,
            ..bladder.clone()
        };
        if drawn.is_empty() && bed.is_none() {
            organ.notes.push(
                "no CTV of the prostate bed was handed in; only the suggested CTVs were cut out"
                    .to_owned(),
            );
        }
        Some(organ)
    }

    fn filled(&self, region: &DrawnRegion) -> Option<Mask> {
        let points: Vec<Point3<f64>> = region
            .contours
            .iter()
            .flat_map(|c| c.points.iter().copied())
            .collect();
        let bounds = self.images.box_around(&points, 1.0)?;
        let mask = isoboost_volume::rasterise(&region.contours, &self.images.crop(bounds));
        (!mask.is_empty()).then_some(mask)
    }
}

impl OrganAtRisk {
    /// Leaves out the shaft of a whole femur.
    fn keep_head_and_neck(&mut self, images: &Grid) {
        let up = images.axes()[0] * images.axes()[0].z.signum();
        let height = |p: Point3<f64>| p.coords.dot(&up);
        let heights = self.structure.pieces().iter().map(|p| height(p.at));
        let top = heights.fold(f64::NEG_INFINITY, f64::max);
        let whole = self.structure.volume_ml();
        if let Some(head) = self.structure.only(|p| height(p) >= top - HEAD_AND_NECK_MM) {
            self.structure = head;
        }
        if self.structure.volume_ml() < whole {
            self.notes.push(format!(
                "the upper {HEAD_AND_NECK_MM} mm of the femur stand for its head and neck"
            ));
        }
    }
}
