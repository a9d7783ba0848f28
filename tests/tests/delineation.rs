//! What each rule makes of the spheres of the NEMA phantom, noise-free, against the spheres
//! themselves. `docs/delineation.md` shows the figures.

use std::fmt::Write as _;

use isoboost_lesion::{
    Delineation, FindingRule, Focus, LesionConfig, Surroundings, Uptake, find_uptake,
};
use isoboost_phantom::{NemaSpec, PhantomStudy, SPHERE_DIAMETERS_MM, ScannerModel, nema};
use isoboost_tests::check_page;

const CONSENSUS: &str = "consensus";
const PSF_MM: [f64; 3] = [4.0, 6.0, 8.0];
const DIAMETERS_MM: [f64; 6] = [37.0, 28.0, 22.0, 17.0, 13.0, 10.0];

fn scanned(spec: &NemaSpec, psf_fwhm_mm: f64) -> PhantomStudy {
    let mut scanner = ScannerModel::default().without_noise();
    scanner.psf_fwhm_mm = psf_fwhm_mm;
    // PET voxels as a scanner has them; the CT plays no part here.
    scanner.pet.matrix = 96;
    scanner.ct.matrix = 16;
    scanner.ct.pixel_mm = 24.0;
    nema(spec, &scanner, 1).unwrap_or_else(|e| panic!("{e}"))
}

/// The rules of the table; that of Jentzen is told the scanner's blur, as it asks.
fn rules(psf_fwhm_mm: f64) -> Vec<(&'static str, Delineation)> {
    vec![
        ("41 % max", Delineation::PercentOfMax(41.0)),
        ("50 % max", Delineation::PercentOfMax(50.0)),
        ("50 % peak", Delineation::PercentOfPeak(50.0)),
        ("40 % adapted", Delineation::BackgroundAdapted(40.0)),
        ("A50P", Delineation::BackgroundAdaptedPeak(50.0)),
        (
            "Schaefer",
            Delineation::Schaefer {
                slope: 0.5,
                background: 0.5,
            },
        ),
        ("Nestle", Delineation::Nestle(0.15)),
        ("iterative", Delineation::Iterative { psf_fwhm_mm }),
        ("gradient", Delineation::Gradient {}),
        ("random walker", Delineation::RandomWalker { beta: 90.0 }),
        (CONSENSUS, Delineation::consensus()),
    ]
}

