//! Between which heights the pelvic nodal volume lies.

use isoboost_anatomy::{Landmark, Landmarks, Side, Sought};
use isoboost_staging::{Lesion, Staging};
use nalgebra::Point3;

use super::config::ElectiveConfig;
use crate::lesion_class::LesionClass;
use crate::policy::PelvisTop;

/// Heights are LPS z, mm.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    pub(super) top: f64,
    /// What the upper end is, for a reader.
    pub(super) top_words: String,
    /// The front of the lumbosacral disc.
    pub(super) promontory: Point3<f64>,
    /// Where the aorta divides; as high as the upper end where that is not known.
    pub(super) bifurcation: Option<Point3<f64>>,
    /// Tops of the femoral heads, left and right: the caudal end of the iliac vessels.
    heads: [f64; 2],
    /// The caudal end of the obturator region.
    pub(super) obturator_end: f64,
    /// The back of the symphysis at its top.
    pub(super) symphysis: Point3<f64>,
    /// The caudal end of the presacral strip, where it is known.
    pub(super) s3_end: Option<f64>,
    pub(super) midline: f64,
}

impl Levels {
    /// The levels by the policy's upper end.
    ///
    /// # Errors
    /// The landmark without which no end can be stated, and why it is not known.
    pub(super) fn of(
        landmarks: &Landmarks,
        asked: PelvisTop,
        staging: &Staging,
        config: &ElectiveConfig,
    ) -> Result<Self, String> {
        let midline = known("the midline", &landmarks.midline)?.at.x;
        let promontory = known("level L5/S1", &landmarks.promontory)?;
        let symphysis = known("the top of the symphysis", &landmarks.symphysis_top)?;
        let mean = landmarks
            .femoral_head_top_z_mm()
            .ok_or_else(|| "neither femoral head is seen".to_owned())?;
        let heads = [Side::Left, Side::Right].map(|side| {
            let own = landmarks.femoral_head_top(side).as_ref();
            own.map_or(mean, |head| head.at.z)
        });
        let bifurcation = &landmarks.aortic_bifurcation;
        let (top, top_words) = match asked {
            PelvisTop::L5S1 => (promontory.at.z, format!("level L5/S1 ({})", promontory.how)),
            PelvisTop::AorticBifurcation => {
                let at = known("the aortic bifurcation", bifurcation)?;
                (at.at.z, format!("the aortic bifurcation ({})", at.how))
            }
            PelvisTop::AboveHighestNode => above_highest(bifurcation, staging, config)?,
        };
        if top <= heads[0].max(heads[1]) {
            return Err(format!(
                "the upper end ({top_words}) lies below the femoral heads, so that a landmark must \
                 be wrong"
            ));
        }
        Ok(Self {
            top,
            top_words,
            promontory: promontory.at,
            bifurcation: bifurcation.as_ref().ok().map(|b| b.at),
            heads,
            obturator_end: symphysis.at.z + config.above_symphysis_mm,
            symphysis: symphysis.at,
            s3_end: landmarks.sacrum_s3_end.as_ref().ok().map(|l| l.at.z),
            midline,
        })
    }

    /// The top of a side's femoral head.
    pub(super) fn head(&self, side: Side) -> f64 {
        match side {
            Side::Left => self.heads[0],
            Side::Right => self.heads[1],
        }
    }
}

/// A number of mm above the highest avid node, at least the aortic bifurcation.
fn above_highest(
    bifurcation: &Sought,
    staging: &Staging,
    config: &ElectiveConfig,
) -> Result<(f64, String), String> {
    let highest = nodes(staging).map(|node| (top_of(node), node.id));
    let highest = highest.max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((z, id)) = highest else {
        return Err("no node is there to reach above".to_owned());
    };
    let above = z + config.above_node_mm;
    match bifurcation {
        Ok(at) if at.at.z > above => Ok((
            at.at.z,
            format!("the aortic bifurcation ({}), above every node", at.how),
        )),
        _ => Ok((
            above,
            format!(
                "{} mm above lesion {id}, the highest node",
                config.above_node_mm
            ),
        )),
    }
}

/// The avid nodes of pelvis and retroperitoneum.
pub(super) fn nodes(staging: &Staging) -> impl Iterator<Item = &Lesion> {
    staging.lesions.iter().filter(|lesion| {
        matches!(
            LesionClass::of(lesion),
            LesionClass::PelvicNode | LesionClass::CommonIliac | LesionClass::ParaAortic
        )
    })
}

/// The highest place of a lesion, mm.
fn top_of(lesion: &Lesion) -> f64 {
    let mask = &lesion.focus.mask;
    let heights = mask.voxels().map(|v| mask.grid().center_of(v).z);
    heights.fold(lesion.focus.measures.centroid.z, f64::max)
}

pub(super) fn known<'a>(name: &str, sought: &'a Sought) -> Result<&'a Landmark, String> {
    sought
        .as_ref()
        .map_err(|why| format!("{name} is not known: {why}"))
}
