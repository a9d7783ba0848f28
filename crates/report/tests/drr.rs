//! Radiographs against geometry worked out by hand, and against plastimatch.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a skipped test must say so, a helper may fail the test"
)]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use isoboost_planning::field::{Aperture, Beam, BeamSide, PatientPosition, PelvicField};
use isoboost_report::{
    Attenuation, Detector, DrrOutline, PictureStatus, drr_png, project_drr, read_volume,
    write_volume,
};
use isoboost_volume::{Grid, Volume};
use nalgebra::{Point3, Rotation3, Vector3};

const SUGGESTION: PictureStatus = PictureStatus::Suggestion;
const SAD: f64 = 1000.0;
const OPEN: Aperture = Aperture {
    x1: -80.0,
    x2: 84.0,
    y1: -90.0,
    y2: 95.0,
};

fn isocentre() -> Point3<f64> {
    Point3::new(4.0, -30.0, -550.0)
}

fn beam(side: BeamSide) -> Beam {
    Beam::new(
        side,
        PatientPosition::HeadFirstSupine,
        isocentre(),
        SAD,
        OPEN,
    )
}

/// Balls of 4 mm radius, by their places from the isocentre, no two of them in line with a source
/// and no reflection of the others.
const BALLS: [[f64; 3]; 6] = [
    [60.0, -70.0, 80.0],
    [-55.0, 20.0, 62.0],
    [20.0, 75.0, 41.0],
    [-30.0, -50.0, -12.0],
    [70.0, 40.0, -45.0],
    [-75.0, 5.0, -78.0],
];
const RADIUS_MM: f64 = 4.0;

/// Water, or air, with dense balls in it.
fn phantom(grid: &Grid, matter: impl Fn(Point3<f64>) -> i16) -> Volume<i16> {
    let balls = BALLS.map(|b| isocentre() + Vector3::from(b));
    Volume::from_fn(grid.clone(), |v| {
        let at = grid.center_of(v);
        let dense = balls.iter().any(|ball| (at - ball).norm() <= RADIUS_MM);
        if dense { 3000 } else { matter(at) }
    })
}

/// A grid around the isocentre, turned.
fn grid(turn: Rotation3<f64>, spacing: [f64; 3]) -> Grid {
    let axes = [Vector3::z(), Vector3::y(), Vector3::x()].map(|axis| turn * axis);
    let shape = spacing.map(|mm| (220.0 / mm) as usize);
    let to_first: Vector3<f64> = (0..3)
        .map(|a| axes[a] * (spacing[a] * (shape[a] as f64 - 1.0) / 2.0))
        .sum();
    Grid::new(shape, spacing, isocentre() - to_first, axes).unwrap()
}

fn grids() -> [Grid; 2] {
    [
        grid(Rotation3::identity(), [2.0, 1.0, 1.0]),
        grid(
            Rotation3::from_euler_angles(0.1, -0.15, 0.2),
            [1.5, 0.9, 0.9],
        ),
    ]
}

/// By similar triangles for a patient who lies head first and supine: row and column of a point,
/// given from the isocentre, in pixels of a raster.
fn by_hand(side: BeamSide, [x, y, z]: [f64; 3], detector: &Detector) -> [f64; 2] {
    let (across, nearer) = match side {
        BeamSide::Anterior => (x, -y),
        BeamSide::Posterior => (-x, y),
        BeamSide::Left => (y, x),
        BeamSide::Right => (-y, -x),
    };
    let larger = SAD / (SAD - nearer);
    [
        (detector.first_y - z * larger) / detector.pixel_mm,
        (across * larger - detector.first_x) / detector.pixel_mm,
    ]
}

