//! The middle lines of the iliac vessels: of drawn ones, and where none are drawn as they usually
//! run between the landmarks.

use isoboost_anatomy::{Anatomy, Course, CourseKind, Side};
use nalgebra::{Point2, Point3};

use super::levels::Levels;

/// Lines are known at heights this far apart, mm.
const STEP_MM: f64 = 3.0;
/// As many mm of a drawn vessel must lie in a step for it to count as drawn there, mm³.
const LEAST_MM3: f64 = 60.0;
/// Lines bridge gaps in a drawn vessel of as many steps.
const BRIDGED: usize = 3;
/// The common iliac vessels begin at least so far above where they divide, mm.
const LEAST_COMMON_MM: f64 = 15.0;

/// A place of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    /// x and y, LPS mm.
    pub(super) at: Point2<f64>,
    /// Whether a drawn vessel runs there.
    pub(super) drawn: bool,
}

/// A line whose places lie one above the other.
#[derive(Debug, Clone)]
pub(super) struct Line {
    bottom: f64,
    stops: Vec<Option<Stop>>,
}

/// The lines of a side.
#[derive(Debug, Clone)]
pub(super) struct SideLines {
    /// Common and external iliac vessels.
    pub(super) front: Line,
    /// Internal iliac vessels.
    pub(super) back: Line,
    /// The obturator vessels, from the level of the femoral head's top down.
    pub(super) obturator: Line,
}

/// A voxel of a drawn vessel: its middle and its size in mm³.
pub(super) type Piece = (Point3<f64>, f64);

impl Line {
    /// The stop at a height, between those above and below it.
    pub(super) fn at(&self, z: f64) -> Option<Stop> {
        let place = (z - self.bottom) / STEP_MM;
        if place < -0.5 || place > self.stops.len() as f64 - 0.5 {
            return None;
        }
        let last = self.stops.len() - 1;
        let low = (place.max(0.0).floor() as usize).min(last);
        let high = (low + 1).min(last);
        let share = (place - low as f64).clamp(0.0, 1.0);
        match (self.stops[low], self.stops[high]) {
            (Some(a), Some(b)) => Some(Stop {
                at: a.at + (b.at - a.at) * share,
                drawn: if share < 0.5 { a.drawn } else { b.drawn },
            }),
            (one, other) => {
                if share < 0.5 {
                    one
                } else {
                    other
                }
            }
        }
    }

    /// Its places with their heights.
    pub(super) fn points(&self) -> impl Iterator<Item = (Point3<f64>, bool)> + '_ {
        let with_height = self.stops.iter().enumerate();
        with_height.filter_map(|(n, stop)| {
            let stop = (*stop)?;
            let z = self.bottom + n as f64 * STEP_MM;
            Some((Point3::new(stop.at.x, stop.at.y, z), stop.drawn))
        })
    }

    /// Whether a vessel is drawn along at least half of it.
    pub(super) fn is_drawn(&self) -> bool {
        let drawn = self.points().filter(|(_, drawn)| *drawn).count();
        2 * drawn > self.points().count()
    }

    /// The runs of places without a drawn vessel.
    pub(super) fn gaps(&self) -> Vec<Vec<Point3<f64>>> {
        let mut gaps: Vec<Vec<Point3<f64>>> = Vec::new();
        let mut before = true;
        for (at, drawn) in self.points() {
            if !drawn {
                match gaps.last_mut().filter(|_| !before) {
                    Some(gap) => gap.push(at),
                    None => gaps.push(vec![at]),
                }
            }
            before = drawn;
        }
        gaps
    }
}

