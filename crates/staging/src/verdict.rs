//! What a focus is judged to be.

use isoboost_anatomy::Side;

use crate::region::{BedSite, ExclusionReason, Region, Station};

/// The M category of a distant lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Metastasis {
    /// M1a.
    Node,
    /// M1b.
    Bone,
    /// M1c.
    Organ,
}

/// What a focus is, with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    /// 0 to 1.
    pub(crate) confidence: f64,
    pub(crate) evidence: Vec<String>,
}

/// Physiological, or a lesion of a region.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Physiological(ExclusionReason),
    Lesion(Lesional),
}

/// Where a lesion is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lesional {
    pub(crate) region: Region,
    pub(crate) site: String,
    pub(crate) station: Option<Station>,
    pub(crate) bed_site: Option<BedSite>,
    pub(crate) side: Option<Side>,
    pub(crate) metastasis: Option<Metastasis>,
}

impl Verdict {
    pub(crate) fn physiological(
        reason: ExclusionReason,
        confidence: f64,
        evidence: Vec<String>,
    ) -> Self {
        Self {
            kind: Kind::Physiological(reason),
            confidence,
            evidence,
        }
    }

    pub(crate) fn lesion(
        region: Region,
        site: impl Into<String>,
        confidence: f64,
        evidence: Vec<String>,
    ) -> Self {
        Self {
            kind: Kind::Lesion(Lesional {
                region,
                site: site.into(),
                station: None,
                bed_site: None,
                side: None,
                metastasis: None,
            }),
            confidence,
            evidence,
        }
    }

    pub(crate) fn undetermined(site: impl Into<String>, why: impl Into<String>) -> Self {
        Self::lesion(Region::Undetermined, site, 0.3, vec![why.into()])
    }

    pub(crate) fn with_metastasis(mut self, metastasis: Metastasis) -> Self {
        if let Kind::Lesion(lesion) = &mut self.kind {
            lesion.metastasis = Some(metastasis);
        }
        self
    }

    pub(crate) fn with_bed_site(mut self, site: BedSite, side: Option<Side>) -> Self {
        if let Kind::Lesion(lesion) = &mut self.kind {
            lesion.bed_site = Some(site);
            lesion.side = side;
        }
        self
    }

    pub(crate) fn with_station(mut self, station: Option<Station>, side: Option<Side>) -> Self {
        if let Kind::Lesion(lesion) = &mut self.kind {
            lesion.station = station;
            lesion.side = side;
        }
        self
    }
}
