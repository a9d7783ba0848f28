//! Discs laid on slices: what lies inside of them, and what around.

/// Blood without and with contrast medium, HU. Calcified plaques of the wall are neither.
const PLAIN_HU: (i16, i16) = (12, 80);
const ENHANCED_HU: (i16, i16) = (95, 450);
/// Below this a voxel is fat, lung or gas for the most part, HU.
const FAT_HU: i16 = -20;
/// The ring around a disc that is looked at, mm beyond its radius: past what is averaged with it.
pub(super) const RING_MM: (f64, f64) = (2.0, 6.0);
/// What a share of wrong voxels inside weighs against the same share of a ring that is other.
const INSIDE_WEIGHT: f64 = 2.5;
/// Uptake is other than that of the disc when it differs by more than this share.
const OTHER_UPTAKE: f32 = 0.3;
/// Below this SUVbw nothing was counted: outside of the PET, or in a field without uptake.
const LEAST_SUV: f32 = 0.2;

/// What a voxel is to the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tissue {
    Plain,
    Enhanced,
    /// Bone, fat, lung, gas.
    Other,
    /// Averaged from blood and fat, or calcified.
    Mixed,
}

pub(super) fn tissue(hu: i16, bone: bool) -> Tissue {
    match hu {
        _ if bone => Tissue::Other,
        hu if hu <= FAT_HU => Tissue::Other,
        hu if hu >= PLAIN_HU.0 && hu <= PLAIN_HU.1 => Tissue::Plain,
        hu if hu >= ENHANCED_HU.0 && hu <= ENHANCED_HU.1 => Tissue::Enhanced,
        _ => Tissue::Mixed,
    }
}

/// Offsets of voxels inside a disc and in the ring around it.
pub(super) struct Disc {
    inside: Vec<[isize; 2]>,
    ring: Vec<[isize; 2]>,
}

impl Disc {
    pub(super) fn new(radius: f64, dj: f64, di: f64) -> Self {
        let reach = [dj, di].map(|d| ((radius + RING_MM.1) / d).ceil() as isize);
        let (mut inside, mut ring) = (Vec::new(), Vec::new());
        for j in -reach[0]..=reach[0] {
            for i in -reach[1]..=reach[1] {
                let r = (j as f64 * dj).hypot(i as f64 * di);
                // Voxels that the wall cuts are averaged with what lies around.
                if r <= radius - 0.25 * di {
                    inside.push([j, i]);
                } else if r >= radius + RING_MM.0 && r <= radius + RING_MM.1 {
                    ring.push([j, i]);
                }
            }
        }
        Self { inside, ring }
    }

    pub(super) fn at(&self, middle: usize, columns: usize) -> DiscAt<'_> {
        DiscAt {
            disc: self,
            middle,
            columns,
        }
    }
}

/// A disc on a slice.
pub(super) struct DiscAt<'a> {
    disc: &'a Disc,
    middle: usize,
    columns: usize,
}

impl DiscAt<'_> {
    /// The mean weight of the voxels of a slice at the offsets.
    fn mean<T: Copy>(&self, of: &[T], offsets: &[[isize; 2]], weight: impl Fn(T) -> f64) -> f64 {
        let columns = self.columns as isize;
        let values = offsets.iter().map(|[j, i]| {
            let at = self.middle.wrapping_add_signed(j * columns + i);
            weight(of[at])
        });
        values.sum::<f64>() / offsets.len().max(1) as f64
    }

    /// Blood inside, something else around.
    pub(super) fn of_blood(&self, tissue: &[Tissue], blood: Tissue) -> f64 {
        let inside = self.mean(tissue, &self.disc.inside, |t| match t {
            t if t == blood => 1.0,
            Tissue::Mixed => 0.6,
            _ => 0.0,
        });
        let around = self.mean(tissue, &self.disc.ring, |t| match t {
            t if t == blood => 0.0,
            Tissue::Mixed => 0.4,
            _ => 1.0,
        });
        around - INSIDE_WEIGHT * (1.0 - inside)
    }

    /// Even uptake inside, other around; 0 where PET has nothing to tell.
    pub(super) fn of_uptake(&self, suv: &[f32]) -> f64 {
        let mean = self.mean(suv, &self.disc.inside, f64::from) as f32;
        if mean < LEAST_SUV {
            return 0.0;
        }
        let other = |s: f32| f64::from(u8::from((s - mean).abs() > OTHER_UPTAKE * mean));
        self.mean(suv, &self.disc.ring, other) - self.mean(suv, &self.disc.inside, other)
    }
}
