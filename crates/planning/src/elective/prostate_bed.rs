//! The CTV of the prostate bed: one that was handed in, else by the borders of the RTOG consensus
//! (Michalski 2010, 10.1016/j.ijrobp.2009.02.006).

use isoboost_anatomy::{Anatomy, ImportedOrgan, LandmarkSource, Organ, OrganKind, OrganSource};
use isoboost_volume::{Grid, Mask};
use nalgebra::Point3;

use super::barred::{Barred, in_drawn_bone};
use super::canvas::Canvas;
use super::coverage::Gross;
use super::levels::known;
use super::profile::Profile;
use super::{Drawn, ElectiveInput};

/// A structure that is named as a bed but smaller is no CTV of it, mL.
const LEAST_ML: f64 = 20.0;
/// The anastomosis lies between so far below and above the top of the symphysis, mm.
const ANASTOMOSIS_MM: (f64, f64) = (30.0, 5.0);
/// Half width between the levator muscles at the lower end, at the top of the symphysis, and
/// between the fasciae above it, mm.
const HALF_WIDTH_MM: [f64; 3] = [17.0, 26.0, 30.0];
/// The section is an ellipse of this exponent: a box with round corners.
const EXPONENT: i32 = 4;
/// Edges of bladder and rectum are looked for within this of the midline, mm.
const BLADDER_ASIDE_MM: f64 = 20.0;
const RECTUM_ASIDE_MM: f64 = 15.0;
/// Least depth of a section, mm.
const LEAST_DEPTH_MM: f64 = 6.0;
const SLIVER_ML: f64 = 1.0;

/// Draws the bed.
///
/// # Errors
/// Why it cannot be drawn: what is missing.
pub(super) fn draw(
    reference: &Grid,
    input: &ElectiveInput<'_>,
    gross: &Gross<'_>,
) -> Result<Drawn, String> {
    if let Some(given) = handed_in(input.imported) {
        let mut drawn = taken(reference, given)?;
        let told = gross.outside(&drawn.growth.region.mask);
        drawn.notes.extend(told);
        return Ok(drawn);
    }
    let anatomy = input.anatomy()?;
    let bed = Bed::of(anatomy, input)?;
    let mut corners = bed.corners().to_vec();
    corners.extend(gross.corners());
    let canvas = Canvas::around(reference, &corners, 8.0)
        .ok_or_else(|| "the bed lies outside of the images".to_owned())?;
    let mut volume = canvas.empty();
    canvas.set(&mut volume, &bed.corners(), 0.0, |p| bed.holds(p));
    let nothing = canvas.empty();
    let barred = Barred::around_bed(&canvas, anatomy, input.ct);
    barred.cut(&mut volume, &nothing);
    let mut volume = canvas.without_slivers(&volume, &nothing, SLIVER_ML);
    let joined = gross.join(&canvas, &mut volume);
    let growth = canvas.region(volume, in_drawn_bone(anatomy));
    let growth = growth.ok_or_else(|| "nothing of it lies on the images".to_owned())?;
    let mut notes = bed.notes(input);
    notes.push(format!("cut by {}", barred.by.join(", ")));
    notes.extend(joined);
    Ok(Drawn {
        growth,
        approximate: bed.approximate,
        notes,
    })
}

/// The largest structure that is named as the CTV of a bed.
fn handed_in(imported: &[ImportedOrgan]) -> Option<&ImportedOrgan> {
    let named = imported.iter().filter(|organ| names_whole_bed(&organ.name));
    let large = named.filter(|organ| organ.mask.volume_ml() >= LEAST_ML);
    large.max_by(|a, b| a.mask.volume_ml().total_cmp(&b.mask.volume_ml()))
}