#[test]
fn balls_are_seen_where_similar_triangles_put_them() {
    for grid in grids() {
        let ct = phantom(&grid, |_| -1000);
        for side in BeamSide::ALL {
            let beam = beam(side);
            let detector = Detector::around(&beam, 20.0, 1.0);
            let seen = project_drr(&ct, &beam, &detector, Attenuation::WATER);
            for ball in BALLS {
                let [row, column] = by_hand(side, ball, &detector);
                let (mut sum, mut middle) = (0.0, [0.0; 2]);
                for r in row as usize - 8..=row as usize + 9 {
                    for c in column as usize - 8..=column as usize + 9 {
                        let value = f64::from(seen[r * detector.columns + c]);
                        sum += value;
                        middle[0] += value * r as f64;
                        middle[1] += value * c as f64;
                    }
                }
                let off = (middle[0] / sum - row).hypot(middle[1] / sum - column);
                assert!(off < 0.5, "{side:?}, {ball:?}: {off:.2} pixels off");
                // Its mass, 4 times that of water, is seen enlarged in the plane.
                let center = isocentre() + Vector3::from(ball);
                let voxels = grid.full_box().voxels();
                let voxels = voxels.filter(|v| (grid.center_of(*v) - center).norm() <= RADIUS_MM);
                let mm3 = voxels.count() as f64 * grid.voxel_volume_ml() * 1000.0;
                let larger = SAD / (SAD - side.towards_source().dot(&Vector3::from(ball)));
                let mass = sum / (4.0 * mm3 * larger.powi(2));
                assert!((mass - 1.0).abs() < 0.03, "{side:?}, {ball:?}: {mass:.3}");
            }
        }
    }
}

/// The sum over a ray through a homogeneous block is its length.
#[test]
fn rays_sum_up_to_the_length_of_their_way() {
    let [upright, turned] = grids();
    let beam = beam(BeamSide::Anterior);
    let detector = Detector {
        first_x: 0.0,
        first_y: 0.0,
        pixel_mm: 1.0,
        columns: 1,
        rows: 1,
    };
    for (grid, expected) in [
        // From the first to the last voxel centre.
        (&upright, 219.0),
        (&turned, 0.0),
    ] {
        let water = Volume::filled(grid.clone(), 0_i16);
        let length = project_drr(&water, &beam, &detector, Attenuation::WATER)[0];
        if expected > 0.0 {
            assert!((f64::from(length) - expected).abs() < 0.01, "{length}");
        } else {
            // Along the row axis, which is turned, the way through the block is longer.
            let direction = beam.axes()[2];
            let side = grid.spacing()[1] * (grid.shape()[1] as f64 - 1.0);
            let way = side / direction.dot(&grid.axes()[1]).abs();
            assert!((f64::from(length) - way).abs() < 0.05, "{length} {way}");
        }
        let bones = project_drr(&water, &beam, &detector, Attenuation::BONES)[0];
        let expected = f64::from(length) * Attenuation::BONES.soft;
        assert!((f64::from(bones) - expected).abs() < 0.01);
    }
}

/// Body and bones with balls, with no symmetry.
fn torso(grid: &Grid) -> Volume<i16> {
    phantom(grid, |at| {
        let p = at - isocentre();
        let in_body = (p.x / 95.0).powi(2) + (p.y / 70.0).powi(2) < 1.0;
        let in_bone = (p.x - 30.0).hypot(p.y - 35.0) < 14.0 && p.z > -40.0;
        match (in_bone, in_body) {
            (true, _) => 700,
            (_, true) => 30,
            _ => -1000,
        }
    })
}

/// Floats of a portable float map with its size, in the order of the file; plastimatch writes the
/// highest row first.
fn float_map(path: &Path) -> (usize, usize, Vec<f32>) {
    let bytes = std::fs::read(path).unwrap();
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at
            + bytes[at..]
                .iter()
                .position(u8::is_ascii_whitespace)
                .unwrap();
        if end > at {
            fields.push(String::from_utf8_lossy(&bytes[at..end]).into_owned());
        }
        at = end + 1;
    }
    let [columns, rows] = [1, 2].map(|n: usize| fields[n].parse::<usize>().unwrap());
    let values = bytes[at..].chunks_exact(4);
    let values = values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    (rows, columns, values.collect())
}

