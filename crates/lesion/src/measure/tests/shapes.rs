//! Balls and ellipsoids.

use super::*;

/// Where the centre of a ball lies between voxels, mm.
const OFFSETS: [[f64; 3]; 4] = [
    [0.0, 0.0, 0.0],
    [0.3, -0.7, 1.1],
    [2.0, 2.0, 1.5],
    [-1.4, 0.9, -0.4],
];

/// Largest differences of a ball's measures from the truth.
#[derive(Debug, Default)]
struct Worst {
    volume: f64,
    area: f64,
    diameter_mm: f64,
    axial_mm: f64,
    sphericity_below: f64,
}

/// Measures a ball of so many mm in a PET of 6 mm FWHM, outlined at a share of its maximum. A voxel
/// averages over its width, which blurs like a Gaussian of width / √12.
fn worst_of_ball(diameter: f64, spacing: [f64; 3], is_turned: bool, share: f64) -> Worst {
    let voxel = spacing.iter().map(|s| s * s).sum::<f64>() / 36.0;
    let ball = Ball {
        radius: diameter / 2.0,
        fwhm: (36.0 + FWHM_PER_SIGMA.powi(2) * voxel).sqrt(),
    };
    let level = share * ball.suv_at(0.0);
    let radius = ball.radius_at(level);
    let grid = grid_around(ball.radius + 14.0, spacing, is_turned);
    let off = |found: f64, truth: f64| (found / truth - 1.0).abs();
    let mut worst = Worst::default();
    for offset in OFFSETS {
        let center = Point3::from(offset);
        let suv_at = |v| ball.suv_at((grid.center_of(v) - center).norm()) as f32;
        let m = measured_above(&Volume::from_fn(grid.clone(), suv_at), level);
        let volume = 4.0 / 3.0 * PI * radius.powi(3) / 1000.0;
        worst.volume = worst.volume.max(off(m.volume_isosurface_ml, volume));
        let area = 4.0 * PI * radius.powi(2);
        worst.area = worst.area.max(off(m.surface_area_mm2, area));
        let longest = (m.longest_diameter_mm - 2.0 * radius).abs();
        worst.diameter_mm = worst.diameter_mm.max(longest);
        // No slice needs to go through the centre.
        let least = 2.0 * (radius.powi(2) - (spacing[0] / 2.0).powi(2)).sqrt();
        for axial in [m.axial_diameter_mm, m.short_axis_mm] {
            let over = (axial - 2.0 * radius).max(least - axial);
            worst.axial_mm = worst.axial_mm.max(over);
        }
        worst.sphericity_below = worst.sphericity_below.max(1.0 - m.sphericity.unwrap());
    }
    worst
}

#[test]
fn balls_of_a_pet_have_their_volume_area_and_diameters() {
    for diameter in [10.0, 13.0, 17.0, 22.0, 28.0, 37.0] {
        for spacing in [
            [2.0; 3],
            [3.0, 2.0, 2.0],
            [3.0; 3],
            [3.0, 4.0, 4.0],
            [4.0; 3],
        ] {
            for is_turned in [false, true] {
                for share in [0.41, 0.5] {
                    let worst = worst_of_ball(diameter, spacing, is_turned, share);
                    println!("ball {diameter} mm, {spacing:?}, {is_turned}, {share}: {worst:.4?}");
                    // A PET of 6 mm FWHM has detail that 4 mm voxels do not hold.
                    let volume = match (spacing[1], diameter) {
                        (4.0, ..13.0) => 0.03,
                        (4.0, ..22.0) => 0.025,
                        _ => 0.01,
                    };
                    assert!(worst.volume < volume);
                    assert!(worst.area < 0.02);
                    assert!(worst.diameter_mm < 0.5);
                    assert!(worst.axial_mm < 0.5);
                    assert!(worst.sphericity_below < 0.02);
                }
            }
        }
    }
}

