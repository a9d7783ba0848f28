//! The scanner and the patient: grids, blur, noise, tracer, dose and times.

use isoboost_volume::Grid;
use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};

use crate::PhantomError;
use crate::lattice::{Vec3, add, rotated, scaled};

/// Where the phantom's own origin lies in LPS: never zero, so that a forgotten origin shows.
pub(crate) const FRAME_LPS: Vec3 = [3.5, -148.2, -612.4];

/// What images look like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScannerModel {
    /// The PET voxels.
    pub pet: GridSpec,
    /// The CT voxels.
    pub ct: GridSpec,
    /// Full width at half maximum of the point spread, in mm; 0 for none.
    pub psf_fwhm_mm: f64,
    /// Coefficient of variation of a voxel where the SUV is 1; it falls with √SUV. 0 for none.
    pub noise: f64,
    /// Correlation of the noise: FWHM in mm of the Gaussian that white noise was filtered with.
    pub noise_fwhm_mm: f64,
    /// Standard deviation of the CT noise in HU; 0 for none.
    pub ct_noise_hu: f64,
}

/// A stack of square slices over the phantom's field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct GridSpec {
    /// Rows and columns.
    pub matrix: usize,
    /// Side of a pixel in mm.
    pub pixel_mm: f64,
    /// Distance of slices, and their thickness, in mm.
    pub slice_mm: f64,
    /// Number of slices; by default as many as cover the phantom's field.
    pub slices: Option<usize>,
    /// Turns the slices about the patient's x, y and z axis (in this order), in degrees.
    pub rotation_deg: [f64; 3],
    /// Moves the centre of the stack, LPS in mm.
    pub offset_mm: [f64; 3],
}

impl Default for GridSpec {
    fn default() -> Self {
        Self::square(200, 4.072_83, 3.0)
    }
}

impl GridSpec {
    /// Upright slices of `matrix`² pixels over the whole field.
    pub fn square(matrix: usize, pixel_mm: f64, slice_mm: f64) -> Self {
        Self {
            matrix,
            pixel_mm,
            slice_mm,
            slices: None,
            rotation_deg: [0.0; 3],
            offset_mm: [0.0; 3],
        }
    }

    /// The grid over a field from `low_mm` to `high_mm` (z in the phantom's frame) around
    /// `center_xy_mm`.
    pub(crate) fn grid(
        &self,
        name: &'static str,
        [low_mm, high_mm]: [f64; 2],
        center_xy_mm: [f64; 2],
    ) -> Result<Grid, PhantomError> {
        let invalid = |source| PhantomError::Grid { name, source };
        let fitting = ((high_mm - low_mm) / self.slice_mm).round().max(1.0) as usize;
        let count = self.slices.unwrap_or(fitting);
        let [x, y] = center_xy_mm;
        // A stack that is longer than the field grows towards the head.
        let length = count as f64 * self.slice_mm;
        let center = add(
            add(FRAME_LPS, [x, y, low_mm + length / 2.0]),
            self.offset_mm,
        );
        let axes = [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
            .map(|a| rotated(a, self.rotation_deg));
        let shape = [count, self.matrix, self.matrix];
        let spacing = [self.slice_mm, self.pixel_mm, self.pixel_mm];
        let mut origin = center;
        for a in 0..3 {
            let half = (shape[a] as f64 - 1.0) / 2.0 * spacing[a];
            origin = add(origin, scaled(axes[a], -half));
        }
        Grid::new(
            shape,
            spacing,
            Point3::from(origin),
            axes.map(Vector3::from),
        )
        .map_err(invalid)
    }
}

impl Default for ScannerModel {
    fn default() -> Self {
        Self {
            pet: GridSpec::default(),
            ct: GridSpec::square(512, 0.976_562_5, 3.0),
            psf_fwhm_mm: 5.5,
            noise: 0.15,
            noise_fwhm_mm: 5.0,
            ct_noise_hu: 9.0,
        }
    }
}

impl ScannerModel {
    /// A coarser scanner for tests and fixtures: PET 112² of 4.5 mm, CT 256² of 1.953 mm, slices
    /// of 4 mm.
    pub fn small() -> Self {
        Self {
            pet: GridSpec::square(112, 4.5, 4.0),
            ct: GridSpec::square(256, 1.953_125, 4.0),
            ..Self::default()
        }
    }

    /// The smallest study that still shows the anatomy, for fixtures: PET 88² of 4.5 mm, CT 128² of
    /// 3.2 mm, slices of 4 mm, less than 5 MB for the pelvis.
    pub fn fixture() -> Self {
        Self {
            pet: GridSpec::square(88, 4.5, 4.0),
            ct: GridSpec::square(128, 3.2, 4.0),
            ..Self::default()
        }
    }

    /// Skull base to mid-thigh as a clinic stores it: PET 200² × 320, CT 512² × 320, slices of
    /// 3 mm.
    pub fn whole_body() -> Self {
        let mut model = Self::default();
        model.pet.slices = Some(320);
        model.ct.slices = Some(320);
        model
    }

