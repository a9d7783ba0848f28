//! Rays from the source through the CT.

use isoboost_planning::field::Beam;
use isoboost_volume::{Mask, Volume};
use nalgebra::Point3;
use rayon::prelude::*;

/// Samples lie at most this far apart on a ray, mm: about a CT pixel.
const STEP_MM: f64 = 1.0;

/// How CT numbers weaken the rays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attenuation {
    /// Weight of matter as dense as water, which is that of 0 HU; air has none.
    pub soft: f64,
    /// Additional weight for every 1000 HU above [`bone_from_hu`](Self::bone_from_hu).
    pub bone: f64,
    /// Denser than this is bone, HU.
    pub bone_from_hu: f64,
}

impl Attenuation {
    /// As a radiograph of some megavolts has it: each voxel by its density, bone as all else. The
    /// value of a ray is its water-equivalent length in mm.
    pub const WATER: Self = Self {
        soft: 1.0,
        bone: 0.0,
        bone_from_hu: 0.0,
    };
    /// For seeing bones: as a radiograph of some kilovolts, and more so.
    pub const BONES: Self = Self {
        soft: 0.25,
        bone: 2.5,
        bone_from_hu: 130.0,
    };

    fn of(self, hu: f32) -> f32 {
        let density = (1.0 + hu / 1000.0).max(0.0);
        let bone = ((hu - self.bone_from_hu as f32) / 1000.0).max(0.0);
        self.soft as f32 * density + self.bone as f32 * bone
    }
}

/// A raster in the plane through the isocentre across a beam, as it is seen from the source: rows
/// run downwards, against Y, and columns along X.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detector {
    /// X of the centre of the first column, mm.
    pub first_x: f64,
    /// Y of the centre of the first row, which is the highest, mm.
    pub first_y: f64,
    /// Distance of neighbouring centres, mm.
    pub pixel_mm: f64,
    /// Number of columns.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
}

impl Detector {
    /// The raster that holds the aperture of a beam with `room_mm` around it.
    pub fn around(beam: &Beam, room_mm: f64, pixel_mm: f64) -> Self {
        let open = beam.aperture;
        let count = |low: f64, high: f64| ((high - low + 2.0 * room_mm) / pixel_mm) as usize + 1;
        Self {
            first_x: open.x1 - room_mm,
            first_y: open.y2 + room_mm,
            pixel_mm,
            columns: count(open.x1, open.x2),
            rows: count(open.y1, open.y2),
        }
    }

    /// The place of a pixel, which may lie between pixels, in the plane: `[x, y]` in mm.
    pub fn place_of(&self, row: f64, column: f64) -> [f64; 2] {
        [
            self.first_x + column * self.pixel_mm,
            self.first_y - row * self.pixel_mm,
        ]
    }

    /// Row and column of a place in the plane, whole numbers at the centres of pixels.
    pub fn pixel_of(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            (self.first_y - y) / self.pixel_mm,
            (x - self.first_x) / self.pixel_mm,
        ]
    }
}

/// The radiograph of a CT in HU by a beam, row after row: the sum of [`Attenuation`] along each ray
/// times the length of the ray in mm.
///
/// CT numbers are interpolated trilinearly on the CT's own grid, whatever its axes.
pub fn project_drr(
    ct: &Volume<i16>,
    beam: &Beam,
    detector: &Detector,
    attenuation: Attenuation,
) -> Vec<f32> {
    let mut picture = vec![0.0_f32; detector.rows * detector.columns];
    if detector.columns == 0 || ct.grid().shape().iter().any(|n| *n < 2) {
        return picture;
    }
    let rays = Rays::new(ct, beam, attenuation);
    picture
        .par_chunks_mut(detector.columns)
        .enumerate()
        .for_each(|(row, values)| {
            for (column, value) in values.iter_mut().enumerate() {
                let place = detector.place_of(row as f64, column as f64);
                *value = rays.through(beam.point_at(place));
            }
        });
    picture
}

struct Rays<'a> {
    ct: &'a Volume<i16>,
    source: Point3<f64>,
    /// The source in the CT's index.
    from: [f64; 3],
    attenuation: Attenuation,
}

