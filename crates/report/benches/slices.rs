//! Time of a picture for the viewer: CT 512 × 512 × 320, PET 200 × 200 × 320, 512 × 512 pixels.
//! `RAYON_NUM_THREADS=1 cargo bench -p isoboost-report` tells what one core takes.

#![expect(clippy::unwrap_used, reason = "a bench may fail")]

use criterion::{Criterion, criterion_group, criterion_main};
use isoboost_report::Plane;
use isoboost_report::slice::{
    ColourMap, CtLayer, PetLayer, PlaneView, PngEffort, RotatingMip, SliceLayers, Window,
    plane_outlines, render_slice,
};
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::{Point3, Vector3};

/// A body with bone, and noise as a CT has it.
fn ct() -> Volume<i16> {
    let origin = Point3::new(-250.0, -250.0, 0.0);
    let grid = Grid::axis_aligned([320, 512, 512], [3.0, 0.977, 0.977], origin).unwrap();
    let mut noise = 1_u32;
    Volume::from_fn(grid.clone(), |voxel| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let p = grid.center_of(voxel);
        let body = (p.x / 190.0).hypot(p.y / 120.0);
        let tissue = if body > 1.0 {
            -1000
        } else if p.x.hypot(p.y - 70.0) < 22.0 {
            600
        } else {
            40
        };
        tissue + (noise >> 27) as i16 - 16
    })
}

/// Background, and spots between.
fn suv() -> Volume<f32> {
    let origin = Point3::new(-398.0, -398.0, 0.0);
    let grid = Grid::axis_aligned([320, 200, 200], [3.0, 4.0, 4.0], origin).unwrap();
    Volume::from_fn(grid.clone(), |voxel| {
        let p = grid.center_of(voxel);
        if (p.x / 190.0).hypot(p.y / 120.0) > 1.0 {
            return 0.0;
        }
        let wave = (p.x / 30.0).sin() * (p.y / 25.0).sin() * (p.z / 40.0).sin();
        (0.6 + 9.0 * wave.max(0.0).powi(4)) as f32
    })
}

fn slices(criterion: &mut Criterion) {
    let (ct, suv) = (ct(), suv());
    let layers = SliceLayers {
        ct: Some(CtLayer {
            volume: &ct,
            window: Window::SOFT_TISSUE,
        }),
        pet: Some(PetLayer {
            volume: &suv,
            window: Window::SUV_0_10,
            map: ColourMap::Hot,
            opacity: 0.6,
        }),
    };
    let center = Point3::new(10.0, 5.0, 481.0);
    for plane in Plane::ALL {
        let view = PlaneView::around(plane, center, 0.9, [512, 512]).unwrap();
        criterion.bench_function(&format!("fused {} 512x512", plane.name()), |b| {
            b.iter(|| render_slice(&view, &layers));
        });
        let picture = render_slice(&view, &layers);
        for effort in [PngEffort::Fast, PngEffort::Small] {
            let bytes = picture.to_png(effort).unwrap().len() / 1024;
            let name = format!("PNG {effort:?} of {} ({bytes} KiB)", plane.name());
            criterion.bench_function(&name, |b| b.iter(|| picture.to_png(effort).unwrap()));
        }
    }
    let turned = suv.clone().moved(&nalgebra::Isometry3::new(
        Vector3::new(3.0, -2.0, 5.0),
        Vector3::new(0.02, 0.01, -0.03),
    ));
    let mut oblique = layers;
    if let Some(pet) = &mut oblique.pet {
        pet.volume = &turned;
    }
    let view = PlaneView::around(Plane::Axial, center, 0.9, [512, 512]).unwrap();
    criterion.bench_function("fused axial 512x512, PET oblique", |b| {
        b.iter(|| render_slice(&view, &oblique));
    });
    outlines_and_frames(criterion, &ct, &suv);
}

fn outlines_and_frames(criterion: &mut Criterion, ct: &Volume<i16>, suv: &Volume<f32>) {
    let center = Point3::new(10.0, 5.0, 481.0);
    for (name, radius) in [("lesion", 10.0), ("pelvic volume", 100.0)] {
        let bounds = ct.grid().box_around(&[center], radius + 5.0).unwrap();
        let grid = ct.grid().crop(bounds);
        let inside = |voxel| (grid.center_of(voxel) - center).norm() < radius;
        let mask = Mask::from_fn(grid.clone(), inside);
        for plane in Plane::ALL {
            let view = PlaneView::around(plane, center, 0.9, [512, 512]).unwrap();
            criterion.bench_function(&format!("outline of a {name}, {}", plane.name()), |b| {
                b.iter(|| plane_outlines(&mask, &view));
            });
        }
    }
    criterion.bench_function("rotating MIP, preparation", |b| {
        b.iter(|| RotatingMip::new(suv));
    });
    criterion.bench_function("rotating MIP, preparation and a frame", |b| {
        b.iter(|| RotatingMip::new(suv).frame(5, Window::SUV_0_10, ColourMap::InverseGrey));
    });
    let mip = RotatingMip::new(suv);
    mip.prepare();
    criterion.bench_function("rotating MIP, a frame again with PNG", |b| {
        b.iter(|| {
            let picture = mip.frame(5, Window::SUV_0_10, ColourMap::InverseGrey);
            picture.to_png(PngEffort::Fast).unwrap()
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = slices
}
criterion_main!(benches);
