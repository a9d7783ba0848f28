//! Spaces of the abdomen and pelvis that lie between organs: as fine as the question "does this
//! lie in it" needs.

mod bowel;
mod perirectal;
mod presacral;
mod psoas;

use isoboost_volume::{Mask, Volume};
use nalgebra::Vector3;

use crate::landmarks::{Absent, Landmarks};
use crate::organ::{Organ, Side};
use crate::sacral_levels::Front;
use crate::spine::SpineAt;

/// A space of the body, or the reason why it is not known.
pub type SoughtSpace = Result<Space, Absent>;

/// A space of the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// Its voxels, on the part of the overview's grid that holds them.
    pub mask: Mask,
    /// 0 to 1.
    pub confidence: f64,
    /// How it is bounded, in a sentence with numbers.
    pub evidence: String,
}

/// Spaces of the abdomen and pelvis; each usable by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Spaces {
    /// The left psoas from about L1 to the femoral head.
    pub psoas_left: SoughtSpace,
    /// The right psoas.
    pub psoas_right: SoughtSpace,
    /// Where bowel lies: inside the abdominal wall, before spine and psoas, without solid organs
    /// and bladder.
    pub bowel: SoughtSpace,
    /// The strip before S1 to S3, between the foramina.
    pub presacral: SoughtSpace,
    /// The rectum with its mesorectum, before sacrum and coccyx.
    pub perirectal: SoughtSpace,
}

impl Spaces {
    /// All absent for one reason.
    pub(crate) fn absent(reason: &str) -> Self {
        let absent = || Err(Absent(reason.to_owned()));
        Self {
            psoas_left: absent(),
            psoas_right: absent(),
            bowel: absent(),
            presacral: absent(),
            perirectal: absent(),
        }
    }

    /// The psoas of a side.
    pub fn psoas(&self, side: Side) -> &SoughtSpace {
        match side {
            Side::Left => &self.psoas_left,
            Side::Right => &self.psoas_right,
        }
    }

    /// Every space with its name.
    pub fn named(&self) -> [(&'static str, &SoughtSpace); 5] {
        [
            ("left psoas", &self.psoas_left),
            ("right psoas", &self.psoas_right),
            ("bowel region", &self.bowel),
            ("presacral space", &self.presacral),
            ("perirectal space", &self.perirectal),
        ]
    }
}

/// What spaces are bounded by.
pub(crate) struct Surroundings<'a> {
    pub(crate) hu: &'a Volume<i16>,
    pub(crate) body: &'a Mask,
    pub(crate) bone: &'a Mask,
    pub(crate) landmarks: &'a Landmarks,
    pub(crate) spine: &'a [SpineAt],
    pub(crate) organs: &'a [Organ],
}

impl Surroundings<'_> {
    /// The vertebral body nearest to a height.
    fn spine_at(&self, z: f64) -> Option<&SpineAt> {
        let off = |s: &&SpineAt| (s.z - z).abs();
        self.spine.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
    }
}

/// From the lowest tuberosity to the diaphragm: below and above the promontory, mm. What lies
/// beyond is no space.
const ZONE_MM: (f64, f64) = (240.0, 245.0);
const HALF_ZONE_MM: f64 = 300.0;

/// All spaces that the landmarks allow.
pub(crate) fn find(of: &Surroundings<'_>) -> Spaces {
    let promontory = match &of.landmarks.promontory {
        Ok(promontory) => promontory.at,
        Err(why) => return Spaces::absent(&format!("the promontory is not known: {why}")),
    };
    let (below, above) = ZONE_MM;
    let corners = [
        promontory - Vector3::new(HALF_ZONE_MM, HALF_ZONE_MM, below),
        promontory + Vector3::new(HALF_ZONE_MM, HALF_ZONE_MM, above),
    ];
    let Some(zone) = of.hu.grid().box_around(&corners, 0.0) else {
        return Spaces::absent("the abdomen lies outside of the field");
    };
    let (hu, body, bone) = (of.hu.crop(zone), of.body.crop(zone), of.bone.crop(zone));
    let of = &Surroundings {
        hu: &hu,
        body: &body,
        bone: &bone,
        ..*of
    };
    let front = Front::of(of.bone, of.landmarks);
    let psoas_left = psoas::find(of, Side::Left);
    let psoas_right = psoas::find(of, Side::Right);
    let muscles: Vec<&Mask> = [&psoas_left, &psoas_right]
        .into_iter()
        .flatten()
        .map(|space| &space.mask)
        .collect();
    let bowel = bowel::find(of, front.as_ref(), &muscles);
    let presacral = presacral::find(of, front.as_ref());
    let perirectal = perirectal::find(of, front.as_ref());
    Spaces {
        psoas_left,
        psoas_right,
        bowel,
        presacral,
        perirectal,
    }
}

/// The space of a mask on the whole overview, cut to its voxels.
fn space(mask: &Mask, confidence: f64, evidence: String) -> SoughtSpace {
    let bounds = mask
        .bounding_box()
        .ok_or_else(|| Absent("it lies outside of the field".to_owned()))?;
    Ok(Space {
        mask: mask.crop(bounds),
        confidence,
        evidence,
    })
}
