//! Writes what is known of a phantom patient as label maps and JSON, for `scripts/pictures` to draw.

#![expect(clippy::unwrap_used, reason = "a tool of the documentation")]

use std::path::Path;

use isoboost_anatomy::Anatomy;
use isoboost_phantom::{ScannerModel, Side, Site, TorsoLesion, TorsoSpec, Tracer, torso};
use isoboost_pipeline::{Analysis, Config, analyse};
use isoboost_report::{write_label_map, write_volume};
use isoboost_staging::{Region, Scan, Station, regions_at};
use isoboost_volume::{Grid, Volume, resample_trilinear};
use nalgebra::Point3;
use serde_json::json;

/// A lesion of each kind, far enough apart.
const LESIONS: [(Site, Side); 10] = [
    (Site::Anastomosis, Side::Left),
    (Site::ExternalIliac, Side::Right),
    (Site::InternalIliac, Side::Left),
    (Site::Presacral, Side::Left),
    (Site::CommonIliac, Side::Left),
    (Site::Retroperitoneal, Side::Left),
    (Site::Ilium, Side::Right),
    (Site::L3, Side::Left),
    (Site::Rib, Side::Left),
    (Site::Supraclavicular, Side::Left),
];
/// The regions are asked for at this distance, mm.
const STEP_MM: f64 = 3.0;

fn main() {
    let out = std::env::args().nth(1).expect("usage: judgements FOLDER");
    let out = Path::new(&out);
    std::fs::create_dir_all(out).unwrap();
    let lesions = LESIONS.map(|(site, side)| TorsoLesion {
        site,
        side,
        offset_mm: [0.0; 3],
        diameter_mm: 12.0,
        contrast: 7.0,
    });
    let spec = TorsoSpec {
        lesions: lesions.to_vec(),
        ganglia: true,
        ureter_spots: [3, 2],
        unspecific_ribs: 2,
        anatomy_seed: 3,
        ..TorsoSpec::default()
    };
    let study = torso(&spec, Tracer::F18Dcfpyl, &ScannerModel::torso_small(), 3).unwrap();
    let scan = Scan {
        ct: Some(&study.ct),
        ..Scan::of_pet(&study.suv)
    };
    let found = analyse(scan, &[], &Config::default()).unwrap();
    let view = found.anatomy.overview.as_ref().unwrap();
    write_volume(&out.join("ct.nii.gz"), &view.map(|hu| f32::from(*hu))).unwrap();
    let suv = resample_trilinear(&study.suv, view.grid(), 0.0);
    write_volume(&out.join("suv.nii.gz"), &suv).unwrap();
    let organs = organs(&found.anatomy, view.grid());
    write_label_map(&out.join("organs.nii.gz"), &organs).unwrap();
    let (regions, names) = regions(&found.anatomy, view.grid());
    write_label_map(&out.join("regions.nii.gz"), &regions).unwrap();
    let text = serde_json::to_string_pretty(&document(&found, &names)).unwrap();
    std::fs::write(out.join("judgements.json"), text).unwrap();
}

/// The organs as numbers from 1, in their order; later ones lie over earlier ones.
fn organs(anatomy: &Anatomy, grid: &Grid) -> Volume<u16> {
    let mut labels = Volume::filled(grid.clone(), 0_u16);
    for (n, organ) in (1_u16..).zip(&anatomy.organs) {
        for voxel in organ.mask.voxels() {
            if let Some(at) = grid.voxel_at(organ.mask.grid().center_of(voxel)) {
                labels[at] = n;
            }
        }
    }
    labels
}

/// Regions and stations as numbers from 1 with their names, over the pelvis and up to L3.
fn regions(anatomy: &Anatomy, view: &Grid) -> (Volume<u16>, Vec<String>) {
    let landmarks = &anatomy.landmarks;
    let low = landmarks.symphysis_bottom.as_ref().unwrap().at.z - 60.0;
    let high = landmarks.promontory.as_ref().unwrap().at.z + 120.0;
    let corners = view.corners();
    let start = Point3::new(corners[0].x, corners[0].y, low);
    let extent = [high - low, view_length(view, 1), view_length(view, 2)];
    let shape = extent.map(|mm| (mm / STEP_MM) as usize);
    let grid = Grid::axis_aligned(shape, [STEP_MM; 3], start).unwrap();
    let inside = |p: &Point3<f64>| anatomy.body.as_ref().is_some_and(|body| body.contains(*p));
    let voxels: Vec<[usize; 3]> = grid
        .full_box()
        .voxels()
        .filter(|v| inside(&grid.center_of(*v)))
        .collect();
    let places: Vec<Point3<f64>> = voxels.iter().map(|v| grid.center_of(*v)).collect();
    let found = regions_at(&places, anatomy, &Config::default().staging).unwrap();
    let mut names: Vec<String> = Vec::new();
    let mut labels = Volume::filled(grid, 0_u16);
    for (voxel, region) in voxels.into_iter().zip(found) {
        let Some(name) = region.map(named) else {
            continue;
        };
        let known = names.iter().position(|n| *n == name);
        let place = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        labels[voxel] = place as u16 + 1;
    }
    (labels, names)
}

fn view_length(view: &Grid, axis: usize) -> f64 {
    view.shape()[axis] as f64 * view.spacing()[axis]
}

fn named((region, station): (Region, Option<Station>)) -> String {
    let station = station.map(Station::name);
    match (region, station) {
        (Region::Distant, None) => "bone".to_owned(),
        (_, Some(station)) => station.to_owned(),
        (region, None) => region.name().to_owned(),
    }
}

fn document(found: &Analysis, regions: &[String]) -> serde_json::Value {
    let at = |p: Point3<f64>| [p.x, p.y, p.z];
    let anatomy = &found.anatomy;
    let landmarks = anatomy.landmarks.named().into_iter();
    let landmarks = landmarks.filter_map(|(name, sought)| {
        let landmark = sought.as_ref().ok()?;
        Some(json!({"name": name, "at": at(landmark.at), "how": landmark.how}))
    });
    let courses = anatomy.courses.iter().flatten().map(|course| {
        let line: Vec<[f64; 3]> = course.line.iter().map(|p| at(*p)).collect();
        json!({"kind": format!("{:?}", course.kind), "line": line})
    });
    let lesions = found.staging.lesions.iter().map(|l| {
        json!({"id": l.id, "at": at(l.focus.measures.centroid), "region": l.region.name(),
               "site": l.site, "evidence": l.evidence})
    });
    let excluded = found.staging.excluded.iter().map(|e| {
        json!({"id": e.id, "at": at(e.focus.measures.centroid), "reason": e.reason.name(),
               "certainty": e.certainty.name(), "evidence": e.evidence})
    });
    let organs = anatomy.organs.iter().map(|organ| organ.kind.name());
    json!({
        "organs": organs.collect::<Vec<_>>(),
        "regions": regions,
        "landmarks": landmarks.collect::<Vec<_>>(),
        "courses": courses.collect::<Vec<_>>(),
        "lesions": lesions.collect::<Vec<_>>(),
        "excluded": excluded.collect::<Vec<_>>(),
        "sentence": found.staging.sentence(),
    })
}