/// Normalised cross-correlation.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |v: &[f32]| v.iter().map(|v| f64::from(*v)).sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (f64::from(*a) - ma, f64::from(*b) - mb);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / (aa * bb).sqrt()
}

/// What plastimatch casts through the same CT onto the same raster.
fn by_plastimatch(ct: &Volume<i16>, beam: &Beam, size: usize, folder: &Path) -> Option<Vec<f32>> {
    let input = folder.join("ct.nii.gz");
    write_volume(&input, &ct.map(|hu| f32::from(*hu))).unwrap();
    let triple = |v: Vector3<f64>| format!("{} {} {}", v.x, v.y, v.z);
    let side = size.to_string();
    let run = Command::new("plastimatch")
        .arg("drr")
        .args(["-i", "exact", "-t", "pfm", "-P", "preprocess"])
        .args(["--sad", "1000", "--sid", "1000"])
        .args([
            "-r",
            &format!("{side} {side}"),
            "-z",
            &format!("{side} {side}"),
        ])
        .args(["-o", &triple(beam.isocentre.coords)])
        .args(["-n", &triple(beam.axes()[2])])
        .args(["--vup", &triple(beam.axes()[1])])
        .arg("-O")
        .arg(folder.join("drr"))
        .arg(&input)
        .output();
    let Ok(output) = run else {
        assert!(
            std::env::var_os("ISOBOOST_REQUIRE_EXTERNAL").is_none(),
            "plastimatch is not installed"
        );
        println!("skipped: plastimatch not installed");
        return None;
    };
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let (rows, columns, values) = float_map(&folder.join("drr0000.pfm"));
    assert_eq!((rows, columns), (size, size), "{told}");
    Some(values)
}

#[test]
fn plastimatch_casts_the_same_picture() {
    let size = 200_usize;
    let half = (size as f64 - 1.0) / 2.0;
    for (grid, side) in [
        (&grids()[0], BeamSide::Anterior),
        (&grids()[0], BeamSide::Left),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let ct = torso(grid);
        let beam = beam(side);
        let detector = Detector {
            first_x: -half,
            first_y: half,
            pixel_mm: 1.0,
            columns: size,
            rows: size,
        };
        let ours = project_drr(&ct, &beam, &detector, Attenuation::WATER);
        let Some(theirs) = by_plastimatch(&ct, &beam, size, folder.path()) else {
            return;
        };
        let same = correlation(&ours, &theirs);
        let mirrored: Vec<f32> = theirs
            .chunks_exact(size)
            .flat_map(|row| row.iter().rev().copied())
            .collect();
        let turned: Vec<f32> = theirs
            .chunks_exact(size)
            .rev()
            .flat_map(<[f32]>::to_vec)
            .collect();
        println!(
            "{side:?}: {same:.4}, mirrored {:.4}, upside down {:.4}",
            correlation(&ours, &mirrored),
            correlation(&ours, &turned)
        );
        assert!(same > 0.999, "{side:?}: {same}");
    }
}

fn field_of(side: BeamSide) -> PelvicField {
    PelvicField {
        position: PatientPosition::HeadFirstSupine,
        isocentre: isocentre(),
        beams: vec![beam(side)],
        borders: Vec::new(),
        cautions: Vec::new(),
    }
}

