//! A man from vertex to mid-thigh, of any usual size, with the variants that planners meet.
//!
//! The anatomy is that of the pelvis phantom, continued to the head, stretched to the patient's
//! height and covered with the fat that his weight asks for. What varies between patients is drawn
//! from the seed of the anatomy: the uptake of each organ, where urine stands in the ureters,
//! ganglia, uptake of bone for no reason.

mod arms;
mod head;
mod lesions;
mod random;
mod uptake;
mod variants;

use serde::{Deserialize, Serialize};

pub use lesions::TorsoLesion;

use crate::lattice::Vec3;
use crate::pelvis::{self, PelvisSpec, body, bones, spine, torso as chest, vessels, viscera};
use crate::scanner::{Tracer, Uptake};
use crate::scene::Scene;
use crate::{PhantomError, Side};

pub(crate) use lesions::place;
pub(crate) use variants::add_streaks;

/// Height of the reference man, cm.
const REFERENCE_CM: f64 = 177.0;
/// Weight of the reference man, kg.
const REFERENCE_KG: f64 = 81.5;

/// Where the arms lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arms {
    /// Beside the head.
    #[default]
    Up,
    /// Beside the trunk.
    Down,
}

/// Where urine goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Diversion {
    /// Into the bladder.
    #[default]
    None,
    /// Through a loop of ileum to the skin of the right abdomen; there is no bladder.
    IlealConduit,
    /// Into a bladder made of bowel.
    Neobladder,
}

/// What of the body is imaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TorsoField {
    /// Vertex to mid-thigh.
    #[default]
    WholeBody,
    /// Chest and upper abdomen: no pelvis.
    Thorax,
    /// From L3 down.
    Pelvis,
    /// The PET from vertex to mid-thigh, the CT from the shoulders down.
    ShortCt,
}

/// The patient: size, variants and lesions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct TorsoSpec {
    /// Height in cm, 150 to 205.
    pub height_cm: f64,
    /// Weight in kg, 50 to 140.
    pub weight_kg: f64,
    /// Where the arms lie.
    pub arms: Arms,
    /// Volume of the urine in the bladder in mL, 20 to 500.
    pub bladder_ml: f64,
    /// How much higher than usual the left and the right kidney lie in mm, -60 to 30.
    pub kidney_higher_mm: [f64; 2],
    /// The side whose kidney is missing.
    pub missing_kidney: Option<Side>,
    /// A transplanted kidney in the right iliac fossa.
    pub transplant_kidney: bool,
    /// Where urine goes.
    pub diversion: Diversion,
    /// Whether the prostate is still there.
    pub prostate: bool,
    /// The side of a hip prosthesis.
    pub hip_prosthesis: Option<Side>,
    /// What is imaged.
    pub field: TorsoField,
    /// Stretches of each ureter where urine stands, 0 to 4.
    pub ureter_spots: [u8; 2],
    /// Whether ganglia are avid.
    pub ganglia: bool,
    /// Ribs that take up the tracer for no reason, 0 to 4.
    pub unspecific_ribs: u8,
    /// Standard deviation of the logarithm of an organ's uptake between patients, 0 to 0.5.
    pub variation: f64,
    /// What is drawn at random of the anatomy comes from this.
    pub anatomy_seed: u64,
    /// The lesions.
    #[serde(rename = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub lesions: Vec<TorsoLesion>,
}

impl Default for TorsoSpec {
    fn default() -> Self {
        Self {
            height_cm: REFERENCE_CM,
            weight_kg: REFERENCE_KG,
            arms: Arms::Up,
            bladder_ml: 130.0,
            kidney_higher_mm: [0.0; 2],
            missing_kidney: None,
            transplant_kidney: false,
            diversion: Diversion::None,
            prostate: false,
            hip_prosthesis: None,
            field: TorsoField::WholeBody,
            ureter_spots: [0; 2],
            ganglia: false,
            unspecific_ribs: 0,
            variation: 0.0,
            anatomy_seed: 0,
            lesions: Vec::new(),
        }
    }
}

impl TorsoSpec {
    /// A patient drawn from a seed: size, tracer's habits, fillings, variants and 0 to 12 lesions.
    pub fn random(seed: u64) -> (Self, Tracer) {
        random::draw(seed)
    }

    /// Factors from the reference man to this one. Bones and organs grow with the height, in
    /// breadth less than in length.
    pub(crate) fn stretch(&self) -> Vec3 {
        let tall = self.height_cm / REFERENCE_CM;
        let broad = tall.powf(0.7);
        [broad, broad, tall]
    }

    /// Fat under the skin beyond the reference man's, mm: what his weight leaves over what his
    /// height explains, on a surface of about 1.3 m².
    fn extra_fat_mm(&self) -> f64 {
        let [x, y, z] = self.stretch();
        let lean = REFERENCE_KG * x * y * z;
        ((self.weight_kg - lean) * 0.75).clamp(-9.0, 34.0)
    }

    /// First and last height in the phantom's frame, of PET and CT.
    pub(crate) fn fields(&self) -> [[f64; 2]; 2] {
        let tall = self.stretch()[2];
        let (low, high) = match self.field {
            TorsoField::WholeBody | TorsoField::ShortCt => (-170.0, 862.0),
            TorsoField::Thorax => (318.0, 640.0),
            TorsoField::Pelvis => (-170.0, 205.0),
        };
        let ct_high = match self.field {
            TorsoField::ShortCt => 560.0,
            _ => high,
        };
        [[low * tall, high * tall], [low * tall, ct_high * tall]]
    }

