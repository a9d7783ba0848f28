//! What every preset finds in pelvis phantoms: by size and uptake of the lesions, and how much it
//! finds where nothing is. `docs/finding.md` shows the same figures.

use std::fmt::Write as _;

use isoboost_lesion::{
    FoundFoci, LesionConfig, Level, NamedOrgan, ReferenceLevels, Surroundings, find_uptake,
};
use isoboost_phantom::{
    LesionSpec, PelvisSpec, PhantomStudy, ScannerModel, Scenario, Side, Site, Tracer, TruthLesion,
    pelvis,
};
use isoboost_pipeline::{Config, PRESETS};
use isoboost_tests::workspace;
use isoboost_volume::{Grid, Mask, Volume};
use nalgebra::Point3;

const DIAMETERS_MM: [f64; 4] = [6.0, 8.0, 10.0, 14.0];
const SUVS: [f64; 6] = [2.0, 3.0, 4.0, 6.0, 8.0, 12.0];

/// Where lesions lie in the made scans: two in the bed, five nodes, five in bone.
const PLACES: [(Site, Side); 12] = [
    (Site::Anastomosis, Side::Left),
    (Site::Retrovesical, Side::Left),
    (Site::ExternalIliac, Side::Left),
    (Site::InternalIliac, Side::Right),
    (Site::Obturator, Side::Right),
    (Site::CommonIliac, Side::Left),
    (Site::Presacral, Side::Left),
    (Site::Sacrum, Side::Right),
    (Site::Ilium, Side::Left),
    (Site::Acetabulum, Side::Right),
    (Site::L5, Side::Left),
    (Site::Ischium, Side::Left),
];

const SCENARIOS: [Scenario; 4] = [
    Scenario::Node,
    Scenario::BedNode,
    Scenario::Bone,
    Scenario::Polymetastatic,
];

/// Half of all sizes and uptakes at every place: each of them at six places.
const MADE_SCANS: usize = 12;

/// Seeds of the noise of negative scans.
const NEGATIVE_SEEDS: [u64; 3] = [101, 102, 103];

/// A focus this far outside of a lesion's or an organ's surface still is its own: two voxels.
const NEAR_MM: f64 = 9.0;

fn scanner() -> ScannerModel {
    let mut scanner = ScannerModel::fixture();
    // The CT plays no part here.
    scanner.ct.matrix = 16;
    scanner.ct.pixel_mm = 32.0;
    scanner
}

fn scan(spec: &PelvisSpec, seed: u64) -> PhantomStudy {
    pelvis(spec, Tracer::Ga68Psma11, &scanner(), seed).unwrap_or_else(|e| panic!("{e}"))
}

/// One scan of the series: each place has another size and uptake, and over the series every place
/// has every one of them.
fn made_scan(n: usize) -> PhantomStudy {
    let lesions = PLACES.iter().enumerate().map(|(p, (site, side))| {
        let kind = (n + 2 * p) % (DIAMETERS_MM.len() * SUVS.len());
        let diameter = DIAMETERS_MM[kind % DIAMETERS_MM.len()];
        LesionSpec::at(*site, *side, diameter, SUVS[kind / DIAMETERS_MM.len()])
    });
    let spec = PelvisSpec {
        lesions: lesions.collect(),
        ..PelvisSpec::default()
    };
    scan(&spec, n as u64 + 1)
}

/// Masks of the patient without lesions, on the PET grid.
struct Patient {
    bone: Mask,
    bladder: Mask,
    bowel: Mask,
    aorta: Mask,
}

impl Patient {
    fn of(study: &PhantomStudy) -> Self {
        let grid = study.suv.grid();
        let all = |prefixes: &[&str]| {
            let mut mask = Mask::empty(grid.clone());
            let names = study.organ_names();
            let named = |name: &&&str| prefixes.iter().any(|p| name.starts_with(p));
            for name in names.iter().filter(named) {
                let organ = study.organ_mask(name, grid).unwrap();
                for (all, here) in mask.as_mut_slice().iter_mut().zip(organ.as_slice()) {
                    *all |= here;
                }
            }
            mask
        };
        Self {
            bone: all(&["hip_", "femur_", "sacrum", "vertebra"]),
            bladder: all(&["urinary_bladder", "ureter_", "kidney_"]),
            bowel: all(&["small_bowel", "colon", "rectum"]),
            aorta: all(&["aorta"]),
        }
    }