impl SideLines {
    /// The lines of a side by its courses, moved to the drawn `pieces` where there are some.
    ///
    /// # Errors
    /// Why the courses are not known.
    pub(super) fn of(
        anatomy: &Anatomy,
        levels: &Levels,
        side: Side,
        pieces: &[Piece],
    ) -> Result<Self, String> {
        let courses = anatomy.courses.as_ref();
        let courses = courses.map_err(|why| format!("the course of the vessels: {why}"))?;
        let find = |kind: CourseKind| {
            let mut all = courses.iter();
            let course = all.find(|course| course.kind == kind);
            course.ok_or_else(|| "the course of the vessels is not known".to_owned())
        };
        let common = find(CourseKind::CommonIliac(side))?;
        let external = find(CourseKind::ExternalIliac(side))?;
        let internal = find(CourseKind::InternalIliac(side))?;
        let obturator = find(CourseKind::Obturator(side))?;
        let common = stretched(common, levels);
        let front = |z: f64| at(&common, z).or_else(|| at(external, z));
        let back = |z: f64| at(internal, z);
        let head = levels.head(side);
        let counts = |is_front: bool| {
            let own = move |piece: &&Piece| {
                let z = piece.0.z;
                let off = |line: Option<Point2<f64>>| {
                    line.map_or(f64::INFINITY, |at| (piece.0.xy() - at).norm())
                };
                (off(front(z)) <= off(back(z))) == is_front
            };
            Counts::of(pieces.iter().filter(own), head, levels.top)
        };
        let (in_front, behind) = (counts(true), counts(false));
        let divided = levels
            .top
            .min(internal.line.first().map_or(f64::MAX, |p| p.z));
        Ok(Self {
            front: in_front.line(levels.top, front),
            back: behind.line(divided, back),
            obturator: Counts::of([].iter(), levels.obturator_end, head)
                .line(head, |z| at(obturator, z)),
        })
    }
}

/// The pieces of drawn vessels by their height.
struct Counts {
    bottom: f64,
    /// Sums of x, of y and of mm³, weighted by mm³.
    sums: Vec<[f64; 3]>,
}

impl Counts {
    fn of<'p>(pieces: impl Iterator<Item = &'p Piece>, bottom: f64, top: f64) -> Self {
        let steps = ((top - bottom).max(0.0) / STEP_MM).ceil() as usize + 1;
        let mut sums = vec![[0.0; 3]; steps];
        for (at, mm3) in pieces {
            let place = ((at.z - bottom) / STEP_MM).round();
            if place >= 0.0
                && let Some([x, y, n]) = sums.get_mut(place as usize)
            {
                *x += at.x * mm3;
                *y += at.y * mm3;
                *n += mm3;
            }
        }
        Self { bottom, sums }
    }

    /// The line up to a height: the middle of what is drawn, straight over short gaps, and the
    /// usual place elsewhere.
    fn line(&self, top: f64, usual: impl Fn(f64) -> Option<Point2<f64>>) -> Line {
        let z = |n: usize| self.bottom + n as f64 * STEP_MM;
        let middle = |n: usize| {
            let [x, y, mm3] = *self.sums.get(n)?;
            (mm3 >= LEAST_MM3).then(|| Point2::new(x / mm3, y / mm3))
        };
        let bridged = |n: usize| {
            let below = (1..=BRIDGED).find_map(|d| Some((d, middle(n.checked_sub(d)?)?)))?;
            let above = (1..=BRIDGED).find_map(|d| Some((d, middle(n + d)?)))?;
            let share = below.0 as f64 / (below.0 + above.0) as f64;
            Some(below.1 + (above.1 - below.1) * share)
        };
        let stop = |n: usize| {
            let drawn = middle(n).or_else(|| bridged(n));
            let (at, drawn) = match drawn {
                Some(at) => (at, true),
                None => (usual(z(n))?, false),
            };
            Some(Stop { at, drawn })
        };
        let count = self.sums.len();
        Line {
            bottom: self.bottom,
            stops: (0..count)
                .map(|n| (z(n) <= top + STEP_MM / 2.0).then(|| stop(n)).flatten())
                .collect(),
        }
    }
}

/// x and y of a course at a height; `None` above and below it.
pub(super) fn at(course: &Course, z: f64) -> Option<Point2<f64>> {
    let pair = course
        .line
        .windows(2)
        .find(|p| p[1].z <= z && z <= p[0].z)?;
    let share = (pair[0].z - z) / (pair[0].z - pair[1].z).max(1e-9);
    Some((pair[0] + (pair[1] - pair[0]) * share).xy())
}

/// The course of common iliac vessels with its upper end at the aortic bifurcation.
fn stretched(common: &Course, levels: &Levels) -> Course {
    let mut course = common.clone();
    let ends = (common.line.first(), common.line.last());
    if let (Some(first), Some(last), Some(bifurcation)) = (ends.0, ends.1, levels.bifurcation)
        && bifurcation.z >= last.z + LEAST_COMMON_MM
    {
        let factor = (bifurcation.z - last.z) / (first.z - last.z).max(1e-9);
        for point in &mut course.line {
            point.z = last.z + (point.z - last.z) * factor;
        }
    }
    course
}