    fn check(&self) -> Result<(), PhantomError> {
        let [left, right] = self.kidney_higher_mm;
        let ranges = [
            ("height-cm", self.height_cm, 150.0, 205.0, "150 to 205 cm"),
            ("weight-kg", self.weight_kg, 50.0, 140.0, "50 to 140 kg"),
            ("bladder-ml", self.bladder_ml, 20.0, 500.0, "20 to 500 mL"),
            ("kidney-higher-mm", left, -60.0, 30.0, "-60 to 30 mm"),
            ("kidney-higher-mm", right, -60.0, 30.0, "-60 to 30 mm"),
            ("variation", self.variation, 0.0, 0.5, "0 to 0.5"),
        ];
        for (name, found, low, high, expected) in ranges {
            if !(low..=high).contains(&found) {
                return Err(PhantomError::Value {
                    name,
                    found: found.to_string(),
                    expected,
                });
            }
        }
        let spots = self.ureter_spots.into_iter().max().unwrap_or(0);
        for (name, found) in [
            ("ureter-spots", spots),
            ("unspecific-ribs", self.unspecific_ribs),
        ] {
            if found > 4 {
                return Err(PhantomError::Value {
                    name,
                    found: found.to_string(),
                    expected: "0 to 4",
                });
            }
        }
        Ok(())
    }
}

/// The patient without lesions, in the phantom's frame.
pub(crate) fn scene(spec: &TorsoSpec, tracer: Tracer) -> Result<Scene, PhantomError> {
    spec.check()?;
    let uptake = uptake::of_patient(spec, tracer);
    let mut scene = Scene::default();
    let fat = spec.extra_fat_mm();
    arms::add(&mut scene, spec.arms, &uptake, fat);
    body::add(&mut scene, &uptake, fat);
    chest::add_inside(&mut scene, &uptake);
    head::add_fat(&mut scene, &uptake);
    bones::add_muscles(&mut scene, &uptake);
    viscera::add_bowel(&mut scene, &uptake);
    add_abdomen(&mut scene, spec, tracer, &uptake);
    spine::add(&mut scene, &uptake);
    bones::add(&mut scene, &uptake);
    chest::add_bones(&mut scene, &uptake);
    head::add(&mut scene, &uptake);
    arms::add_bones(&mut scene, spec.arms, &uptake);
    vessels::add(&mut scene, &uptake);
    add_pelvic(&mut scene, spec, &uptake);
    uptake::add_ureters(&mut scene, spec, &uptake);
    uptake::add_ganglia(&mut scene, spec);
    uptake::add_unspecific(&mut scene, spec, tracer);
    variants::add_prosthesis(&mut scene, spec);
    let factors = spec.stretch();
    for part in &mut scene.parts {
        part.shape = part.shape.clone().stretched(factors);
    }
    variants::add_couch(&mut scene, factors, fat);
    Ok(scene)
}

fn add_abdomen(scene: &mut Scene, spec: &TorsoSpec, tracer: Tracer, uptake: &Uptake) {
    let [left, right] = spec.kidney_higher_mm;
    let there = |side: Side, higher| (spec.missing_kidney != Some(side)).then_some(higher);
    let kidneys = [there(Side::Left, left), there(Side::Right, right)];
    chest::add_organs(scene, uptake, kidneys);
    variants::add_gallbladder(scene, tracer);
    if spec.transplant_kidney {
        variants::add_transplant(scene, uptake);
    }
}

fn add_pelvic(scene: &mut Scene, spec: &TorsoSpec, uptake: &Uptake) {
    viscera::rectum(scene, uptake);
    if spec.prostate {
        variants::add_prostate(scene, uptake);
    } else {
        viscera::bed(scene, uptake);
    }
    match spec.diversion {
        Diversion::None => {
            let pelvis = PelvisSpec {
                bladder_ml: spec.bladder_ml,
                ..PelvisSpec::default()
            };
            viscera::bladder(scene, &pelvis, uptake);
        }
        Diversion::IlealConduit => variants::add_conduit(scene, uptake),
        Diversion::Neobladder => variants::add_neobladder(scene, spec.bladder_ml, uptake),
    }
}

/// Positions that a reader of images looks for, in the phantom's frame.
pub(crate) fn landmarks(spec: &TorsoSpec) -> Vec<(&'static str, Vec3)> {
    const MORE: [(&str, Vec3); 13] = [
        ("symphysis_top_back", [0.0, -37.5, -5.0]),
        ("lumbosacral_disc_front", [0.0, 2.5, 89.0]),
        ("iliac_crest_left", [112.0, 8.0, 155.0]),
        ("sacroiliac_joint_left", [48.5, 66.0, 73.0]),
        ("sacroiliac_joint_top_left", [48.5, 66.0, 91.0]),
        ("ischial_tuberosity_left", [56.5, 23.0, -92.0]),
        // The centre of the head, and the bone above its cartilage.
        ("acetabulum_left", bones::HEAD_MM),
        (
            "acetabular_roof_left",
            [bones::HEAD_MM[0], 0.0, bones::SOCKET_INNER_MM],
        ),
        ("obturator_foramen_left", [36.0, -16.0, -36.0]),
        ("obturator_foramen_bottom_left", [42.0, 0.0, -63.0]),
        // Midway between the middles of the vertebrae on the front of the bone; below S1 the
        // rectum lies in it.
        ("sacrum_s1_s2", [0.0, 33.0, 61.0]),
        ("sacrum_s2_s3", [0.0, 67.0, 47.0]),
        ("sacrum_s3_end", [0.0, 72.0, 30.0]),
    ];
    let factors = spec.stretch();
    let all = pelvis::LANDMARKS.into_iter().chain(MORE);
    all.map(|(name, p)| (name, [0, 1, 2].map(|a| p[a] * factors[a])))
        .collect()
}
