//! Landmarks of the pelvis.

use nalgebra::Point3;

use crate::organ::Side;

/// How a landmark is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LandmarkSource {
    /// Seen on the CT's bones.
    Ct,
    /// Taken from organs that were handed in.
    Imported,
    /// Reckoned from another landmark by an average distance.
    Derived,
}

/// A point of the skeleton that borders are measured from.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmark {
    /// LPS position in mm.
    pub at: Point3<f64>,
    /// How it is known.
    pub source: LandmarkSource,
    /// 0 to 1.
    pub confidence: f64,
    /// How it was found, for a reader.
    pub how: String,
}

/// Why a landmark is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Absent(pub String);

/// A landmark, or the reason why there is none.
pub type Sought = Result<Landmark, Absent>;

/// The landmarks that tell prostate bed, pelvis and the rest of the body apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// The sagittal plane of symmetry of the pelvis; its x counts.
    pub midline: Sought,
    /// Top of the left femoral head.
    pub femoral_head_top_left: Sought,
    /// Top of the right femoral head.
    pub femoral_head_top_right: Sought,
    /// Upper end of the pubic symphysis at its posterior edge.
    pub symphysis_top: Sought,
    /// Lower end of the pubic symphysis at its posterior edge.
    pub symphysis_bottom: Sought,
    /// The front of the lumbosacral disc: promontory, level L5/S1.
    pub promontory: Sought,
    /// Highest point of the iliac crests, about the level of L4.
    pub iliac_crest: Sought,
}

impl Landmarks {
    /// All absent for one reason.
    pub(crate) fn absent(reason: &str) -> Self {
        let absent = || Err(Absent(reason.to_owned()));
        Self {
            midline: absent(),
            femoral_head_top_left: absent(),
            femoral_head_top_right: absent(),
            symphysis_top: absent(),
            symphysis_bottom: absent(),
            promontory: absent(),
            iliac_crest: absent(),
        }
    }

    /// LPS x of the plane of symmetry, in mm.
    pub fn midline_x_mm(&self) -> Option<f64> {
        self.midline.as_ref().ok().map(|l| l.at.x)
    }

    /// LPS z of the top of the femoral heads, in mm: the mean of the sides that are known.
    pub fn femoral_head_top_z_mm(&self) -> Option<f64> {
        let both = [&self.femoral_head_top_left, &self.femoral_head_top_right];
        let known: Vec<f64> = both.into_iter().flatten().map(|l| l.at.z).collect();
        let n = known.len() as f64;
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / n)
    }

    /// The head on one side.
    pub fn femoral_head_top(&self, side: Side) -> &Sought {
        match side {
            Side::Left => &self.femoral_head_top_left,
            Side::Right => &self.femoral_head_top_right,
        }
    }

    /// Every landmark with its name.
    pub fn named(&self) -> [(&'static str, &Sought); 7] {
        [
            ("midline", &self.midline),
            ("left femoral head", &self.femoral_head_top_left),
            ("right femoral head", &self.femoral_head_top_right),
            ("top of the symphysis", &self.symphysis_top),
            ("bottom of the symphysis", &self.symphysis_bottom),
            ("promontory (L5/S1)", &self.promontory),
            ("iliac crest", &self.iliac_crest),
        ]
    }
}

/// A landmark that is seen on the CT.
pub(crate) fn seen(at: Point3<f64>, confidence: f64, how: String) -> Landmark {
    Landmark {
        at,
        source: LandmarkSource::Ct,
        confidence,
        how,
    }
}
