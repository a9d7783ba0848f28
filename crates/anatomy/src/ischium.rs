//! Ischial tuberosities and obturator foramina on the CT's bones.

use isoboost_volume::{Grid, Mask};
use nalgebra::Point3;

use crate::landmarks::{Absent, Landmark, LandmarkSource, Sought, seen};
use crate::organ::Side;
use crate::planar::Slice;

/// The ischium is followed downwards from this far below the centre of the hip joint, mm.
const BELOW_JOINT_MM: f64 = 38.0;
/// Its distance from the midline as a share of that of the hip joint; further out is the femur.
const SHARE_ASIDE: (f64, f64) = (0.22, 0.9);
/// From before the centre of the hip joint to behind it, mm: the pubis lies before.
const BEHIND_JOINT_MM: (f64, f64) = (-16.0, 62.0);
/// A slice with less bone of the ischium than this is below it, mm².
const LEAST_MM2: f64 = 60.0;

/// The frontal view of the foramen: from above the centre of the hip joint to below it, from
/// before it to behind it, mm, and aside as a share of the joint's distance.
const VIEW_MM: (f64, f64) = (-100.0, 12.0);
const VIEW_BEHIND_MM: (f64, f64) = (-72.0, 50.0);
const VIEW_ASIDE: (f64, f64) = (0.05, 0.98);
/// The centre of the foramen, of the patient: aside as a share, and below the hip joint, mm.
const FORAMEN_ASIDE: (f64, f64) = (0.2, 0.72);
const FORAMEN_BELOW_MM: (f64, f64) = (12.0, 80.0);
/// Area of a foramen in the frontal view, mm²; in men some 30 × 40 mm seen aslant.
const FORAMEN_MM2: (f64, f64) = (80.0, 1800.0);
/// Voxels of a drawn bone's view, mm.
const UPRIGHT_MM: f64 = 3.0;
/// Where no hole is seen: the usual place, aside as a share, behind and below the hip joint, mm,
/// and the lower edge below that.
const USUAL: [f64; 3] = [0.42, -12.0, 35.0];
const USUAL_HALF_HEIGHT_MM: f64 = 16.0;

/// Where a hip joint lies: what its socket, ischium and foramen are looked for by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joint {
    pub(crate) midline: f64,
    pub(crate) center: Point3<f64>,
    pub(crate) side: Side,
}

impl Joint {
    /// Distance of a column from the midline, mm; negative on the other side.
    pub(crate) fn aside(&self, x: f64) -> f64 {
        match self.side {
            Side::Left => x - self.midline,
            Side::Right => self.midline - x,
        }
    }

    /// Distance from the midline as a share of that of the joint.
    fn share(&self, x: f64) -> f64 {
        self.aside(x) / self.aside(self.center.x)
    }

    /// The column at a distance from the midline.
    pub(crate) fn x_aside(&self, mm: f64) -> f64 {
        match self.side {
            Side::Left => self.midline + mm,
            Side::Right => self.midline - mm,
        }
    }

    fn x_of(&self, share: f64) -> f64 {
        self.midline + share * (self.center.x - self.midline)
    }
}

/// The lowest point of the ischial tuberosity: the lowest bone behind and below the hip joint that
/// goes on from above.
pub(crate) fn tuberosity(bone: &Mask, joint: &Joint) -> Sought {
    let grid = bone.grid();
    let [dk, dj, di] = grid.spacing();
    let start = joint.center.z - BELOW_JOINT_MM;
    let bottom = grid.center_of([0; 3]).z;
    if start - dk < bottom {
        return Err(Absent(
            "the field ends above the ischial tuberosities".to_owned(),
        ));
    }
    let mut lowest: Option<Point3<f64>> = None;
    for k in (0..grid.shape()[0]).rev() {
        let z = grid.center_of([k, 0, 0]).z;
        if z > start {
            continue;
        }
        let (mut x, mut y, mut n) = (0.0, 0.0, 0.0);
        for at in ischium_of(bone, joint, k) {
            x += at.x;
            y += at.y;
            n += 1.0;
        }
        if n * dj * di < LEAST_MM2 {
            break;
        }
        lowest = Some(Point3::new(x / n, y / n, z - dk / 2.0));
    }
    let Some(at) = lowest else {
        return Err(Absent(
            "no bone of the ischium is seen below the hip joint".to_owned(),
        ));
    };
    if at.z - dk < bottom {
        return Err(Absent(
            "the field ends above the lower end of the ischium".to_owned(),
        ));
    }
    let how = format!(
        "lowest bone of the ischium, {:.0} mm below the centre of the hip joint",
        joint.center.z - at.z
    );
    Ok(seen(at, 0.85, how))
}

