//! From CT, PET and imported organs to the patient's anatomy.

use isoboost_volume::{Mask, Volume, resample_trilinear};
use nalgebra::Vector3;

use crate::course::{Course, courses};
use crate::landmarks::{Absent, Landmarks};
use crate::organ::{ImportedOrgan, Organ, OrganKind, Side};
use crate::scene::Scene;
use crate::skeleton::Skeleton;
use crate::space::{self, Spaces, Surroundings};
use crate::spine::{self, SpineAt};
use crate::{
    bladder, bones, details, hip, imported, kidneys, levels, overview, promontory, sacrum,
    symphysis, tissue, upper,
};

/// The spine is followed from this far below the promontory, or above the femoral heads, in mm.
const SACRUM_MM: f64 = 9.0;
/// … from here above the promontory, where L5 has a front of bone, in mm.
const INTO_L5_MM: f64 = 12.0;
const ABOVE_HEADS_MM: f64 = 60.0;

/// What is known of the patient's anatomy.
#[derive(Debug, Clone, PartialEq)]
pub struct Anatomy {
    /// Organs, imported ones first.
    pub organs: Vec<Organ>,
    /// Landmarks of the pelvis.
    pub landmarks: Landmarks,
    /// Where vessels and ureters run: drawn vessels, else reckoned from landmarks and kidneys.
    pub courses: Result<Vec<Course>, Absent>,
    /// The CT in HU on a grid of about 4 mm, upright.
    pub overview: Option<Volume<i16>>,
    /// Trunk, head and legs without arms and couch, on the grid of the overview.
    pub body: Option<Mask>,
    /// The skeleton with its marrow, on the grid of the overview.
    pub bone: Option<Mask>,
    /// Spaces between organs.
    pub spaces: Spaces,
    /// Vertebral bodies slice by slice from the promontory up; empty where no spine is seen.
    pub spine: Vec<SpineAt>,
    /// What a reader should know: what is missing and why.
    pub findings: Vec<String>,
}

impl Anatomy {
    /// The organs of a kind.
    pub fn organs_of(&self, kind: OrganKind) -> impl Iterator<Item = &Organ> {
        self.organs.iter().filter(move |organ| organ.kind == kind)
    }
}

/// Recognises bones, landmarks and physiologically hot organs.
///
/// `suv` is in g/mL, `ct` in HU; both lie in the same frame of reference on any grids. Imported
/// organs take the place of recognised ones of the same kind, and their bones that of the CT's
/// landmarks. Without a CT only what is imported is known.
pub fn recognise(
    ct: Option<&Volume<i16>>,
    suv: &Volume<f32>,
    imported: &[ImportedOrgan],
) -> Anatomy {
    let (mut organs, unknown) = imported::organs(imported);
    let mut findings = Vec::new();
    if !unknown.is_empty() {
        findings.push(format!(
            "{} imported structures are not used, their names are not known: {}",
            unknown.len(),
            unknown.join(", ")
        ));
    }
    let Some(ct) = ct else {
        let mut landmarks = Landmarks::absent("there is no CT");
        imported::take_landmarks(&organs, &mut landmarks);
        details::complete(&mut landmarks, &organs, None);
        findings.push("no CT: organs and bones are not recognised".to_owned());
        return Anatomy {
            courses: courses(&landmarks, &organs, &[]),
            organs,
            landmarks,
            overview: None,
            body: None,
            bone: None,
            spaces: Spaces::absent("there is no CT"),
            spine: Vec::new(),
            findings,
        };
    };
    let hu = overview(ct);
    let body = tissue::body(&hu);
    let (hu, body) = cut_to_body(hu, body);
    let mut bone = tissue::bone(&hu, &body);
    let mut landmarks = landmarks_of(&bone, &body);
    imported::take_landmarks(&organs, &mut landmarks);
    for (name, sought) in landmarks.borders() {
        if let Err(absent) = sought {
            findings.push(format!("{name}: {absent}"));
        }
    }
    sacrum::fill(&mut bone, &landmarks);
    let spine = spine_of(&bone, &landmarks);
    let uptake = resample_trilinear(suv, hu.grid(), 0.0);
    let scene = Scene {
        hu: &hu,
        suv: &uptake,
        body: &body,
        bone: &bone,
        landmarks: &landmarks,
        spine: &spine,
        pet_z: extent_z(suv),
    };
    add_hot_organs(&scene, &mut organs, &mut findings);
    let seen = details::Seen {
        hu: &hu,
        bone: &bone,
        spine: &spine,
    };
    details::complete(&mut landmarks, &organs, Some(&seen));
    let spaces = space::find(&Surroundings {
        hu: &hu,
        body: &body,
        bone: &bone,
        landmarks: &landmarks,
        spine: &spine,
        organs: &organs,
    });
    findings.extend(details::missing(&landmarks, &spaces));
    Anatomy {
        courses: courses(&landmarks, &organs, &spine),
        organs,
        landmarks,
        spaces,
        spine,
        overview: Some(hu),
        body: Some(body),
        bone: Some(bone),
        findings,
    }
}

/// The spine around the promontory, or above the hips where that is not known.
fn spine_of(bone: &Mask, landmarks: &Landmarks) -> Vec<SpineAt> {
    let Some(midline) = landmarks.midline_x_mm() else {
        return Vec::new();
    };
    let grid = bone.grid();
    let bottom = grid.center_of([0; 3]).z;
    let top = grid.center_of([grid.shape()[0] - 1, 0, 0]).z;
    if let Ok(promontory) = &landmarks.promontory {
        let low = promontory.at.z - SACRUM_MM;
        return spine::around(bone, promontory.at + Vector3::z() * INTO_L5_MM, [low, top]);
    }
    let low = landmarks.femoral_head_top_z_mm();
    let low = low.map_or(bottom, |z| z + ABOVE_HEADS_MM);
    spine::above(bone, midline, [low, top])
}

