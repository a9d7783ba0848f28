//! What every preset finds in pelvis phantoms: by size and uptake of the lesions, and how much it
//! finds where nothing is. `docs/finding.md` shows the same figures.

use std::fmt::Write as _;

use isoboost_lesion::{FoundFoci, Level, NamedOrgan, ReferenceLevels, Surroundings, find_uptake};
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

const NEGATIVE_SCANS: usize = 3;

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

/// The patient of one scan of the series: each place has another size and uptake, and over 24 scans
/// every place would have every one of them.
fn made(n: usize) -> PelvisSpec {
    let lesions = PLACES.iter().enumerate().map(|(p, (site, side))| {
        let kind = (n + 2 * p) % (DIAMETERS_MM.len() * SUVS.len());
        let diameter = DIAMETERS_MM[kind % DIAMETERS_MM.len()];
        LesionSpec::at(*site, *side, diameter, SUVS[kind / DIAMETERS_MM.len()])
    });
    PelvisSpec {
        lesions: lesions.collect(),
        ..PelvisSpec::default()
    }
}

/// All patients: without lesions, of the built-in scenarios, of the series.
fn patients() -> Vec<PelvisSpec> {
    let negative = (0..NEGATIVE_SCANS).map(|_| PelvisSpec::default());
    let scenarios = SCENARIOS.into_iter().map(PelvisSpec::from);
    let made = (0..MADE_SCANS).map(made);
    negative.chain(scenarios).chain(made).collect()
}

/// Their scans, each with noise of its own, rendered on two threads.
fn scans() -> Vec<PhantomStudy> {
    let patients: Vec<(u64, PelvisSpec)> = (1..).zip(patients()).collect();
    let half = patients.len().div_ceil(2);
    std::thread::scope(|scope| {
        let render = |part: &[(u64, PelvisSpec)]| -> Vec<PhantomStudy> {
            part.iter().map(|(seed, spec)| scan(spec, *seed)).collect()
        };
        let parts = patients
            .chunks(half)
            .map(|part| scope.spawn(move || render(part)));
        let threads: Vec<_> = parts.collect();
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    })
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
    /// Not found, but told as a point too small to be outlined.
    told: usize,
    /// Of those of 8 mm and more that the noise-free image shows with at least SUV 4.5.
    visible: (usize, usize),
    scenarios: (usize, usize),
    scans: usize,
    false_bowel: usize,
    false_elsewhere: usize,
    /// Both, on scans without lesions.
    false_negative_scans: usize,
}

/// Whether a point is a lesion's: within its radius, or a voxel of its centre.
fn is_of(lesion: &TruthLesion, point: Point3<f64>) -> bool {
    (point - lesion.center).norm() <= (lesion.diameter_mm / 2.0).max(5.0)
}

fn is_found(lesion: &TruthLesion, found: &FoundFoci) -> bool {
    let mut foci = found.foci.iter();
    foci.any(|f| is_of(lesion, f.measures.max_at))
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
        }
        self.false_bowel += bowel;
        self.false_elsewhere += elsewhere;
        if study.truth.lesions.is_empty() {
            self.false_negative_scans += bowel + elsewhere;
        }
    }

    fn add_made(&mut self, study: &PhantomStudy, found: &FoundFoci) {
        for lesion in &study.truth.lesions {
            let d = DIAMETERS_MM.iter().position(|d| *d == lesion.diameter_mm);
            let s = SUVS.iter().position(|s| *s == lesion.suv);
            let is_found = is_found(lesion, found);
            count(&mut self.lesions[d.unwrap()][s.unwrap()], is_found);
            if lesion.diameter_mm >= 8.0 && lesion.suv_max_noise_free >= 4.5 {
                count(&mut self.visible, is_found);
            }
            let is_told = found.points.iter().any(|p| is_of(lesion, p.max_at));
            self.told += usize::from(!is_found && is_told);
        }
    }

    fn add_scenario(&mut self, study: &PhantomStudy, found: &FoundFoci) {
        for lesion in &study.truth.lesions {
            count(&mut self.scenarios, is_found(lesion, found));
        }
    }

    /// All lesions of the made scans, found and all.
    fn all(&self) -> (usize, usize) {
        let cells = self.lesions.iter().flatten();
        cells.fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1))
    }
}

fn count((found, all): &mut (usize, usize), is_found: bool) {
    *found += usize::from(is_found);
    *all += 1;
}

/// All presets over all scans.
fn tallies() -> Vec<Tally> {
    let scans = scans();
    let patient = Patient::of(&scans[0]);
    let tally = |(name, _): &(&str, &str)| {
        let config = Config::load(Some(name), None).unwrap().lesion;
        let mut tally = Tally::default();
        for (n, study) in scans.iter().enumerate() {
            let surroundings = patient.surroundings(&study.suv);
            let uptake = find_uptake(&study.suv, &surroundings, &config);
            let found = uptake.unwrap().foci();
            if n < NEGATIVE_SCANS + SCENARIOS.len() {
                tally.add_scenario(study, &found);
            } else {
                tally.add_made(study, &found);
            }
            tally.add_false(&patient, study, &found);
        }
        tally
    };
    PRESETS.iter().map(tally).collect()
}