impl<'a> Rays<'a> {
    fn new(ct: &'a Volume<i16>, beam: &Beam, attenuation: Attenuation) -> Self {
        let source = beam.source();
        Self {
            ct,
            source,
            from: ct.grid().index_from_lps(source),
            attenuation,
        }
    }

    /// The sum along the ray from the source through a point and beyond.
    fn through(&self, point: Point3<f64>) -> f32 {
        let to = self.ct.grid().index_from_lps(point);
        let way = [0, 1, 2].map(|a| to[a] - self.from[a]);
        let Some((enter, leave)) = self.inside(way) else {
            return 0.0;
        };
        let length = (leave - enter) * (point - self.source).norm();
        let samples = (length / STEP_MM).ceil().max(1.0);
        let step = (leave - enter) / samples;
        // In 32 bits: an index of a few hundred is exact to a ten thousandth of a voxel.
        let mut at = [0, 1, 2].map(|a| (self.from[a] + way[a] * (enter + step / 2.0)) as f32);
        let by = way.map(|w| (w * step) as f32);
        let mut sum = 0.0;
        for _ in 0..samples as u32 {
            sum += self.attenuation.of(self.sample(at));
            for a in 0..3 {
                at[a] += by[a];
            }
        }
        sum * (length / samples) as f32
    }

    /// Where along its way the ray enters and leaves the lattice of voxel centres, as shares of
    /// the way from the source to the point.
    fn inside(&self, way: [f64; 3]) -> Option<(f64, f64)> {
        let (mut enter, mut leave) = (0.0_f64, f64::INFINITY);
        for (a, n) in self.ct.grid().shape().into_iter().enumerate() {
            let last = (n - 1) as f64;
            if way[a].abs() < 1e-12 {
                if !(0.0..=last).contains(&self.from[a]) {
                    return None;
                }
                continue;
            }
            let ends = [0.0, last].map(|end| (end - self.from[a]) / way[a]);
            enter = enter.max(ends[0].min(ends[1]));
            leave = leave.min(ends[0].max(ends[1]));
        }
        (enter < leave).then_some((enter, leave))
    }

    /// HU at a continuous index inside the lattice.
    fn sample(&self, at: [f32; 3]) -> f32 {
        let [nk, nj, ni] = self.ct.grid().shape();
        let base = |v: f32, n: usize| (v.max(0.0) as usize).min(n - 2);
        let (k, j, i) = (base(at[0], nk), base(at[1], nj), base(at[2], ni));
        let (wk, wj, wi) = (at[0] - k as f32, at[1] - j as f32, at[2] - i as f32);
        let data = self.ct.as_slice();
        let row = |k: usize, j: usize| {
            let n = (k * nj + j) * ni + i;
            let (a, b) = (f32::from(data[n]), f32::from(data[n + 1]));
            a + (b - a) * wi
        };
        let slice = |k: usize| {
            let (a, b) = (row(k, j), row(k, j + 1));
            a + (b - a) * wj
        };
        let (a, b) = (slice(k), slice(k + 1));
        a + (b - a) * wk
    }
}

/// The shadow of a region in a beam's view: the pixels that one of its voxels is seen in.
pub(super) fn shadow(mask: &Mask, beam: &Beam, detector: &Detector) -> Vec<bool> {
    let mut shadow = vec![false; detector.rows * detector.columns];
    let grid = mask.grid();
    let half = [-0.5, 0.5];
    for voxel in mask.voxels() {
        let index = voxel.map(|v| v as f64);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for n in 0..8 {
            let corner = [0, 1, 2].map(|a| index[a] + half[n >> a & 1]);
            let Some(place) = beam.project(grid.lps_from_index(corner)) else {
                continue;
            };
            let pixel = detector.pixel_of(place);
            for a in 0..2 {
                low[a] = low[a].min(pixel[a]);
                high[a] = high[a].max(pixel[a]);
            }
        }
        // Pixels whose centres lie in the shadow of the cell; the box around it is a little larger.
        let range = |a: usize, n: usize| {
            let first = low[a].ceil().max(0.0) as usize;
            let last = high[a].floor().min(n as f64 - 1.0);
            first..(last + 1.0).max(0.0) as usize
        };
        for row in range(0, detector.rows) {
            for column in range(1, detector.columns) {
                shadow[row * detector.columns + column] = true;
            }
        }
    }
    shadow
}