#[test]
fn an_ellipsoid_has_its_axes() {
    let grid = grid_around(30.0, [3.0, 2.0, 2.0], true);
    let [up, down, across] = grid.axes();
    for turn in [0.0, 0.4, 1.1] {
        // 24 mm along the slices' normal, 40 and 16 mm within the slices.
        let long = across * f64::cos(turn) + down * f64::sin(turn);
        let short = up.cross(&long);
        let suv = Volume::from_fn(grid.clone(), |v| {
            let p = grid.center_of(v) - Point3::new(0.4, -0.6, 0.2);
            let part = |axis: Vector3<f64>, half: f64| (p.dot(&axis) / half).powi(2);
            (10.0 - 5.0 * (part(up, 12.0) + part(long, 20.0) + part(short, 8.0))) as f32
        });
        let m = measured_above(&suv, 5.0);
        let volume = 4.0 / 3.0 * PI * 12.0 * 20.0 * 8.0 / 1000.0;
        assert!((m.volume_isosurface_ml / volume - 1.0).abs() < 0.01);
        assert!((m.longest_diameter_mm - 40.0).abs() < 0.5);
        // The middle slice lies up to 1.5 mm from the centre, where both axes are 0.8 % shorter.
        assert!((m.axial_diameter_mm - 40.0).abs() < 0.5, "{m:?}");
        assert!((m.short_axis_mm - 16.0).abs() < 0.5, "{m:?}");
        // Knud Thomsen's approximation of the area, to 1.2 %.
        let [a, b, c] = [12.0_f64, 20.0, 8.0].map(|x| x.powf(1.6075));
        let area = 4.0 * PI * ((a * b + a * c + b * c) / 3.0).powf(1.0 / 1.6075);
        assert!((m.surface_area_mm2 / area - 1.0).abs() < 0.02);
    }
}

#[test]
fn the_longest_diameter_may_run_across_the_slices() {
    let grid = grid_around(30.0, [3.0, 2.0, 2.0], false);
    let long = Vector3::new(1.0, 0.5, 2.0).normalize();
    let suv = Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v).coords;
        let along = p.dot(&long);
        let aside = (p - long * along).norm_squared();
        (10.0 - 5.0 * ((along / 22.0).powi(2) + aside / 49.0)) as f32
    });
    let m = measured_above(&suv, 5.0);
    assert!((m.longest_diameter_mm - 44.0).abs() < 0.5, "{m:?}");
    // The ellipse of the slice through the centre, along the part of the long axis in the slice.
    let (in_slice, out_of_slice) = (long.xy().norm(), long.z);
    let half = 1.0 / ((in_slice / 22.0).powi(2) + (out_of_slice / 7.0).powi(2)).sqrt();
    assert!((m.axial_diameter_mm - 2.0 * half).abs() < 0.5, "{m:?}");
    assert!((m.short_axis_mm - 14.0).abs() < 0.5, "{m:?}");
}

#[test]
fn noise_leaves_volume_and_diameter_in_place() {
    let ball = Ball {
        radius: 11.0,
        fwhm: 6.0,
    };
    let level = 0.41 * ball.suv_at(0.0);
    let radius = ball.radius_at(level);
    let grid = grid_around(26.0, [3.0, 4.0, 4.0], true);
    let mut random = Random(3);
    let suv = Volume::from_fn(grid.clone(), |v| {
        let noise = 1.0 + 0.3 * (random.next() + random.next() - 1.0);
        (ball.suv_at(grid.center_of(v).coords.norm()) * noise) as f32
    });
    let m = measured_above(&suv, level);
    let volume = 4.0 / 3.0 * PI * radius.powi(3) / 1000.0;
    assert!(
        (m.volume_isosurface_ml / volume - 1.0).abs() < 0.05,
        "{m:?}"
    );
    assert!((m.longest_diameter_mm - 2.0 * radius).abs() < 2.5, "{m:?}");
    assert!(m.sphericity.unwrap() > 0.9, "{m:?}");
}
