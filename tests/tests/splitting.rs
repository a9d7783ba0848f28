//! Which foci separate: two nodes side by side, and a focus beside a full bladder. Noise-free
//! spheres in closed form at several places on the voxel grid; `docs/splitting.md` shows the
//! figures.

use std::fmt::Write as _;

use isoboost_lesion::{FindingRule, Focus, LesionConfig, find_foci};
use isoboost_tests::blurred_sphere::{BlurredSphere, FWHM_PER_SIGMA};
use isoboost_tests::workspace;
use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Vector3};

const VOXEL_MM: [f64; 3] = [3.0, 4.0, 4.0];
const BACKGROUND: f64 = 1.0;

/// Where on the voxel grid an object lies, and in which direction its neighbour.
fn placements() -> Vec<(Point3<f64>, Vector3<f64>)> {
    let offsets = [[0.0, 0.0, 0.0], [2.0, 2.0, 1.5], [1.0, 0.4, 0.7]];
    let directions = [
        Vector3::x(),
        Vector3::z(),
        Vector3::new(1.0, 1.0, 0.0),
        Vector3::new(1.0, 2.0, 2.0),
    ];
    offsets
        .into_iter()
        .flat_map(|at| directions.map(|d| (Point3::from(at), d.normalize())))
        .collect()
}

/// The blur of a scanner on these voxels.
fn sigma(psf_fwhm_mm: f64) -> f64 {
    // A voxel averages over its width, which blurs like a Gaussian of width / sqrt(12).
    let voxel = VOXEL_MM.iter().map(|w| w * w).sum::<f64>() / 3.0 / 12.0;
    ((psf_fwhm_mm / FWHM_PER_SIGMA).powi(2) + voxel).sqrt()
}

/// Blurred spheres add up on the background.
fn scene(spheres: &[(Point3<f64>, BlurredSphere)]) -> Volume<f32> {
    let shape = [44, 40, 40];
    let middle = [0, 1, 2].map(|a| VOXEL_MM[a] * (shape[a] / 2) as f64);
    let origin = Point3::new(-middle[2], -middle[1], -middle[0]);
    let grid = Grid::axis_aligned(shape, VOXEL_MM, origin).unwrap();
    Volume::from_fn(grid.clone(), |voxel| {
        let at = grid.center_of(voxel);
        let above = spheres
            .iter()
            .map(|(center, sphere)| sphere.suv_at((at - center).norm()) - BACKGROUND);
        (BACKGROUND + above.sum::<f64>()) as f32
    })
}

fn sphere(diameter: f64, suv: f64, psf_fwhm_mm: f64) -> BlurredSphere {
    BlurredSphere {
        radius: diameter / 2.0,
        sigma: sigma(psf_fwhm_mm),
        sphere_suv: suv,
        background_suv: BACKGROUND,
    }
}

fn nearest(foci: &[Focus], to: Point3<f64>) -> f64 {
    let distances = foci.iter().map(|f| (f.measures.centroid - to).norm());
    distances.fold(f64::INFINITY, f64::min)
}

/// Of all placements: how many give two foci, and the largest distance of a centroid from its
/// sphere among those.
fn two_nodes(distance: f64, contrast: f64) -> (usize, f64) {
    let node = sphere(12.0, BACKGROUND * contrast, 6.0);
    let config = LesionConfig {
        // Below the faintest: what separates shall be told by splitting, not by the threshold.
        finding: FindingRule::FixedSuv(1.5),
        ..LesionConfig::default()
    };
    let mut found = (0, 0.0_f64);
    for (at, direction) in placements() {
        let ends = [
            at - direction * distance / 2.0,
            at + direction * distance / 2.0,
        ];
        let foci = find_foci(&scene(&ends.map(|end| (end, node))), &config)
            .unwrap()
            .foci;
        if foci.len() == 2 {
            let off = ends.map(|end| nearest(&foci, end));
            found = (found.0 + 1, found.1.max(off[0]).max(off[1]));
        }
    }
    found
}

/// The same of a 10 mm focus of SUV 6 beside a bladder of 70 mm and SUV 60, with what is found by
/// default.
fn beside_bladder(gap: f64, psf_fwhm_mm: f64) -> (usize, f64) {
    let bladder = sphere(70.0, 60.0, psf_fwhm_mm);
    let focus = sphere(10.0, 6.0, psf_fwhm_mm);
    let mut found = (0, 0.0_f64);
    for (at, direction) in placements() {
        let middle = at - direction * 20.0;
        let place = middle + direction * (35.0 + gap + 5.0);
        let suv = scene(&[(middle, bladder), (place, focus)]);
        let foci = find_foci(&suv, &LesionConfig::default()).unwrap().foci;
        if foci.len() == 2 {
            found = (found.0 + 1, found.1.max(nearest(&foci, place)));
        }
    }
    found
}

fn cell((separate, off): (usize, f64)) -> String {
    match separate {
        0 => " none |".to_owned(),
        n => format!(" {n}, {off:.1} mm |"),
    }
}

#[test]
fn foci_beside_each_other_separate() {
    let n = placements().len();
    let mut text = format!("placements {n}\n");
    let contrasts = [3.0, 4.0, 6.0, 10.0, 20.0];
    for distance in [16.0, 18.0, 20.0, 22.0, 24.0, 27.0, 30.0] {
        let _ = write!(text, "| {distance} |");
        for contrast in contrasts {
            text.push_str(&cell(two_nodes(distance, contrast)));
        }
        text.push('\n');
    }
    for gap in [4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0] {
        let _ = write!(text, "| {gap} |");
        for psf in [4.0, 5.0, 6.0, 7.0, 8.0] {
            text.push_str(&cell(beside_bladder(gap, psf)));
        }
        text.push('\n');
    }
    println!("{text}");
    let _ = workspace();
}