/// Whether a structure's name is that of the whole bed: `ProstateBed`, `CTV_ProstateBed`, `CTVp`.
/// A single digit at the end, as in `CTV_Bed_1`, counts boosts.
pub fn names_whole_bed(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let plain = plain.to_lowercase();
    let digits = plain.chars().rev().take_while(char::is_ascii_digit).count();
    let is_other = ["boost", "gtv", "ptv", "itv"]
        .iter()
        .any(|w| plain.contains(w));
    if is_other || digits == 1 {
        return false;
    }
    let stem = &plain[..plain.len() - digits];
    let is_ctv = stem.starts_with("ctv") && !stem.starts_with("ctvn");
    let is_bed = ["bed", "fossa", "loge"].iter().any(|w| stem.contains(w));
    (is_ctv && (is_bed || stem == "ctvp"))
        || OrganKind::from_name(name) == Some(OrganKind::ProstateBed)
}

fn taken(reference: &Grid, given: &ImportedOrgan) -> Result<Drawn, String> {
    let outside = || format!("the given `{}` lies outside of the images", given.name);
    let corners = given.mask.grid().corners();
    let canvas = Canvas::around(reference, &corners, 8.0).ok_or_else(outside)?;
    let mut volume = canvas.empty();
    canvas.paint(&mut volume, &given.mask);
    let growth = canvas.region(volume, |_| false).ok_or_else(outside)?;
    Ok(Drawn {
        growth,
        approximate: false,
        notes: vec![format!(
            "the prostate bed as handed in (`{}`), unchanged",
            given.name
        )],
    })
}

/// The borders of the bed.
struct Bed {
    midline: f64,
    /// The back of the symphysis at its top.
    symphysis: Point3<f64>,
    bottom: f64,
    top: f64,
    anastomosis: f64,
    /// The back of the bladder by height.
    bladder: Profile,
    /// The front of the rectum or of the mesorectum.
    rectum: Profile,
    bladder_mm: f64,
    approximate: bool,
    rectum_words: &'static str,
}

impl Bed {
    fn of(anatomy: &Anatomy, input: &ElectiveInput<'_>) -> Result<Self, String> {
        let config = input.config;
        let landmarks = &anatomy.landmarks;
        let midline = known("the midline", &landmarks.midline)?.at.x;
        let symphysis = known("the top of the symphysis", &landmarks.symphysis_top)?;
        let bladder = largest(anatomy, OrganKind::UrinaryBladder);
        let bladder = bladder.ok_or_else(|| "the bladder is not seen".to_owned())?;
        let at = symphysis.at;
        let lowest = lowest_z(&bladder.mask);
        let (below, above) = ANASTOMOSIS_MM;
        let anastomosis = lowest.clamp(at.z - below, at.z + above);
        let mut bottom = anastomosis - config.bed_below_bladder_mm;
        if let Some(bulb) = largest(anatomy, OrganKind::PenileBulb) {
            bottom = bottom.max(highest_z(&bulb.mask));
        }
        let top = at.z + config.bed_above_symphysis_mm;
        let range = [bottom, top];
        let back = Profile::of(&bladder.mask, midline, BLADDER_ASIDE_MM, range, f64::max);
        let drawn = largest(anatomy, OrganKind::Rectum);
        let front_of = |mask: &Mask| Profile::of(mask, midline, RECTUM_ASIDE_MM, range, f64::min);
        let (front, rectum_words) = if let Some(rectum) = drawn {
            (front_of(&rectum.mask), "the front of the rectum")
        } else {
            let space = anatomy.spaces.perirectal.as_ref();
            let space =
                space.map_err(|why| format!("neither rectum nor mesorectum is known: {why}"))?;
            let words = "the front of the mesorectum as recognised";
            (front_of(&space.mask), words)
        };
        let missing = |what: &str| format!("{what} does not reach between the ends of the bed");
        let is_given = |organ: &Organ| organ.source == OrganSource::Imported;
        Ok(Self {
            midline,
            symphysis: at,
            bottom,
            top,
            anastomosis,
            bladder: back.ok_or_else(|| missing("the bladder"))?,
            rectum: front.ok_or_else(|| missing("the rectum"))?,
            bladder_mm: config.bed_bladder_mm,
            approximate: !is_given(bladder)
                || !drawn.is_some_and(is_given)
                || symphysis.source != LandmarkSource::Imported,
            rectum_words,
        })
    }