/// The picture of a ball: its outline is drawn around the analytic place, in its colour.
#[test]
fn the_picture_has_the_outline_where_the_ball_is() {
    let grid = grids()[0].clone();
    let ct = torso(&grid);
    let center = isocentre() + Vector3::from(BALLS[0]);
    let mask = Volume::from_fn(grid.clone(), |v| {
        (grid.center_of(v) - center).norm() <= 12.0
    });
    let outline = DrrOutline {
        name: "PTV_N_1",
        colour: [255, 0, 255],
        mask: &mask,
    };
    for side in [BeamSide::Anterior, BeamSide::Left] {
        let field = field_of(side);
        let png = drr_png(&ct, &field, &field.beams[0], &[outline], SUGGESTION).unwrap();
        assert_eq!(
            png,
            drr_png(&ct, &field, &field.beams[0], &[outline], SUGGESTION).unwrap()
        );
        let signed = drr_png(
            &ct,
            &field,
            &field.beams[0],
            &[outline],
            PictureStatus::Signed,
        );
        assert_ne!(png, signed.unwrap(), "a signed one says so");
        let picture = image::load_from_memory(&png).unwrap().to_rgb8();
        // 45 mm around the aperture at two pixels per mm, 34 pixels of paper, the legend beside.
        let detector = Detector::around(&field.beams[0], 45.0, 1.0);
        let [row, column] = by_hand(side, BALLS[0], &detector);
        let expected = [column, row].map(|v| 34.0 + 2.0 * (v + 0.5) - 0.5);
        let shown = 34 + 2 * detector.columns as u32;
        let drawn: Vec<[f64; 2]> = picture
            .enumerate_pixels()
            .filter(|(x, _, p)| *x < shown && p.0 == outline.colour)
            .map(|(x, y, _)| [f64::from(x), f64::from(y)])
            .collect();
        assert!(drawn.len() > 100, "{}", drawn.len());
        let middle = [0, 1].map(|a| {
            let (low, high) = drawn.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), p| {
                (l.min(p[a]), h.max(p[a]))
            });
            f64::midpoint(low, high)
        });
        for a in 0..2 {
            assert!(
                (middle[a] - expected[a]).abs() < 2.5,
                "{middle:?} {expected:?}"
            );
        }
    }
}

/// A CT as large as they get is drawn in time; measured in optimised builds on an idle machine.
#[test]
fn a_large_ct_is_projected() {
    let origin = isocentre() - Vector3::new(250.0, 250.0, 600.0);
    let grid = Grid::axis_aligned([400, 512, 512], [3.0, 0.977, 0.977], origin).unwrap();
    let ct = Volume::filled(grid, 20_i16);
    let beam = beam(BeamSide::Anterior);
    let detector = Detector::around(&beam, 45.0, 1.0);
    let start = Instant::now();
    let seen = project_drr(&ct, &beam, &detector, Attenuation::BONES);
    println!(
        "{} rays in {:.2} s",
        seen.len(),
        start.elapsed().as_secs_f64()
    );
    assert!(seen.iter().all(|v| *v > 100.0));
}

/// The real CT of an abdomen and pelvis, with a field in its middle: for looking at.
#[test]
fn a_real_ct_is_drawn() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/totalsegmentator-example/example_ct.nii.gz");
    if !path.exists() {
        println!("skipped: no {}", path.display());
        return;
    }
    let ct = read_volume(&path).unwrap().map(|hu| *hu as i16);
    let [nk, nj, ni] = ct.grid().shape().map(|n| n as f64);
    let isocentre = ct.grid().lps_from_index([0.3 * nk, 0.5 * nj, 0.5 * ni]);
    for (side, name) in [(BeamSide::Anterior, "ap"), (BeamSide::Left, "lateral")] {
        let beam = Beam::new(side, PatientPosition::HeadFirstSupine, isocentre, SAD, OPEN);
        let field = PelvicField {
            isocentre,
            beams: vec![beam],
            ..field_of(side)
        };
        let png = drr_png(&ct, &field, &field.beams[0], &[], SUGGESTION).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(format!("drr-real-{name}.png")), &png).unwrap();
        let grey = image::load_from_memory(&png).unwrap().to_luma8();
        let mean = grey.pixels().map(|p| f64::from(p.0[0])).sum::<f64>() / grey.len() as f64;
        assert!((60.0..220.0).contains(&mean), "{mean}");
    }
}
