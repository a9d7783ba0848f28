//! A ball and the shell around it, in directions.

use isoboost_volume::{Grid, Volume};
use nalgebra::Vector3;

/// The shell begins and ends this far outside of the ball, mm: beyond the blur of the scanner, and
/// near enough to be the same ground.
const GAP_MM: f64 = 4.0;
const REACH_MM: f64 = 8.0;

/// Directions to the corners, edges and faces of a cube; the opposite of `n` is `25 - n`.
const DIRECTIONS: usize = 26;

/// Fewer voxels in the darker half of a shell say nothing of the ground.
const MINIMUM_VOXELS: f64 = 6.0;

/// The voxels of a ball and of the shell around it, as steps from the voxel in the middle.
#[derive(Debug)]
pub(super) struct Shell {
    diameter_mm: f64,
    ball: Vec<[i32; 3]>,
    /// Each with the direction it lies in.
    rim: Vec<([i32; 3], usize)>,
    /// For each direction, which directions lie in the half of the shell around it.
    halves: [[bool; DIRECTIONS]; DIRECTIONS],
}

/// How a ball stands out of its shell; all SUVbw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standing {
    /// Mean of the ball.
    pub(super) ball: f64,
    /// Mean of the darkest half of the shell.
    pub(super) background: f64,
    /// Standard deviation there.
    pub(super) noise: f64,
    /// Of all lines through the middle the one whose darker end is brightest: that end's mean.
    pub(super) brightest_line: f64,
}

impl Standing {
    /// Infinite where the background is perfectly even.
    pub(super) fn contrast_to_noise(&self) -> f64 {
        (self.ball - self.background) / self.noise
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn mean(self) -> f64 {
        self.sum / self.n
    }

    fn sd(self) -> f64 {
        (self.squares / self.n - self.mean().powi(2))
            .max(0.0)
            .sqrt()
    }
}

impl Shell {
    /// The shell around a ball of a diameter. The axes of a grid are perpendicular, so distances in
    /// it need only its spacing.
    pub(super) fn new(grid: &Grid, diameter_mm: f64) -> Self {
        let radius = diameter_mm / 2.0;
        let outer = radius + REACH_MM;
        let spacing = grid.spacing();
        let [nk, nj, ni] = spacing.map(|s| (outer / s).floor() as i32);
        let directions = directions();
        let (mut ball, mut rim) = (Vec::new(), Vec::new());
        for k in -nk..=nk {
            for j in -nj..=nj {
                for i in -ni..=ni {
                    let step = [k, j, i];
                    let way = Vector3::from([0, 1, 2].map(|a| f64::from(step[a]) * spacing[a]));
                    let distance = way.norm();
                    if distance <= radius {
                        ball.push(step);
                    } else if distance >= radius + GAP_MM && distance <= outer {
                        rim.push((step, nearest(&directions, way)));
                    }
                }
            }
        }
        // Half: all that is not behind the plane through the middle.
        let halves = directions.map(|a| directions.map(|b| a.dot(&b) > -1e-9));
        Self {
            diameter_mm,
            ball,
            rim,
            halves,
        }
    }

    /// Where the shell begins, from the middle.
    pub(super) fn inner_mm(&self) -> f64 {
        self.diameter_mm / 2.0 + GAP_MM
    }

    /// How the ball around a voxel stands out; `None` where too little of the shell is in the
    /// image.
    pub(super) fn around(&self, suv: &Volume<f32>, middle: [usize; 3]) -> Option<Standing> {
        let shape = suv.grid().shape();
        let value = |step: [i32; 3]| {
            let mut voxel = [0; 3];
            for a in 0..3 {
                voxel[a] = middle[a].checked_add_signed(step[a] as isize)?;
                if voxel[a] >= shape[a] {
                    return None;
                }
            }
            let value = f64::from(suv[voxel]);
            Some(Sums {
                n: 1.0,
                sum: value,
                squares: value * value,
            })
        };
        let mut ball = Sums::default();
        for step in &self.ball {
            ball.add(value(*step)?);
        }
        let mut ways = [Sums::default(); DIRECTIONS];
        for (step, way) in &self.rim {
            if let Some(value) = value(*step) {
                ways[*way].add(value);
            }
        }
        let darkest = self.darkest_half(&ways)?;
        Some(Standing {
            ball: ball.mean(),
            background: darkest.mean(),
            noise: darkest.sd(),
            brightest_line: brightest_line(&ways),
        })
    }

    fn darkest_half(&self, ways: &[Sums; DIRECTIONS]) -> Option<Sums> {
        let halves = self.halves.iter().map(|half| {
            let mut sums = Sums::default();
            for (way, _) in ways.iter().zip(half).filter(|(_, inside)| **inside) {
                sums.add(*way);
            }
            sums
        });
        halves
            .filter(|sums| sums.n >= MINIMUM_VOXELS)
            .min_by(|a, b| a.mean().total_cmp(&b.mean()))
    }
}

fn brightest_line(ways: &[Sums; DIRECTIONS]) -> f64 {
    let mean = |way: Sums| (way.n > 0.0).then(|| way.mean());
    let lines = (0..DIRECTIONS / 2).map(|n| [ways[n], ways[DIRECTIONS - 1 - n]].map(mean));
    // Of an end outside of the image the worst is assumed.
    let darker = lines.filter_map(|[a, b]| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (known, None) | (None, known) => known,
    });
    darker.fold(0.0, f64::max)
}

fn directions() -> [Vector3<f64>; DIRECTIONS] {
    let mut all = [Vector3::zeros(); DIRECTIONS];
    for (direction, n) in all.iter_mut().zip((0..27).filter(|n| *n != 13)) {
        let way = [n / 9, n / 3 % 3, n % 3].map(|v| f64::from(v) - 1.0);
        *direction = Vector3::from(way).normalize();
    }
    all
}

fn nearest(directions: &[Vector3<f64>; DIRECTIONS], way: Vector3<f64>) -> usize {
    let mut best = 0;
    for n in 1..DIRECTIONS {
        if directions[n].dot(&way) > directions[best].dot(&way) {
            best = n;
        }
    }
    best
}