/// Centres of the bone of the ischium on a slice.
fn ischium_of<'a>(
    bone: &'a Mask,
    joint: &'a Joint,
    k: usize,
) -> impl Iterator<Item = Point3<f64>> + 'a {
    let grid = bone.grid();
    let [_, nj, ni] = grid.shape();
    let rows = (0..nj).filter(move |j| {
        let behind = grid.center_of([k, *j, 0]).y - joint.center.y;
        behind >= BEHIND_JOINT_MM.0 && behind <= BEHIND_JOINT_MM.1
    });
    let voxels = rows.flat_map(move |j| (0..ni).map(move |i| [k, j, i]));
    let centers = voxels.filter(|v| bone[*v]).map(|v| grid.center_of(v));
    centers.filter(|p| {
        let share = joint.share(p.x);
        share >= SHARE_ASIDE.0 && share <= SHARE_ASIDE.1
    })
}

/// Centre and lower edge of the obturator foramen: the hole in the ring of pubis and ischium as it
/// is seen from in front, or its usual place where the ring is not closed.
pub(crate) fn foramen(bone: &Mask, joint: &Joint) -> [Sought; 2] {
    let bottom = bone.grid().center_of([0; 3]).z;
    let lowest = joint.center.z - USUAL[2] - USUAL_HALF_HEIGHT_MM;
    if lowest < bottom {
        let reason = "the field ends above the lower edge of the obturator foramina";
        return [(); 2].map(|()| Err(Absent(reason.to_owned())));
    }
    let Some(view) = View::of(bone, joint) else {
        let reason = "the hip joint lies outside of the CT";
        return [(); 2].map(|()| Err(Absent(reason.to_owned())));
    };
    let hole = view.hole(0).or_else(|| view.hole(1));
    if let Some(hole) = hole {
        let how = format!(
            "hole of {:.0} mm² in the ring of pubis and ischium, seen from in front",
            hole.mm2
        );
        return [
            Ok(seen(hole.center, 0.85, how)),
            Ok(seen(
                hole.bottom,
                0.8,
                "lower edge of the hole in the ring of pubis and ischium".to_owned(),
            )),
        ];
    }
    let usual = |down: f64| {
        let [share, behind, below] = USUAL;
        let center = joint.center;
        Ok(Landmark {
            at: Point3::new(
                joint.x_of(share),
                center.y + behind,
                center.z - below - down,
            ),
            source: LandmarkSource::Derived,
            confidence: 0.4,
            how: format!(
                "{below} mm below the centre of the hip joint; the ring is not seen closed"
            ),
        })
    };
    [usual(0.0), usual(USUAL_HALF_HEIGHT_MM)]
}

/// A bone drawn on any grid, on an upright one around the foramen.
pub(crate) fn upright_view(drawn: &Mask, joint: &Joint) -> Option<Mask> {
    let [low, high] = view_corners(joint);
    let from = Point3::new(low.x.min(high.x), low.y, low.z);
    let to = Point3::new(low.x.max(high.x), high.y, high.z);
    let extent = to - from;
    let shape = [extent.z, extent.y, extent.x].map(|mm| (mm / UPRIGHT_MM).ceil() as usize + 1);
    let grid = Grid::axis_aligned(shape, [UPRIGHT_MM; 3], from).ok()?;
    let mask = Mask::from_fn(grid.clone(), |v| drawn.contains(grid.center_of(v)));
    Some(mask)
}

/// Opposite corners of the frontal view.
fn view_corners(joint: &Joint) -> [Point3<f64>; 2] {
    let corner = |share: f64, behind: f64, up: f64| {
        Point3::new(
            joint.x_of(share),
            joint.center.y + behind,
            joint.center.z + up,
        )
    };
    [
        corner(VIEW_ASIDE.0, VIEW_BEHIND_MM.0, VIEW_MM.0),
        corner(VIEW_ASIDE.1, VIEW_BEHIND_MM.1, VIEW_MM.1),
    ]
}

/// A hole in the frontal view.
struct Hole {
    center: Point3<f64>,
    bottom: Point3<f64>,
    mm2: f64,
}

/// Bone around the foramen, seen from in front: rows from the feet up, columns to the left.
struct View<'a> {
    grid: &'a Grid,
    joint: &'a Joint,
    first: [usize; 2],
    bone: Slice,
    /// Mean y of the bone in each place, where there is any.
    depth: Vec<Option<f64>>,
}

