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

/// A landmark that there is one of on each side.
#[derive(Debug, Clone, PartialEq)]
pub struct Paired {
    /// On the patient's left.
    pub left: Sought,
    /// On the patient's right.
    pub right: Sought,
}

impl Paired {
    pub(crate) fn absent(reason: &str) -> Self {
        Self {
            left: Err(Absent(reason.to_owned())),
            right: Err(Absent(reason.to_owned())),
        }
    }

    /// That of a side.
    pub fn of(&self, side: Side) -> &Sought {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    pub(crate) fn of_mut(&mut self, side: Side) -> &mut Sought {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }
}

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
    /// Front of the sacrum between its first and second vertebra.
    pub sacrum_s1_s2: Sought,
    /// Front of the sacrum between its second and third vertebra.
    pub sacrum_s2_s3: Sought,
    /// Front of the sacrum at the lower end of its third vertebra.
    pub sacrum_s3_end: Sought,
    /// Middle of the sacro-iliac joints.
    pub sacroiliac_joint: Paired,
    /// Upper end of the sacro-iliac joints.
    pub sacroiliac_joint_top: Paired,
    /// Centre of the acetabula, which is that of the femoral heads.
    pub acetabulum: Paired,
    /// Lowest bone of the acetabula above their centres.
    pub acetabular_roof: Paired,
    /// Lowest point of the ischial tuberosities.
    pub ischial_tuberosity: Paired,
    /// Centre of the obturator foramina.
    pub obturator_foramen: Paired,
    /// Lower edge of the obturator foramina, in the middle of the inferior ramus.
    pub obturator_foramen_bottom: Paired,
    /// Where the aorta divides into the common iliac arteries.
    pub aortic_bifurcation: Sought,
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
            sacrum_s1_s2: absent(),
            sacrum_s2_s3: absent(),
            sacrum_s3_end: absent(),
            sacroiliac_joint: Paired::absent(reason),
            sacroiliac_joint_top: Paired::absent(reason),
            acetabulum: Paired::absent(reason),
            acetabular_roof: Paired::absent(reason),
            ischial_tuberosity: Paired::absent(reason),
            obturator_foramen: Paired::absent(reason),
            obturator_foramen_bottom: Paired::absent(reason),
            aortic_bifurcation: absent(),
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

    /// Every landmark with its name: first those that borders are measured from.
    pub fn named(&self) -> Vec<(&'static str, &Sought)> {
        let mut all = Vec::from(self.borders());
        all.extend(self.details());
        all
    }

    /// The landmarks that borders are measured from.
    pub(crate) fn borders(&self) -> [(&'static str, &Sought); 7] {
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

    /// The others.
    pub(crate) fn details(&self) -> [(&'static str, &Sought); 18] {
        [
            ("level S1/S2", &self.sacrum_s1_s2),
            ("level S2/S3", &self.sacrum_s2_s3),
            ("lower end of S3", &self.sacrum_s3_end),
            ("left sacro-iliac joint", &self.sacroiliac_joint.left),
            ("right sacro-iliac joint", &self.sacroiliac_joint.right),
            (
                "top of the left sacro-iliac joint",
                &self.sacroiliac_joint_top.left,
            ),
            (
                "top of the right sacro-iliac joint",
                &self.sacroiliac_joint_top.right,
            ),
            ("left acetabulum", &self.acetabulum.left),
            ("right acetabulum", &self.acetabulum.right),
            ("left acetabular roof", &self.acetabular_roof.left),
            ("right acetabular roof", &self.acetabular_roof.right),
            ("left ischial tuberosity", &self.ischial_tuberosity.left),
            ("right ischial tuberosity", &self.ischial_tuberosity.right),
            ("left obturator foramen", &self.obturator_foramen.left),
            ("right obturator foramen", &self.obturator_foramen.right),
            (
                "lower edge of the left obturator foramen",
                &self.obturator_foramen_bottom.left,
            ),
            (
                "lower edge of the right obturator foramen",
                &self.obturator_foramen_bottom.right,
            ),
            ("aortic bifurcation", &self.aortic_bifurcation),
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
