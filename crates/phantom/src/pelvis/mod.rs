//! A man after prostatectomy from the third lumbar vertebra to mid-thigh, and further up when the
//! field asks for it.
//!
//! The model's frame has its origin midway between the centres of the femoral heads, x to the
//! left, y to posterior, z to the head, in millimetres. Sizes follow an adult of about 1.77 m:
//! femoral heads 172 mm apart and 48 mm wide, promontory 84 mm above them, iliac crests at the
//! fourth lumbar vertebra, aortic bifurcation at its middle.

pub(crate) mod body;
pub(crate) mod bones;
mod scenario;
pub(crate) mod spine;
pub(crate) mod torso;
pub(crate) mod vessels;
pub(crate) mod viscera;

use serde::{Deserialize, Serialize};

pub use scenario::{Expected, Intensification, Scenario};

use crate::lattice::Vec3;
use crate::scanner::{Tracer, Uptake};
use crate::scene::Scene;
use crate::shape::Shape;
use crate::{LesionSpec, PhantomError};

/// Field along z in the phantom's frame: mid-thigh to the top of L3.
pub(crate) const FIELD_MM: [f64; 2] = [-170.0, 205.0];

/// Middle of the body in the transverse plane.
pub(crate) const CENTER_XY_MM: [f64; 2] = [0.0, 0.0];

/// The patient's anatomy and lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PelvisSpec {
    /// Built-in set of lesions.
    pub scenario: Scenario,
    /// Further lesions.
    #[serde(rename = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub lesions: Vec<LesionSpec>,
    /// Volume of the urine in the bladder in mL, 40 to 400.
    pub bladder_ml: f64,
    /// Uptake of the urine, SUVbw; by default what is usual for the tracer.
    pub bladder_suv: Option<f64>,
    /// Whether urine stands in both ureters where they cross the iliac vessels.
    pub ureter_spots: bool,
}

impl Default for PelvisSpec {
    fn default() -> Self {
        Self {
            scenario: Scenario::Negative,
            lesions: Vec::new(),
            bladder_ml: 130.0,
            bladder_suv: None,
            ureter_spots: false,
        }
    }
}

impl From<Scenario> for PelvisSpec {
    fn from(scenario: Scenario) -> Self {
        Self {
            scenario,
            ..Self::default()
        }
    }
}

impl PelvisSpec {
    /// Reads a description in TOML: the fields of this struct in kebab case, lesions as
    /// `[[lesion]]` tables.
    ///
    /// # Errors
    /// When the text is not TOML, or has a field that is unknown or of the wrong type.
    pub fn from_toml(text: &str) -> Result<Self, PhantomError> {
        toml::from_str(text).map_err(|error| Box::new(error).into())
    }

    /// All lesions: those of the scenario, then the further ones.
    pub fn all_lesions(&self) -> Vec<LesionSpec> {
        let mut lesions = self.scenario.lesions();
        lesions.extend(self.lesions.iter().cloned());
        lesions
    }

    fn check(&self) -> Result<(), PhantomError> {
        if !(40.0..=400.0).contains(&self.bladder_ml) {
            return Err(PhantomError::Value {
                name: "bladder-ml",
                found: self.bladder_ml.to_string(),
                expected: "40 to 400 mL",
            });
        }
        match self.bladder_suv {
            Some(suv) if !(suv.is_finite() && suv >= 0.0) => Err(PhantomError::Value {
                name: "bladder-suv",
                found: suv.to_string(),
                expected: "a SUV of 0 or more",
            }),
            _ => Ok(()),
        }
    }
}

/// CT numbers of tissues in HU, without contrast medium.
pub(crate) mod hu {
    pub(crate) const FAT: f32 = -98.0;
    pub(crate) const MUSCLE: f32 = 54.0;
    pub(crate) const SKIN: f32 = 10.0;
    pub(crate) const SOFT: f32 = 38.0;
    pub(crate) const BLOOD: f32 = 43.0;
    pub(crate) const URINE: f32 = 8.0;
    pub(crate) const KIDNEY: f32 = 33.0;
    pub(crate) const BOWEL: f32 = 32.0;
    pub(crate) const STOOL: f32 = 15.0;
    pub(crate) const GAS: f32 = -920.0;
    pub(crate) const DISC: f32 = 78.0;
    pub(crate) const CANAL: f32 = 20.0;
    pub(crate) const TRABECULAR: f32 = 190.0;
    pub(crate) const DENSE_TRABECULAR: f32 = 290.0;
    pub(crate) const CORTICAL: f32 = 820.0;
    pub(crate) const SHAFT: f32 = 1250.0;
    pub(crate) const FATTY_MARROW: f32 = -30.0;
}

/// Adds both sides of a left-sided shape.
pub(crate) fn both(
    scene: &mut Scene,
    names: Option<[&'static str; 2]>,
    shape: &Shape,
    hu: f32,
    suv: f32,
) {
    for (n, side) in [shape.clone(), shape.mirrored()].into_iter().enumerate() {
        match names {
            Some(names) => scene.organ(names[n], side, hu, suv),
            None => scene.put(side, hu, suv),
        }
    }
}

/// Positions that a reader of images looks for, in the phantom's frame.
pub(crate) const LANDMARKS: [(&str, Vec3); 9] = [
    ("femoral_head_left", [bones::HEAD_MM[0], 0.0, 0.0]),
    ("femoral_head_right", [-bones::HEAD_MM[0], 0.0, 0.0]),
    (
        "femoral_head_top",
        [bones::HEAD_MM[0], 0.0, bones::HEAD_RADIUS_MM],
    ),
    ("symphysis_top", [0.0, -47.0, -5.0]),
    ("symphysis_bottom", [0.0, -37.0, -48.5]),
    ("promontory", spine::PROMONTORY_MM),
    ("aortic_bifurcation", vessels::BIFURCATION_MM),
    ("iliac_bifurcation_left", vessels::ILIAC_BIFURCATION_MM),
    ("bladder_neck", viscera::BLADDER_NECK_MM),
];

/// The patient without lesions.
pub(crate) fn scene(spec: &PelvisSpec, tracer: Tracer) -> Result<Scene, PhantomError> {
    spec.check()?;
    let mut uptake: Uptake = tracer.uptake();
    if let Some(suv) = spec.bladder_suv {
        uptake.urine = suv as f32;
    }
    let mut scene = Scene::default();
    body::add(&mut scene, &uptake, 0.0);
    torso::add_inside(&mut scene, &uptake);
    bones::add_muscles(&mut scene, &uptake);
    viscera::add_bowel(&mut scene, &uptake);
    torso::add_organs(&mut scene, &uptake, [Some(0.0); 2]);
    spine::add(&mut scene, &uptake);
    bones::add(&mut scene, &uptake);
    torso::add_bones(&mut scene, &uptake);
    vessels::add(&mut scene, &uptake);
    viscera::add_pelvic(&mut scene, spec, &uptake);
    Ok(scene)
}