/// The view and the body in the box around the body: half of a CT is air and couch.
fn cut_to_body(hu: Volume<i16>, body: Mask) -> (Volume<i16>, Mask) {
    let shape = hu.grid().shape();
    let Some(bounds) = body.bounding_box().map(|b| b.grown([1; 3], shape)) else {
        return (hu, body);
    };
    (hu.crop(bounds), body.crop(bounds))
}

fn extent_z(suv: &Volume<f32>) -> (f64, f64) {
    let corners = suv.grid().corners();
    let z = corners.iter().map(|c| c.z);
    (
        z.clone().fold(f64::INFINITY, f64::min),
        z.fold(f64::NEG_INFINITY, f64::max),
    )
}

fn add_hot_organs(scene: &Scene<'_>, organs: &mut Vec<Organ>, findings: &mut Vec<String>) {
    let has = |organs: &[Organ], kind: OrganKind| organs.iter().any(|o| o.kind == kind);
    if !has(organs, OrganKind::UrinaryBladder) {
        match bladder::find(scene) {
            Ok(organ) => organs.push(organ),
            Err(reason) => findings.push(reason),
        }
    }
    let mut found = kidneys::find(scene);
    let lungs = upper::lungs(scene);
    // Below the lungs a field with kidneys shows liver and spleen; without either it may be a pelvis.
    let top = lungs.as_ref().map(|lungs| lungs.top);
    if let Some(top) = top.or((!found.is_empty()).then_some(f64::MAX)) {
        let more = upper::abdominal(scene, &found, top);
        found.extend(more);
    }
    if let Some(lungs) = &lungs {
        found.extend(upper::glands(scene, lungs));
        let midline = scene.landmarks.midline_x_mm();
        found.extend(midline.map_or_else(Vec::new, |x| lungs.organs(x)));
    }
    found.extend(levels::vertebrae(scene));
    found.extend(bones::named(
        scene.bone,
        scene.landmarks,
        scene.spine,
        lungs.as_ref(),
    ));
    found.retain(|organ| !has(organs, organ.kind));
    organs.extend(found);
}

/// The landmarks that the CT's bones show.
fn landmarks_of(bone: &Mask, body: &Mask) -> Landmarks {
    let bones = Skeleton::new(bone);
    let mut landmarks = Landmarks::absent("no bones are seen on the CT");
    let n = bones.z.len();
    let Some(rough) = bones.plane_of_symmetry(0..n) else {
        return landmarks;
    };
    let sides = [Side::Left, Side::Right];
    let tips = sides.map(|side| hip::trochanter(&bones, rough, side));
    let heights: Vec<f64> = tips.iter().flatten().map(|t| t.tip_z).collect();
    let hips = heights.iter().copied().reduce(f64::min);
    // The pelvis has its own plane of symmetry, whatever chest and arms do.
    let pelvis = hips.map_or(0..n, |z| bones.slices_between(z - 80.0, z + 150.0));
    let midline = bones.plane_of_symmetry(pelvis).unwrap_or(rough);
    let ends = symphysis::find(&bones, midline, &middles(body));
    let center = nalgebra::Point3::new(midline, 0.0, hips.unwrap_or(bones.z[n / 2]));
    landmarks.midline = Ok(crate::landmarks::seen(
        center,
        if hips.is_some() { 0.9 } else { 0.6 },
        "plane of symmetry of the bones".to_owned(),
    ));
    for (side, tip) in sides.into_iter().zip(tips) {
        let y = ends.top.as_ref().map_or(0.0, |top| top.at.y);
        let head = match (tip, &ends.top) {
            (Some(tip), _) => Ok(hip::head_top(tip, midline, side, y)),
            (None, Ok(top)) => Ok(hip::head_top_by_symphysis(top, midline, side)),
            (None, Err(_)) => Err(crate::Absent(
                "neither greater trochanter nor symphysis is seen".to_owned(),
            )),
        };
        match side {
            Side::Left => landmarks.femoral_head_top_left = head,
            Side::Right => landmarks.femoral_head_top_right = head,
        }
    }
    landmarks.symphysis_top = ends.top;
    landmarks.symphysis_bottom = ends.bottom;
    if let Some(heads) = landmarks.femoral_head_top_z_mm() {
        landmarks.promontory = promontory::find(&bones, midline, heads);
        landmarks.iliac_crest = hip::crest(&bones, midline, heads);
    } else {
        let absent = || Err(crate::Absent("the hips are not seen".to_owned()));
        landmarks.promontory = absent();
        landmarks.iliac_crest = absent();
    }
    landmarks
}

/// The middle of the body from front to back, slice by slice, in mm.
fn middles(body: &Mask) -> Vec<f64> {
    let [nk, nj, ni] = body.grid().shape();
    let row_has = |k: usize, j: usize| {
        let start = (k * nj + j) * ni;
        body.as_slice()[start..start + ni].contains(&true)
    };
    let y = |j: usize| body.grid().center_of([0, j, 0]).y;
    (0..nk)
        .map(|k| {
            let first = (0..nj).find(|j| row_has(k, *j)).unwrap_or(0);
            let last = (0..nj).rev().find(|j| row_has(k, *j)).unwrap_or(nj - 1);
            f64::midpoint(y(first), y(last))
        })
        .collect()
}