    /// Vertex to mid-thigh, coarse: PET 160² of 4 mm and slices of 4 mm, CT 280² of 1.785 mm and
    /// slices of 3 mm.
    pub fn torso_small() -> Self {
        Self {
            pet: GridSpec::square(160, 4.0, 4.0),
            ct: GridSpec::square(280, 1.785, 3.0),
            ..Self::default()
        }
    }

    /// The same scanner with PET and CT slices turned about all three axes.
    #[must_use]
    pub fn oblique(mut self) -> Self {
        let turn = [8.0, -5.0, 11.0];
        self.pet.rotation_deg = turn;
        self.ct.rotation_deg = turn;
        self
    }

    /// The same scanner without noise in PET and CT.
    #[must_use]
    pub fn without_noise(self) -> Self {
        Self {
            noise: 0.0,
            ct_noise_hu: 0.0,
            ..self
        }
    }
}

/// The radiopharmaceutical: its nuclide and where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tracer {
    /// 68Ga-PSMA-11 (gozetotide).
    #[default]
    Ga68Psma11,
    /// 18F-DCFPyL (piflufolastat).
    F18Dcfpyl,
    /// 18F-PSMA-1007: hardly any urinary excretion, hot liver.
    F18Psma1007,
}

impl Tracer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ga68Psma11, Self::F18Dcfpyl, Self::F18Psma1007];

    /// Its name in descriptions, as `ga68-psma11`.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Ga68Psma11 => "ga68-psma11",
            Self::F18Dcfpyl => "f18-dcfpyl",
            Self::F18Psma1007 => "f18-psma1007",
        }
    }

    /// Half-life in seconds: 67.71 min for Ga-68, 109.77 min for F-18.
    pub fn half_life_s(self) -> f64 {
        match self {
            Self::Ga68Psma11 => 4062.6,
            Self::F18Dcfpyl | Self::F18Psma1007 => 6586.2,
        }
    }

    /// Name as a technologist enters it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ga68Psma11 => "Ga-68 PSMA-11",
            Self::F18Dcfpyl => "F-18 DCFPyL",
            Self::F18Psma1007 => "F-18 PSMA-1007",
        }
    }

    /// Mean uptake of normal organs as SUVbw, rounded from what is published for 60 to 120 min
    /// (`DCFPyL`: Li et al., J Nucl Med 2017; PSMA-11 and PSMA-1007 in the same range with the
    /// known differences in liver and urine).
    pub(crate) fn uptake(self) -> Uptake {
        let common = Uptake {
            kidney: 38.0,
            urine: 30.0,
            ureter_spot: 12.0,
            parotid: 11.0,
            submandibular: 12.0,
            liver: 4.5,
            spleen: 7.0,
            jejunum: 4.0,
            bowel: 1.8,
            blood: 1.6,
            marrow: 0.8,
            muscle: 0.6,
            fat: 0.3,
            lung: 0.4,
        };
        match self {
            Self::Ga68Psma11 => common,
            Self::F18Dcfpyl => Uptake {
                kidney: 20.0,
                parotid: 9.0,
                submandibular: 9.5,
                liver: 5.0,
                spleen: 4.0,
                marrow: 0.7,
                ..common
            },
            Self::F18Psma1007 => Uptake {
                kidney: 17.0,
                urine: 4.0,
                ureter_spot: 2.5,
                parotid: 16.0,
                submandibular: 17.0,
                liver: 11.0,
                spleen: 10.0,
                blood: 2.2,
                marrow: 1.1,
                muscle: 0.7,
                ..common
            },
        }
    }
}

/// SUVbw of normal tissue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uptake {
    pub(crate) kidney: f32,
    pub(crate) urine: f32,
    pub(crate) ureter_spot: f32,
    pub(crate) parotid: f32,
    pub(crate) submandibular: f32,
    pub(crate) liver: f32,
    pub(crate) spleen: f32,
    pub(crate) jejunum: f32,
    pub(crate) bowel: f32,
    pub(crate) blood: f32,
    pub(crate) marrow: f32,
    pub(crate) muscle: f32,
    pub(crate) fat: f32,
    pub(crate) lung: f32,
}

/// The patient and the injection, as the header tells them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Injection {
    /// The radiopharmaceutical.
    pub tracer: Tracer,
    /// Activity at the time of injection, in megabecquerel.
    pub dose_mbq: f64,
    /// From injection to the start of the scan, in minutes.
    pub uptake_min: f64,
    /// Body weight in kg.
    pub weight_kg: f64,
    /// Body height in m.
    pub height_m: f64,
    /// Date of the study, `YYYYMMDD`.
    pub date: String,
    /// Local time of the injection, `HHMMSS`; a scan may pass midnight.
    pub time: String,
    /// Duration of a bed position in seconds.
    pub bed_s: f64,
}

impl Default for Injection {
    fn default() -> Self {
        Self {
            tracer: Tracer::default(),
            dose_mbq: 154.25,
            uptake_min: 62.5,
            weight_kg: 81.5,
            height_m: 1.77,
            date: "20240312".into(),
            time: "093027".into(),
            bed_s: 180.0,
        }
    }
}
