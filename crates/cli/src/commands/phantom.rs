//! `isoboost phantom`

use std::path::Path;
use std::process::ExitCode;

use isoboost_phantom::{
    Dialect, LesionSpec, NemaSpec, PelvisSpec, PhantomDescription, PhantomKind, PhantomOptions,
    ScannerModel, Scenario, TorsoSpec, Tracer, generate,
};

use crate::args::{DialectArg, KindArg, PhantomArgs, ScenarioArg, SizeArg, TracerArg};
use crate::error::{Failure, SOME_FAILED, USAGE};
use crate::print::to_stderr;

pub(crate) fn phantom(args: &PhantomArgs) -> Result<ExitCode, Failure> {
    let (kind, options) = described(args)?;
    let made =
        generate(&kind, &options, &args.out).map_err(|error| Failure::new(SOME_FAILED, &error))?;
    to_stderr(&format!(
        "{}: {} PET and {} CT slices, {} lesions; what is true of them is in truth.json",
        args.out.display(),
        made.pet_slices,
        made.ct_slices,
        made.lesions
    ));
    Ok(ExitCode::SUCCESS)
}

fn described(args: &PhantomArgs) -> Result<(PhantomKind, PhantomOptions), Failure> {
    if let Some(path) = &args.description {
        let description = PhantomDescription::from_toml(&read(path)?)
            .map_err(|error| Failure::new(USAGE, &error))?;
        return Ok((description.phantom, description.options));
    }
    let (kind, tracer) = kind_of(args)?;
    let mut options = options_of(args);
    options.injection.tracer = args.tracer.map_or(tracer, TracerArg::tracer);
    Ok((kind, options))
}

/// The phantom, and the tracer that it has when none is asked for.
fn kind_of(args: &PhantomArgs) -> Result<(PhantomKind, Tracer), Failure> {
    let usual = Tracer::Ga68Psma11;
    Ok(match args.kind {
        KindArg::Nema if args.no_background => {
            let spec = NemaSpec::without_background(args.ratio);
            (PhantomKind::Nema(spec), usual)
        }
        KindArg::Nema => (PhantomKind::Nema(NemaSpec::with_ratio(args.ratio)), usual),
        KindArg::Pelvis => (PhantomKind::Pelvis(pelvis_of(args)?), usual),
        KindArg::Torso => {
            let (spec, tracer) = match &args.patient {
                Some(path) => (parsed(path, "description of a torso")?, usual),
                None => TorsoSpec::random(args.seed),
            };
            (PhantomKind::Torso(spec), tracer)
        }
    })
}

fn pelvis_of(args: &PhantomArgs) -> Result<PelvisSpec, Failure> {
    let mut pelvis = PelvisSpec::from(args.scenario.scenario());
    if let Some(path) = &args.lesions {
        let list: LesionList = parsed(path, "list of lesions")?;
        pelvis.scenario = Scenario::Negative;
        pelvis.lesions = list.lesion;
    }
    Ok(pelvis)
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path, what: &str) -> Result<T, Failure> {
    toml::from_str(&read(path)?).map_err(|error| {
        let path = path.display();
        Failure::message(USAGE, format!("`{path}` is no {what}: {error}"))
    })
}

/// A file with a `[[lesion]]` table for each lesion.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LesionList {
    lesion: Vec<LesionSpec>,
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::message(USAGE, format!("cannot read `{}`: {error}", path.display()))
    })
}

fn options_of(args: &PhantomArgs) -> PhantomOptions {
    let coarse = matches!(args.size, SizeArg::Fixture | SizeArg::Small);
    let mut scanner = match args.size {
        _ if args.kind == KindArg::Torso && coarse => ScannerModel::torso_small(),
        // As many slices as the patient needs.
        SizeArg::WholeBody if args.kind == KindArg::Torso => ScannerModel::default(),
        SizeArg::Fixture => ScannerModel::fixture(),
        SizeArg::Small => ScannerModel::small(),
        SizeArg::Standard => ScannerModel::default(),
        SizeArg::WholeBody => ScannerModel::whole_body(),
    };
    if args.oblique {
        scanner = scanner.oblique();
    }
    if args.no_noise {
        scanner = scanner.without_noise();
    }
    if let Some(psf) = args.psf_fwhm_mm {
        scanner.psf_fwhm_mm = psf;
    }
    PhantomOptions {
        scanner,
        dialect: args.dialect.dialect(),
        seed: args.seed,
        distractors: args.distractors,
        without_ct: args.without_ct,
        ..PhantomOptions::default()
    }
}

impl ScenarioArg {
    fn scenario(self) -> Scenario {
        match self {
            Self::Negative => Scenario::Negative,
            Self::Bed => Scenario::Bed,
            Self::Node => Scenario::Node,
            Self::BedNode => Scenario::BedNode,
            Self::Bone => Scenario::Bone,
            Self::Polymetastatic => Scenario::Polymetastatic,
            Self::WholeBody => Scenario::WholeBody,
        }
    }
}

impl DialectArg {
    fn dialect(self) -> Dialect {
        match self {
            Self::Siemens => Dialect::Siemens,
            Self::Cps => Dialect::Cps,
            Self::Ge => Dialect::Ge,
            Self::PhilipsCnts => Dialect::PhilipsCnts,
            Self::PhilipsCntsBare => Dialect::PhilipsCntsBare,
        }
    }
}

impl TracerArg {
    fn tracer(self) -> Tracer {
        match self {
            Self::Ga68Psma11 => Tracer::Ga68Psma11,
            Self::F18Dcfpyl => Tracer::F18Dcfpyl,
            Self::F18Psma1007 => Tracer::F18Psma1007,
        }
    }
}