    /// Liver and spleen lie outside of a pelvic scan: their levels are those of the tracer, with
    /// the noise of the scanner.
    fn surroundings(&self, suv: &Volume<f32>) -> Surroundings<'_> {
        let level = |mean: f64| {
            let sd = scanner().noise * mean.sqrt();
            Some(Level { mean, sd })
        };
        Surroundings {
            references: ReferenceLevels {
                blood_pool: Some(measured(suv, &self.aorta)),
                liver: level(4.5),
                spleen: level(7.0),
                parotid: level(11.0),
            },
            bone: Some(&self.bone),
            organs: vec![NamedOrgan {
                name: "urinary bladder".to_owned(),
                mask: &self.bladder,
            }],
            ..Surroundings::default()
        }
    }
}

/// Level of the voxels whose six neighbours are of the region as well.
fn measured(suv: &Volume<f32>, region: &Mask) -> Level {
    let [nk, nj, ni] = region.grid().shape();
    let inner = region.voxels().filter(|[k, j, i]| {
        let (k, j, i) = (*k, *j, *i);
        let inside = k > 0 && j > 0 && i > 0 && k + 1 < nk && j + 1 < nj && i + 1 < ni;
        let around = || {
            [
                [k - 1, j, i],
                [k + 1, j, i],
                [k, j - 1, i],
                [k, j + 1, i],
                [k, j, i - 1],
                [k, j, i + 1],
            ]
        };
        inside && around().into_iter().all(|v| region[v])
    });
    let values: Vec<f64> = inner.map(|v| f64::from(suv[v])).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    Level {
        mean,
        sd: (squares / n).sqrt(),
    }
}

/// Whether a region lies within [`NEAR_MM`] of a point.
fn is_near(region: &Mask, point: Point3<f64>) -> bool {
    let grid: &Grid = region.grid();
    let bounds = grid.box_around(&[point], NEAR_MM);
    let mut voxels = bounds.into_iter().flat_map(|b| b.voxels());
    voxels.any(|v| region[v] && (grid.center_of(v) - point).norm() <= NEAR_MM)
}

/// What a preset did over a number of scans.
#[derive(Default)]
struct Tally {
    /// Found and all lesions, by diameter and SUV.
    lesions: [[(usize, usize); SUVS.len()]; DIAMETERS_MM.len()],
    scenarios: (usize, usize),
    scans: usize,
    false_bowel: usize,
    false_elsewhere: usize,
    /// The same on scans without lesions, all places.
    negative_scans: usize,
    false_negative_scans: usize,
    seconds: f64,
}

fn is_found(lesion: &TruthLesion, found: &FoundFoci) -> bool {
    let reach = (lesion.diameter_mm / 2.0).max(5.0);
    let near = |p: Point3<f64>| (p - lesion.center).norm() <= reach;
    found.foci.iter().any(|f| near(f.measures.max_at))
}

impl Tally {
    fn add_false(&mut self, patient: &Patient, study: &PhantomStudy, found: &FoundFoci) {
        self.scans += 1;
        let (mut bowel, mut elsewhere) = (0, 0);
        for focus in &found.foci {
            let place = focus.measures.max_at;
            let of_lesion =
                |l: &TruthLesion| (l.center - place).norm() <= l.diameter_mm / 2.0 + NEAR_MM;
            if study.truth.lesions.iter().any(of_lesion) || is_near(&patient.bladder, place) {
                continue;
            }
            if is_near(&patient.bowel, place) {
                bowel += 1;
            } else {
                elsewhere += 1;
            }
            if std::env::var_os("DBG").is_some() {
                let names = study.organ_names();
                let here: Vec<_> = names
                    .iter()
                    .filter(|n| is_near(&study.organ_mask(n, study.suv.grid()).unwrap(), place))
                    .collect();
                eprintln!(
                    "false {:?} max {:.2} vol {:.2} {} {here:?}",
                    place - nalgebra::Vector3::new(3.5, -148.2, -612.4),
                    focus.measures.suv_max,
                    focus.measures.volume_ml,
                    focus.threshold_suv
                );
            }
        }
        self.false_bowel += bowel;
        self.false_elsewhere += elsewhere;
        if study.truth.lesions.is_empty() {
            self.negative_scans += 1;
            self.false_negative_scans += bowel + elsewhere;
        }
    }