/// The focus of each sphere, largest sphere first.
fn spheres(uptake: &Uptake<'_>, study: &PhantomStudy) -> Vec<(f64, Focus)> {
    let foci = uptake.foci().foci;
    let mut found: Vec<(f64, Focus)> = SPHERE_DIAMETERS_MM
        .iter()
        .map(|diameter| {
            let mut spheres = study.truth.lesions.iter();
            let truth = spheres
                .find(|l| (l.diameter_mm - diameter).abs() < 0.1)
                .expect("the phantom has the sphere");
            let near = |f: &&Focus| (f.measures.centroid - truth.center).norm() < 4.0;
            let focus = foci.iter().find(near);
            (
                *diameter,
                focus
                    .unwrap_or_else(|| panic!("the sphere of {diameter} mm is missing"))
                    .clone(),
            )
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found
}

fn ball_ml(diameter: f64) -> f64 {
    std::f64::consts::PI / 6.0 * diameter.powi(3) / 1000.0
}

fn percent(found: f64, expected: f64) -> f64 {
    100.0 * (found / expected - 1.0)
}

/// Errors of volume and SUVmean in percent by sphere, the largest first, and whether the rule was
/// able to draw it.
type Row = Vec<(f64, f64, bool)>;

/// Holds what the rules are meant for: those that know the background, or the blur as well, are
/// right within 10 % from 17 mm and within 25 % at 13 mm.
fn hold(name: &str, row: &Row, what: &str) {
    if !matches!(name, "40 % adapted" | "iterative") {
        return;
    }
    for (diameter, (volume, _, _)) in DIAMETERS_MM.into_iter().zip(row) {
        let bound = match diameter {
            d if d >= 17.0 => 10.0,
            d if d >= 13.0 => 25.0,
            _ => continue,
        };
        assert!(
            volume.abs() <= bound,
            "{what}, {name}, {diameter} mm: {volume:.1} %"
        );
    }
}

/// The consensus is never worse than the median of its three rules, as they are in the table but
/// for the iterative one, which takes a blur of 6 mm there.
fn hold_consensus(uptake: &Uptake<'_>, spheres: &[(f64, Focus)], found: &Row, what: &str) {
    let Delineation::Consensus(members) = Delineation::consensus() else {
        panic!("a consensus has members");
    };
    for ((diameter, focus), (volume, _, _)) in spheres.iter().zip(found) {
        let mut errors: Vec<f64> = members
            .iter()
            .map(|rule| {
                let drawn = uptake.outlined(focus, rule).measures.volume_isosurface_ml;
                percent(drawn, ball_ml(*diameter)).abs()
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        // Half a percent for what the mesh makes of the same outline.
        assert!(
            volume.abs() <= errors[1] + 0.5,
            "{what}, {diameter} mm: consensus {volume:.1} %, rules {errors:.1?} %"
        );
    }
}

fn rows(
    uptake: &Uptake<'_>,
    spheres: &[(f64, Focus)],
    psf: f64,
    suv: f64,
) -> Vec<(&'static str, Row)> {
    let row = |rule: &Delineation| {
        let cells = spheres.iter().map(|(diameter, focus)| {
            let focus = uptake.outlined(focus, rule);
            let volume = percent(focus.measures.volume_isosurface_ml, ball_ml(*diameter));
            (
                volume,
                percent(focus.measures.suv_mean, suv),
                !focus.fell_back,
            )
        });
        cells.collect()
    };
    let rules = rules(psf).into_iter();
    rules.map(|(name, rule)| (name, row(&rule))).collect()
}

fn table(text: &mut String, title: &str, sphere_suv: f64, background_suv: f64, psf: f64) {
    let spec = NemaSpec {
        sphere_suv,
        background_suv,
        ..NemaSpec::default()
    };
    let study = scanned(&spec, psf);
    let config = LesionConfig {
        finding: FindingRule::FixedSuv(background_suv * 1.3 + 0.3),
        ..LesionConfig::default()
    };
    let surroundings = Surroundings::default();
    let uptake = find_uptake(&study.suv, &surroundings, &config).unwrap();
    let spheres = spheres(&uptake, &study);
    let what = format!("{title}, PSF {psf} mm");
    let _ = write!(text, "\n### {what}\n\n| rule |");
    for diameter in DIAMETERS_MM {
        let _ = write!(text, " {diameter} mm |");
    }
    text.push_str("\n|---|---|---|---|---|---|---|\n");
    for (name, row) in rows(&uptake, &spheres, psf, sphere_suv) {
        hold(name, &row, &what);
        if name == CONSENSUS {
            hold_consensus(&uptake, &spheres, &row, &what);
        }
        let _ = write!(text, "| {name} |");
        for (volume, mean, drawn) in row {
            let _ = match drawn {
                true => write!(text, " {volume:+.0} / {mean:+.0} |"),
                false => write!(text, " leaks |"),
            };
        }
        text.push('\n');
    }
}

const ABOUT: &str = "\
# What each rule makes of the NEMA spheres

Made by `tests/tests/delineation.rs` from the IEC body phantom: PET voxels of 4.07 x 4.07 x 3 mm, no noise.
Errors in percent against the sphere itself, volume between voxel centres / SUVmean of the voxels inside; largest sphere first.
No outline of a blurred sphere has its true mean: even at the right border the blur takes 9 to 40 % of it.

| rule | border | from |
|---|---|---|
| 41 %, 50 % max | share of SUVmax | EANM procedure guidelines for FDG; Cancers 2022;14:270 |
| 50 % peak | share of SUVpeak over 1 mL | the same |
| 40 % adapted | background + share of the maximum's height above it | Hofheinz 2010, PMID 20107246: 43 % for spheres without walls |
| A50P | the same with SUVpeak and 50 % | Boellaard 2015, 10.1007/s00259-014-2961-x |
| Schaefer | 0.5 x mean above 70 % of SUVmax + 0.5 x background | Schaefer 2008, EJNMMI 35:1989; its factors belong to a scanner |
| Nestle | 0.15 x the same mean + background | Nestle 2005, J Nucl Med 46:1342 |
| iterative | background + the share at which a ball of that volume shows its border | after Jentzen 2007, J Nucl Med 48:108, told the PSF |
| gradient | level of the gradient's watershed | after Geets 2007, EJNMMI 34:1427 |
| random walker | as likely core as background, beta 90 | Grady 2006, 10.1109/TPAMI.2006.233 |
| consensus | median of 40 % adapted, iterative for 6 mm, gradient | |

What to take from it:

- Without knowing the background, 41 % is right only where there is next to none; at 4 : 1 it takes 25 to 50 % too much of the large spheres, and leaks from the smallest.
- 40 % adapted and the iterative rule are within 10 % from 17 mm and within 25 % at 13 mm at every contrast and blur; the test holds them to it. A50P, made for lesions larger than its 1 mL, is not below 22 mm.
- Nestle's 0.15, calibrated behind the glass walls of fillable spheres, takes far too much without them, as Hofheinz 2010 explains.
- Steepest fall and random walker draw small spheres too small.
- The consensus is never worse than the median of its rules; the test holds it to it. Where rules disagree its agreement, in the report, is low.
- Of 10 mm no rule knows the volume: two voxels across, it is the blur that is outlined.

No published table of these errors at these contrasts and blurs was found to set beside; 41 % (EANM) and 43 % (Hofheinz) are the published optima.
";

#[test]
fn rules_on_the_nema_spheres() {
    let mut text = ABOUT.to_owned();
    let conditions = [
        ("8 : 1", 8.0, 1.0),
        ("4 : 1", 4.0, 1.0),
        ("no background", 8.0, 0.0),
    ];
    for (title, sphere_suv, background_suv) in conditions {
        for psf in PSF_MM {
            table(&mut text, title, sphere_suv, background_suv, psf);
        }
    }
    check_page("delineation.md", &text);
}