/// Share of lesions found, by size and uptake.
fn sensitivity(tallies: &[Tally]) -> String {
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

/// Everything at a glance, with what was found where nothing is.
fn overview(tallies: &[Tally]) -> String {
    let mut text = String::from(
        "\n| preset | lesions found | missed, told as points | built-in scenarios | false foci per scan | of them in bowel | on negative scans |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for ((name, _), t) in PRESETS.iter().zip(tallies) {
        let (found, all) = t.all();
        let wrong = t.false_bowel + t.false_elsewhere;
        let _ = writeln!(
            text,
            "| {name} | {found} of {all} | {} | {} of {} | {:.2} | {} | {} |",
            t.told,
            t.scenarios.0,
            t.scenarios.1,
            wrong as f64 / t.scans as f64,
            t.false_bowel,
            t.false_negative_scans
        );
    }
    text
}

fn document(tallies: &[Tally]) -> String {
    let (made, scans) = (MADE_SCANS, tallies[0].scans);
    let (negative, built_in) = (NEGATIVE_SCANS, SCENARIOS.len());
    format!(
        "# What each preset finds\n\n\
         Made by `tests/tests/finding.rs` from {scans} pelvis phantoms of 68Ga-PSMA-11: {made} with twelve lesions each, {built_in} built-in scenarios, and {negative} without lesions.\n\
         PET voxels of 4.5 x 4.5 x 4 mm, point spread 5.5 mm, noise 15 % at SUV 1, bladder SUV 30, blood 1.6, bowel up to 1.8, muscle 0.6, marrow 0.8.\n\
         The SUV of a lesion is its true one: of its contrast, blur and voxels leave 27 % in the middle of 6 mm, 48 % of 8 mm, 69 % of 10 mm and 93 % of 14 mm.\n\
         Each size and uptake lies at six of twelve places: anastomosis and retrovesical bed, external and internal iliac, obturator, common iliac and presacral nodes, sacrum, ilium, acetabulum, L5 and ischium.\n\
         The blood pool is measured in the aorta of each scan; liver and spleen lie outside and have the levels 4.5 and 7.0 with the scanner's noise.\n\n\
         A lesion is found when a delineated focus has its maximum within the lesion's radius, or within 5 mm of its centre.\n\
         A focus is false when its maximum lies more than 9 mm from every lesion, the bladder and the ureters.\n\
         {overview}\n\
         ## Which one is the default\n\n\
         `suv3`: it finds every lesion of the built-in scenarios and every one of 8 mm or more that the image shows with SUV 4.5, and has no false focus.\n\
         It needs no reference region, is the same for every patient, and is what the DEEP-PSMA challenge holds as truth.\n\n\
         `local-contrast` finds all that `suv3` finds and the small and faint ones that no threshold can; it is the second look when a scan seems negative.\n\
         Its false foci lie on iliac vessels.\n\
         `blood-pool` lies between the two.\n\
         These phantoms flatter both: they have no ganglia, no unspecific bone uptake and no hot bowel, whose uptake of SUV 2 to 4 is what SUV 3 is meant to leave out.\n\n\
         `qpsma`, `tridfusion` and `tissue` measure tumour load and leave small foci out by design.\n\
         `percent-of-max` depends on what else is in the scan.\n\
         `liver-percist` was made for FDG, where the liver is at SUV 2: in PSMA it asks for SUV 7 and misses most.\n\n\
         ## Found by size and uptake\n\
         {sensitivity}",
        overview = overview(tallies),
        sensitivity = sensitivity(tallies),
    )
}

/// What must hold whatever the figures are.
fn check(tallies: &[Tally]) {
    let of = |name: &str| {
        let place = PRESETS.iter().position(|p| p.0 == name);
        &tallies[place.unwrap_or_else(|| panic!("no preset {name}"))]
    };
    for ((name, _), tally) in PRESETS.iter().zip(tallies) {
        assert_eq!(tally.false_negative_scans, 0, "{name} on negative scans");
        let wrong = tally.false_bowel + tally.false_elsewhere;
        let allowed = if *name == "local-contrast" {
            tally.scans / 5
        } else {
            0
        };
        assert!(wrong <= allowed, "{name}: {wrong} false foci");
    }
    for name in [
        "suv3",
        "suv4-fixed",
        "qpsma",
        "blood-pool",
        "local-contrast",
    ] {
        let (found, all) = of(name).scenarios;
        assert_eq!(found, all, "{name} on the built-in scenarios");
    }
    for name in ["suv3", "blood-pool", "local-contrast"] {
        let (found, all) = of(name).visible;
        assert!(found == all && all > 25, "{name}: {found} of {all} visible");
    }
    let pairs = of("suv3").lesions.iter().flatten();
    let pairs = pairs.zip(of("local-contrast").lesions.iter().flatten());
    for (fixed, local) in pairs {
        assert!(local.0 >= fixed.0, "local contrast lost a lesion of SUV 3");
    }
}

/// The tables of the document are those that the present code gives.
#[test]
fn presets_find_what_the_document_says() {
    let tallies = tallies();
    check(&tallies);
    let text = document(&tallies);
    let path = workspace().join("docs/finding.md");
    if std::env::var_os("ISOBOOST_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/finding.md is stale; run this test with ISOBOOST_UPDATE_DOCS=1"
    );
}