impl<'a> View<'a> {
    fn of(bone: &'a Mask, joint: &'a Joint) -> Option<Self> {
        let grid = bone.grid();
        let bounds = grid.box_around(&view_corners(joint), 0.0)?;
        let [rows, depth, columns] = bounds.shape();
        let mut means = Vec::with_capacity(rows * columns);
        for k in 0..rows {
            for i in 0..columns {
                let at = |j: usize| [bounds.min[0] + k, bounds.min[1] + j, bounds.min[2] + i];
                let ys = (0..depth)
                    .filter(|j| bone[at(*j)])
                    .map(|j| grid.center_of(at(j)).y);
                let (sum, n) = ys.fold((0.0, 0.0), |(sum, n), y| (sum + y, n + 1.0));
                means.push((n > 0.0).then(|| sum / n));
            }
        }
        let set = means.iter().map(Option::is_some).collect();
        Some(Self {
            grid,
            joint,
            first: [bounds.min[0], bounds.min[2]],
            bone: Slice::new(rows, columns, set),
            depth: means,
        })
    }

    fn place(&self, n: usize) -> Point3<f64> {
        let (k, i) = (n / self.bone.columns, n % self.bone.columns);
        self.grid
            .center_of([self.first[0] + k, 0, self.first[1] + i])
    }

    /// The largest hole at the foramen's place, once gaps of `steps` voxels to both sides are
    /// closed.
    fn hole(&self, steps: usize) -> Option<Hole> {
        let mut ring = self.bone.clone();
        for _ in 0..steps {
            ring.dilate();
        }
        let mut filled = ring.clone();
        filled.fill_holes(usize::MAX);
        let holes = filled.set.iter().zip(&ring.set).map(|(a, b)| *a && !*b);
        let mut hole = Slice::new(ring.rows, ring.columns, holes.collect());
        for (n, set) in hole.set.iter_mut().enumerate() {
            *set &= self.is_foramen(self.place(n));
        }
        hole.keep_large(1.0);
        // What closing took from the hole is given back.
        for _ in 0..steps {
            hole.dilate();
        }
        for (set, bone) in hole.set.iter_mut().zip(&self.bone.set) {
            *set &= !*bone;
        }
        self.measured(&hole)
    }

    fn is_foramen(&self, at: Point3<f64>) -> bool {
        let share = self.joint.share(at.x);
        let below = self.joint.center.z - at.z;
        (FORAMEN_ASIDE.0..=FORAMEN_ASIDE.1).contains(&share)
            && (FORAMEN_BELOW_MM.0..=FORAMEN_BELOW_MM.1).contains(&below)
    }

    fn measured(&self, hole: &Slice) -> Option<Hole> {
        let [dk, _, di] = self.grid.spacing();
        let places: Vec<Point3<f64>> = (0..hole.set.len())
            .filter(|n| hole.set[*n])
            .map(|n| self.place(n))
            .collect();
        let n = places.len() as f64;
        let mm2 = n * dk * di;
        if mm2 < FORAMEN_MM2.0 || mm2 > FORAMEN_MM2.1 {
            return None;
        }
        let x = places.iter().map(|p| p.x).sum::<f64>() / n;
        let z = places.iter().map(|p| p.z).sum::<f64>() / n;
        let low = places.iter().map(|p| p.z).fold(f64::INFINITY, f64::min) - dk / 2.0;
        // The membrane is spanned between pubis in front and ischium behind.
        let mut rim = hole.clone();
        rim.dilate();
        let rim: Vec<(Point3<f64>, f64)> = (0..rim.set.len())
            .filter(|n| rim.set[*n])
            .filter_map(|n| Some((self.place(n), self.depth[n]?)))
            .collect();
        let mean = |of: &dyn Fn(&Point3<f64>) -> bool| {
            let ys = rim.iter().filter(|(p, _)| of(p)).map(|(_, y)| *y);
            let (sum, n) = ys.fold((0.0, 0.0), |(sum, n), y| (sum + y, n + 1.0));
            (n > 0.0).then(|| sum / n)
        };
        let outer = |p: &Point3<f64>| self.joint.aside(p.x) > self.joint.aside(x);
        let y = f64::midpoint(mean(&outer)?, mean(&|p| !outer(p))?);
        let lower = mean(&|p| p.z <= low);
        Some(Hole {
            center: Point3::new(x, y, z),
            bottom: Point3::new(x, lower.unwrap_or(y), low),
            mm2,
        })
    }
}
