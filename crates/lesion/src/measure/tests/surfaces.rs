//! What holds of every surface.

use super::*;

#[test]
fn every_surface_is_closed_and_turned_outwards() {
    let mut random = Random(7);
    for case in 0..100 {
        let shape = [3 + case % 4, 4, 5];
        let grid = Grid::axis_aligned(shape, [3.0, 1.0, 2.0], Point3::origin()).unwrap();
        let share = random.next();
        let depth = Volume::from_fn(grid, |_| match random.next() {
            // Depths of just 0, and such as leave a voxel by very little.
            r if r < 0.1 => 0.0,
            r if r < 0.15 => f32::MIN_POSITIVE,
            _ => (random.next() - share) as f32,
        });
        let voxels_only = Field::of_voxels(&depth);
        for field in [
            &voxels_only,
            &Field::refined(&depth, 6.0),
            &Field::refined(&depth, 12.0),
        ] {
            let mesh = Mesh::of(field);
            check_closed(&mesh);
            assert!(
                mesh.extent().volume_mm3 >= 0.0,
                "case {case}: turned inwards"
            );
        }
    }
}

/// Every side of a triangle has just one other triangle at it, which runs along it the other way.
fn check_closed(mesh: &Mesh) {
    let sides_of = |[a, b, c]: &[u32; 3]| [(*a, *b), (*b, *c), (*c, *a)];
    let mut sides: Vec<(u32, u32)> = mesh.triangles.iter().flat_map(sides_of).collect();
    sides.sort_unstable();
    assert!(
        sides.windows(2).all(|two| two[0] != two[1]),
        "a side twice the same way"
    );
    let is_closed = |(a, b): &(u32, u32)| sides.binary_search(&(*b, *a)).is_ok();
    assert!(sides.iter().all(is_closed), "an open side");
}

#[test]
fn a_body_cut_by_the_grid_closes_half_a_voxel_beyond_it() {
    let grid = Grid::axis_aligned([9, 8, 7], [2.0, 3.0, 4.0], Point3::origin()).unwrap();
    let depth = Volume::filled(grid, -0.5_f32);
    let mesh = Mesh::of(&Field::of_voxels(&depth));
    check_closed(&mesh);
    for (axis, length) in [18.0, 24.0, 28.0].into_iter().enumerate() {
        let places = || mesh.vertices.iter().map(|v| v.at[axis]);
        let (low, high) = (
            places().fold(f64::MAX, f64::min),
            places().fold(0.0, f64::max),
        );
        assert!((high - low - length).abs() < 1e-9);
    }
    // Along the twelve edges of the box half a cell is cut off at 45°, at its corners a bit more.
    let whole = 18.0 * 24.0 * 28.0;
    let edges = 4.0 * (3.0 * 4.0 / 8.0 * 16.0 + 2.0 * 4.0 / 8.0 * 21.0 + 2.0 * 3.0 / 8.0 * 24.0);
    let volume = mesh.extent().volume_mm3;
    assert!(
        (whole - edges - volume).abs() < 8.0 * 24.0 / 6.0,
        "{volume}"
    );
}

#[test]
fn a_depth_of_zero_encloses_next_to_nothing() {
    let grid = Grid::axis_aligned([5; 3], [2.0; 3], Point3::origin()).unwrap();
    let mut suv = Volume::filled(grid, 1.0_f32);
    suv[[2, 2, 2]] = 4.0;
    let m = measured_above(&suv, 4.0);
    assert!((m.volume_ml - 0.008).abs() < 1e-12);
    assert_eq!((m.suv_sd, m.skewness, m.kurtosis), (0.0, 0.0, 0.0));
    assert!(m.volume_isosurface_ml < 1e-3, "{}", m.volume_isosurface_ml);
    assert!(m.longest_diameter_mm < 2.0, "{}", m.longest_diameter_mm);
}

#[test]
fn what_is_not_a_number_lies_outside() {
    let grid = Grid::axis_aligned([4; 3], [2.0; 3], Point3::origin()).unwrap();
    let mut depth = Volume::filled(grid, f32::NAN);
    depth[[1, 1, 1]] = f32::NEG_INFINITY;
    depth[[1, 1, 2]] = -1.0;
    depth[[1, 2, 2]] = f32::INFINITY;
    for field in [Field::of_voxels(&depth), Field::refined(&depth, 3.0)] {
        let mesh = Mesh::of(&field);
        check_closed(&mesh);
        let extent = mesh.extent();
        assert!(
            extent.volume_mm3 >= 0.0 && extent.area_mm2 > 0.0,
            "{extent:?}"
        );
    }
}

#[test]
fn a_neighbours_flank_adds_nothing_to_the_surface() {
    let grid = grid_around(40.0, [3.0, 4.0, 4.0], false);
    let (near, far) = (Point3::new(-10.0, 0.0, 0.0), Point3::new(13.0, 0.0, 0.0));
    let bump = |r: f64, height: f64| height * (-r * r / 90.0).exp();
    let both = Volume::from_fn(grid.clone(), |v| {
        let p = grid.center_of(v);
        (1.0 + bump((p - near).norm(), 8.0) + bump((p - far).norm(), 20.0)) as f32
    });
    let level = 4.0;
    let hot = both.map(|s| f64::from(*s) >= level);
    // The left of the two, as cut off at the saddle.
    let left: Vec<_> = hot
        .voxels()
        .filter(|v| grid.center_of(*v).x < -3.0)
        .collect();
    assert!(left.len() < hot.count());
    let depth = depth_below(&both, &left, level).0;
    let m = measure(&both, &left, &depth, &PeakKernel::new(&grid));
    let ratio = m.volume_isosurface_ml / m.volume_ml;
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
    assert!(m.longest_diameter_mm < 24.0, "{}", m.longest_diameter_mm);
}
