//! The command line as people type it.

mod review;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use isoboost_dicom::SeriesChoice;
use isoboost_pipeline::PRESETS;
use isoboost_suv::{DecayCorrection, Moment, Nuclide, Sex, SuvOptions, Units};

pub(crate) use review::ReviewArgs;

/// From a folder of PSMA-PET/CT to suggested boost targets.
///
/// Decision support for trained people: every output is a suggestion, unapproved, and isoboost is
/// not a medical device.
#[derive(Debug, Parser)]
#[command(
    name = "isoboost",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 all studies done; 1 some studies failed, each named with why; \
    2 wrong usage or configuration; 3 no study found. `compare`: 0 same, 1 different."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) log: LogArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Process every study found: SUV, lesions, staging, targets, RTSTRUCT, report
    Run(Box<RunArgs>),
    /// Show studies, series, geometry and SUV facts, and what would be used and why
    Inspect(InspectArgs),
    /// Derive the SUV of one PET series, step by step
    Suv(SuvArgs),
    /// Make a synthetic PET/CT study as DICOM with its ground truth
    Phantom(PhantomArgs),
    /// Compare two result folders and list what differs
    Compare(CompareArgs),
    /// Show who of a run's patients would get what
    Cohort(CohortArgs),
    /// Look at suggestions, change what is wrong and sign, in the browser of this machine
    Review(ReviewArgs),
    /// Print the default configuration, the default policy or their schemas, or check a file
    Config(ConfigArgs),
    /// Print the completion script of a shell
    Completions {
        /// The shell to complete in
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// How log lines are written to stderr
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    /// Log more: once for each study, twice for each stage
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressStyle {
    /// Bars on a terminal, nothing elsewhere
    Auto,
    /// One line for each step
    Plain,
    /// One JSON object for each step
    Json,
    None,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Folders, DICOM files or .zip archives
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where the result folders go, one for each study
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Configuration file; `isoboost config --default` prints one to start from
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// A named set of thresholds, before the configuration file is applied
    #[arg(long, value_name = "NAME", value_parser = presets())]
    pub(crate) preset: Option<String>,
    /// Policy file in place of the default one and that of the configuration: rules, limits, margins
    /// and doses; `isoboost config --policy` prints one to start from
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) policy: Option<PathBuf>,
    /// Facts of each patient: PSA, earlier radiotherapy, hormone therapy, weight, injected activity;
    /// docs/recommendation.md has the columns
    #[arg(long, value_name = "FILE.csv|toml")]
    pub(crate) clinical: Option<PathBuf>,
    /// Threads to use; all cores when not given
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
    /// Do studies again whose results are there already
    #[arg(long)]
    pub(crate) force: bool,
    /// Stop at the first study that fails
    #[arg(long)]
    pub(crate) fail_fast: bool,
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
    #[command(flatten)]
    pub(crate) facts: FactArgs,
    /// Organs drawn by other software: a NIfTI label map with TotalSegmentator's numbers (with
    /// `:MAP` after it, a text file of lines `number name`), a folder of NIfTI masks named like
    /// their organs, or a DICOM segmentation
    #[arg(long, value_name = "PATH[:MAP]")]
    pub(crate) labels: Option<String>,
    /// Organ contours from an RTSTRUCT
    #[arg(long, value_name = "RTSTRUCT", conflicts_with = "labels")]
    pub(crate) structures: Option<PathBuf>,
    /// Dose of the base plan (RTDOSE files or folders, with the RTPLAN beside them), and after it that
    /// of an intensified plan, for the isotoxic check; matched by frame of reference
    #[arg(long, value_name = "RTDOSE", num_args = 1..)]
    pub(crate) dose: Vec<PathBuf>,
    /// Number of fractions of that dose, where no plan says it
    #[arg(long, value_name = "N", requires = "dose")]
    pub(crate) dose_fractions: Option<std::num::NonZeroU32>,
    /// Planning CT of the same patient (folder, with its RTSTRUCT where there is one): targets are
    /// drawn on it. In another frame of reference than the PET it is aligned by the bones of the pelvis
    #[arg(long, value_name = "DIR")]
    pub(crate) planning_ct: Option<PathBuf>,
    /// Which CT series of that folder, where it holds several
    #[arg(long, value_name = "UID", requires = "planning_ct")]
    pub(crate) planning_ct_series: Option<String>,
    /// DICOM Spatial Registration between PET/CT and planning CT, in place of the automatic alignment
    #[arg(long, value_name = "REG", requires = "planning_ct")]
    pub(crate) registration: Option<PathBuf>,
    /// How progress is shown on stderr
    #[arg(long, value_enum, default_value_t = ProgressStyle::Auto, value_name = "STYLE")]
    pub(crate) progress: ProgressStyle,
    /// Print a summary of the run as JSON on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which series to use when the automatic choice is not wanted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Choice of series")]
pub(crate) struct ChoiceArgs {
    /// Use this PET series
    #[arg(long, value_name = "UID")]
    pub(crate) pet_series: Option<String>,
    /// Use this CT series
    #[arg(long, value_name = "UID")]
    pub(crate) ct_series: Option<String>,
    /// Accept a PET and CT of different frames of reference; recorded as an override
    #[arg(long)]
    pub(crate) assume_aligned: bool,
}

/// Facts that a PET header lacks or has wrong; each one used is recorded as an override.
#[derive(Debug, Args)]
#[command(next_help_heading = "Facts for the SUV")]
pub(crate) struct FactArgs {
    /// Patient weight in kg
    #[arg(long, value_name = "KG")]
    weight_kg: Option<f64>,
    /// Patient height in m, for SUL and SUVbsa
    #[arg(long, value_name = "M")]
    height_m: Option<f64>,
    /// Patient sex, for SUL: M, F or O
    #[arg(long, value_name = "SEX")]
    sex: Option<Sex>,
    /// Injected activity in MBq at the time of injection
    #[arg(long, value_name = "MBQ")]
    dose_mbq: Option<f64>,
    /// Injection by the scanner's clock: `2026-03-01T10:15:00`, or `10:15:00` on the day of the scan
    #[arg(long, value_name = "TIME")]
    injected_at: Option<Moment>,
    /// Nuclide, as in `Ga-68`
    #[arg(long, value_name = "NUCLIDE")]
    nuclide: Option<Nuclide>,
    /// Half-life of the nuclide in seconds
    #[arg(long, value_name = "S")]
    half_life_s: Option<f64>,
    /// Units of the PET values, as in `BQML`
    #[arg(long, value_name = "UNITS")]
    pet_units: Option<Units>,
    /// Kind of decay correction: START, ADMIN or NONE
    #[arg(long, value_name = "KIND")]
    decay_correction: Option<DecayCorrection>,
    /// Moment to which START corrected, by the scanner's clock
    #[arg(long, value_name = "TIME")]
    decay_reference: Option<Moment>,
    /// Take the PET as attenuation corrected whatever its header says
    #[arg(long)]
    assume_attenuation_corrected: bool,
    /// Take the PET as decay corrected whatever its header says
    #[arg(long)]
    assume_decay_corrected: bool,
}

impl FactArgs {
    pub(crate) fn to_options(&self) -> SuvOptions {
        SuvOptions {
            weight_kg: self.weight_kg,
            height_m: self.height_m,
            sex: self.sex,
            dose_mbq: self.dose_mbq,
            injected_at: self.injected_at,
            nuclide: self.nuclide,
            half_life_s: self.half_life_s,
            units: self.pet_units,
            decay_correction: self.decay_correction,
            decay_reference: self.decay_reference,
            assume_attenuation_corrected: self.assume_attenuation_corrected,
            assume_decay_corrected: self.assume_decay_corrected,
        }
    }
}

impl ChoiceArgs {
    pub(crate) fn to_choice(&self) -> SeriesChoice {
        SeriesChoice {
            pet_uid: self.pet_series.clone(),
            ct_uid: self.ct_series.clone(),
            assume_aligned: self.assume_aligned,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Folders, DICOM files or .zip archives
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
    #[command(flatten)]
    pub(crate) facts: FactArgs,
    /// Print JSON on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SuvArgs {
    /// Folder, files or .zip with the PET series
    #[arg(required = true, value_name = "PET")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Use this PET series
    #[arg(long, value_name = "UID")]
    pub(crate) pet_series: Option<String>,
    #[command(flatten)]
    pub(crate) facts: FactArgs,
    /// Write the SUVbw volume as NIfTI (.nii or .nii.gz)
    #[arg(long, value_name = "FILE")]
    pub(crate) nifti: Option<PathBuf>,
    /// Statistics inside a region: a mask as NIfTI, or an RTSTRUCT (all its regions)
    #[arg(long, value_name = "FILE")]
    pub(crate) within: Option<PathBuf>,
    /// Print JSON on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Result folder to compare against: of one study, or of a whole run
    pub(crate) old: PathBuf,
    /// Result folder under test
    pub(crate) new: PathBuf,
    /// Allowed differences, by report key
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) tolerance: Option<PathBuf>,
    /// Print JSON on stdout
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CohortArgs {
    /// Output folder of a run
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Print the table as CSV
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Print table and summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print table, counts and charts as one page of HTML for a browser or a printer
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    pub(crate) html: bool,
}

#[derive(Debug, Args)]
#[group(id = "what", required = true, multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct ConfigArgs {
    /// Print the default configuration as TOML
    #[arg(long, group = "what")]
    pub(crate) default: bool,
    /// Print the JSON Schema of the configuration
    #[arg(long, group = "what")]
    pub(crate) schema: bool,
    /// Check a configuration file with the policy that it names, or a policy file
    #[arg(long, value_name = "FILE.toml", group = "what")]
    pub(crate) check: Option<PathBuf>,
    /// Print the default policy as TOML
    #[arg(long, group = "what")]
    pub(crate) policy: bool,
    /// Print the JSON Schema of a policy
    #[arg(long, group = "what")]
    pub(crate) policy_schema: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct PhantomArgs {
    /// Which phantom
    #[arg(value_enum)]
    pub(crate) kind: KindArg,
    /// Where DICOM, truth.json and truth.nii.gz go; a new or empty folder
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Seed of the noise; for the torso, of the patient
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Size of the images
    #[arg(long, value_enum, default_value_t = SizeArg::Standard)]
    pub(crate) size: SizeArg,
    /// Lesions of the pelvis
    #[arg(long, value_enum, default_value_t = ScenarioArg::BedNode)]
    pub(crate) scenario: ScenarioArg,
    /// Lesions of the pelvis from a file with a `[[lesion]]` table for each, in place of a scenario
    #[arg(long, value_name = "FILE.toml", conflicts_with = "scenario")]
    pub(crate) lesions: Option<PathBuf>,
    /// The patient of a torso from a file: height-cm, weight-kg, arms, bladder-ml, kidneys,
    /// diversion, hip-prosthesis, field, and a `[[lesion]]` table for each lesion
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) patient: Option<PathBuf>,
    /// Whole description from a file, in place of the other options
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) description: Option<PathBuf>,
    /// Uptake of the NEMA spheres over that of the background
    #[arg(long, default_value_t = 8.0, value_name = "RATIO")]
    pub(crate) ratio: f64,
    /// Cold background of the NEMA phantom; the spheres have the SUV of --ratio
    #[arg(long)]
    pub(crate) no_background: bool,
    /// Whose headers are imitated
    #[arg(long, value_enum, default_value_t = DialectArg::Siemens)]
    pub(crate) dialect: DialectArg,
    /// The tracer; 68ga-psma-11 where it is not drawn at random
    #[arg(long, value_enum)]
    pub(crate) tracer: Option<TracerArg>,
    /// Blur of the PET, full width at half maximum in mm
    #[arg(long, value_name = "MM")]
    pub(crate) psf_fwhm_mm: Option<f64>,
    /// Leave out the noise
    #[arg(long)]
    pub(crate) no_noise: bool,
    /// Turn the images out of the patient's axes
    #[arg(long)]
    pub(crate) oblique: bool,
    /// Add a scout, a projection, a screen save and a text file
    #[arg(long)]
    pub(crate) distractors: bool,
    /// Leave out the CT
    #[arg(long)]
    pub(crate) without_ct: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindArg {
    /// IEC/NEMA body phantom: six spheres of 10 to 37 mm
    Nema,
    /// Male pelvis after prostatectomy, from L3 to mid-thigh
    Pelvis,
    /// A man from vertex to mid-thigh: drawn at random from --seed with his size, lesions and
    /// tracer, or as --patient has him
    Torso,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SizeArg {
    /// A few MB
    Fixture,
    /// For quick tests
    Small,
    /// As a scanner gives
    Standard,
    /// CT 512x512x320, PET 200x200x320
    WholeBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScenarioArg {
    Negative,
    Bed,
    Node,
    BedNode,
    Bone,
    /// More than five lesions
    Polymetastatic,
    /// Twelve lesions from bed to ribs; for the size of that name
    WholeBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectArg {
    Siemens,
    /// Several beds, Frame Reference Time 0
    Cps,
    /// Private decay reference, injection time without date
    Ge,
    /// Counts, with the private factors that turn them into SUV
    PhilipsCnts,
    /// Counts without the factors: no SUV possible
    PhilipsCntsBare,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TracerArg {
    #[value(name = "68ga-psma-11")]
    Ga68Psma11,
    #[value(name = "18f-dcfpyl")]
    F18Dcfpyl,
    #[value(name = "18f-psma-1007")]
    F18Psma1007,
}

/// The named sets of thresholds with what each is, for the help and for completions.
fn presets() -> PossibleValuesParser {
    PRESETS
        .map(|(name, what)| PossibleValue::new(name).help(what))
        .into()
}