    fn add_made(&mut self, study: &PhantomStudy, found: &FoundFoci) {
        for lesion in &study.truth.lesions {
            let d = DIAMETERS_MM.iter().position(|d| *d == lesion.diameter_mm);
            let s = SUVS.iter().position(|s| *s == lesion.suv);
            let cell = &mut self.lesions[d.unwrap()][s.unwrap()];
            cell.0 += usize::from(is_found(lesion, found));
            cell.1 += 1;
        }
    }

    fn add_scenario(&mut self, study: &PhantomStudy, found: &FoundFoci) {
        let lesions = &study.truth.lesions;
        self.scenarios.0 += lesions.iter().filter(|l| is_found(l, found)).count();
        self.scenarios.1 += lesions.len();
    }
}

/// All presets over all scans.
fn tallies() -> Vec<Tally> {
    let configs: Vec<LesionConfig> = PRESETS
        .iter()
        .map(|(name, _)| Config::load(Some(name), None).unwrap().lesion)
        .collect();
    let mut tallies: Vec<Tally> = PRESETS.iter().map(|_| Tally::default()).collect();
    let patient = Patient::of(&scan(&PelvisSpec::default(), 1));
    let mut search = |study: &PhantomStudy, add: fn(&mut Tally, &PhantomStudy, &FoundFoci)| {
        let surroundings = patient.surroundings(&study.suv);
        for (tally, config) in tallies.iter_mut().zip(&configs) {
            let since = std::time::Instant::now();
            let found = find_uptake(&study.suv, &surroundings, config)
                .unwrap()
                .foci();
            tally.seconds += since.elapsed().as_secs_f64();
            add(tally, study, &found);
            tally.add_false(&patient, study, &found);
        }
    };
    for n in 0..MADE_SCANS {
        search(&made_scan(n), Tally::add_made);
    }
    for (n, scenario) in SCENARIOS.into_iter().enumerate() {
        search(
            &scan(&PelvisSpec::from(scenario), 31 + n as u64),
            Tally::add_scenario,
        );
    }
    for seed in NEGATIVE_SEEDS {
        search(&scan(&PelvisSpec::default(), seed), Tally::add_scenario);
    }
    tallies
}

fn document(tallies: &[Tally]) -> String {
    let mut text = String::new();
    for (d, diameter) in DIAMETERS_MM.iter().enumerate() {
        let _ = write!(text, "\n### Lesions of {diameter} mm\n\n| preset |");
        for suv in SUVS {
            let _ = write!(text, " SUV {suv} |");
        }
        text.push_str("\n|---|---|---|---|---|---|---|\n");
        for ((name, _), tally) in PRESETS.iter().zip(tallies) {
            let _ = write!(text, "| {name} |");
            for (found, all) in tally.lesions[d] {
                let _ = write!(text, " {:.0} % |", 100.0 * found as f64 / all as f64);
            }
            text.push('\n');
        }
    }
    text
}

#[test]
fn presets_find_what_the_document_says() {
    let tallies = tallies();
    let text = document(&tallies);
    println!("{text}");
    for ((name, _), t) in PRESETS.iter().zip(&tallies) {
        println!(
            "{name}: scen {:?} scans {} bowel {} elsewhere {} neg {} {} {:.2}s",
            t.scenarios,
            t.scans,
            t.false_bowel,
            t.false_elsewhere,
            t.negative_scans,
            t.false_negative_scans,
            t.seconds
        );
    }
    let _ = workspace();
}