    fn corners(&self) -> [Point3<f64>; 2] {
        let wide = HALF_WIDTH_MM[2];
        let front = self.symphysis.y.min(self.bladder.least() - self.bladder_mm);
        [
            Point3::new(self.midline - wide, front, self.bottom),
            Point3::new(self.midline + wide, self.rectum.most(), self.top),
        ]
    }

    /// Whether a place lies between the borders.
    fn holds(&self, p: Point3<f64>) -> bool {
        if p.z < self.bottom || p.z > self.top {
            return false;
        }
        let back = self.rectum.at(p.z);
        let front = if p.z <= self.symphysis.z {
            self.symphysis.y
        } else {
            self.bladder.at(p.z) - self.bladder_mm
        };
        let back = back.max(front + LEAST_DEPTH_MM);
        let (middle, deep) = (f64::midpoint(front, back), (back - front) / 2.0);
        let u = (p.x - self.midline) / self.half_width(p.z);
        let v = (p.y - middle) / deep;
        u.powi(EXPONENT) + v.powi(EXPONENT) <= 1.0
    }

    fn half_width(&self, z: f64) -> f64 {
        let [low, middle, high] = HALF_WIDTH_MM;
        let at = self.symphysis.z;
        if z <= at {
            let share = ((z - self.bottom) / (at - self.bottom).max(1e-9)).clamp(0.0, 1.0);
            low + share * (middle - low)
        } else {
            let share = ((z - at) / (self.top - at).max(1e-9)).clamp(0.0, 1.0);
            middle + share * (high - middle)
        }
    }

    fn notes(&self, input: &ElectiveInput<'_>) -> Vec<String> {
        let rule = if self.approximate {
            "approximate: the prostate bed after the RTOG consensus, from recognised anatomy"
        } else {
            "the prostate bed after the RTOG consensus, from bladder, rectum and hip bones given"
        };
        let mut notes = vec![
            format!(
                "{rule}; from {} mm above the top of the symphysis down to {} mm below the \
                 anastomosis",
                input.config.bed_above_symphysis_mm, input.config.bed_below_bladder_mm
            ),
            format!(
                "the anastomosis is taken at the lowest slice of the bladder, {:.0} mm below the \
                 top of the symphysis",
                self.symphysis.z - self.anastomosis
            ),
            format!(
                "between the back of the pubis (above it the back {} mm of the bladder) and {}; \
                 levator and obturator muscles are not known: half width {} to {} mm",
                self.bladder_mm, self.rectum_words, HALF_WIDTH_MM[0], HALF_WIDTH_MM[2]
            ),
        ];
        let prostate = input.anatomy.and_then(|a| largest(a, OrganKind::Prostate));
        if let Some(prostate) = prostate.filter(|p| p.source == OrganSource::Imported) {
            notes.push(format!(
                "a prostate of {:.0} mL is among the organs given: is this a bed?",
                prostate.mask.volume_ml()
            ));
        }
        notes
    }
}

fn largest(anatomy: &Anatomy, kind: OrganKind) -> Option<&Organ> {
    let organs = anatomy.organs_of(kind);
    organs.max_by(|a, b| a.mask.volume_ml().total_cmp(&b.mask.volume_ml()))
}

fn lowest_z(mask: &Mask) -> f64 {
    let heights = mask.voxels().map(|v| mask.grid().center_of(v).z);
    heights.fold(f64::INFINITY, f64::min)
}

fn highest_z(mask: &Mask) -> f64 {
    let heights = mask.voxels().map(|v| mask.grid().center_of(v).z);
    heights.fold(f64::NEG_INFINITY, f64::max)
}
