//! Organs that a program draws on the CT when a study is run: a segmenter that is installed beside
//! isoboost.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use isoboost_anatomy::ImportedOrgan;
use isoboost_volume::Volume;
use process_wrap::std::{ProcessGroup, StdCommandWrap};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ImportError, ImportedFrom};

/// How often a running program is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Lines of what it said that an error tells.
const LAST_LINES: usize = 8;

/// A program that draws organs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct AnatomyConfig {
    /// The program and its arguments, run without a shell when neither --labels nor --structures is
    /// given; empty for none. `{ct}` becomes the path of the CT as NIfTI (HU), `{output}` that of
    /// what is read afterwards: a NIfTI label map with TotalSegmentator's numbers if it ends in
    /// `.nii.gz` in the command (`{output}.nii.gz`), a DICOM segmentation if it ends in `.dcm`,
    /// else a folder of masks.
    pub command: Vec<String>,
    /// A command whose first line of output is the program's version; empty for none.
    pub command_version: Vec<String>,
    /// The program is stopped after this many seconds.
    pub command_timeout_s: u32,
    /// Whether a study fails when the program does; otherwise its organs are recognised, with a
    /// warning.
    pub command_required: bool,
}

impl Default for AnatomyConfig {
    fn default() -> Self {
        Self {
            command: Vec::new(),
            command_version: Vec::new(),
            command_timeout_s: 1800,
            command_required: true,
        }
    }
}

impl AnatomyConfig {
    /// Whether the keys can be used.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let has = |what: &str| self.command.iter().any(|argument| argument.contains(what));
        if self.command.is_empty() || (has("{ct}") && has("{output}")) {
            return Ok(());
        }
        Err(format!(
            "anatomy.command is {:?}, expected a program with the arguments {{ct}} and {{output}}",
            self.command
        ))
    }
}

/// Why a program's organs are not there.
#[derive(Debug, thiserror::Error)]
#[error("anatomy.command `{program}`: {problem}")]
pub struct CommandError {
    /// The program.
    pub program: String,
    /// What is wrong.
    #[source]
    pub problem: CommandProblem,
}

/// What is wrong with a program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandProblem {
    /// It cannot be started.
    #[error("cannot be started: {0}; give its full path, or set anatomy.command-required = false")]
    Start(std::io::Error),
    /// The folder for its files cannot be made or written.
    #[error("its temporary folder cannot be used: {0}")]
    Folder(std::io::Error),
    /// The CT cannot be written for it.
    #[error(transparent)]
    Ct(#[from] isoboost_report::NiftiError),
    /// It took too long.
    #[error(
        "stopped after {seconds} s; raise anatomy.command-timeout-s if it needs more. It said: {said}"
    )]
    Timeout {
        /// The limit.
        seconds: u32,
        /// Its last lines.
        said: String,
    },
    /// It failed.
    #[error("ended with {status}. It said: {said}")]
    Failed {
        /// Its exit status.
        status: ExitStatus,
        /// Its last lines.
        said: String,
    },
    /// Its result cannot be read.
    #[error("its result cannot be used: {0}")]
    Result(Box<ImportError>),
}

/// What a program drew, and a sentence on it for the report.
pub(crate) struct Drawn {
    pub(crate) organs: Vec<ImportedOrgan>,
    pub(crate) told: String,
}

/// Runs the program on a CT and reads what it wrote.
pub(crate) fn draw(
    config: &AnatomyConfig,
    ct: &Volume<i16>,
    frame_of_reference: &str,
) -> Result<Drawn, CommandError> {
    let program = config.command.first().cloned().unwrap_or_default();
    let fail = |problem| CommandError {
        program: program.clone(),
        problem,
    };
    let folder = tempfile::tempdir().map_err(|e| fail(CommandProblem::Folder(e)))?;
    let input = folder.path().join("ct.nii.gz");
    let hu = ct.map(|hu| f32::from(*hu));
    isoboost_report::write_volume(&input, &hu).map_err(|e| fail(e.into()))?;
    let output = folder.path().join("organs");
    let arguments = config.command.iter().map(|argument| {
        argument
            .replace("{ct}", &input.to_string_lossy())
            .replace("{output}", &output.to_string_lossy())
    });
    let arguments: Vec<String> = arguments.collect();
    let since = Instant::now();
    run(&arguments, config.command_timeout_s, folder.path()).map_err(fail)?;
    let written = written_at(&output);
    let organs = read(written, ct, frame_of_reference)
        .map_err(|e| fail(CommandProblem::Result(Box::new(e))))?;
    tracing::info!(
        program,
        seconds = since.elapsed().as_secs_f64(),
        "organs drawn"
    );
    let version = version(&config.command_version);
    let version = version.map_or_else(String::new, |version| format!(" ({version})"));
    Ok(Drawn {
        told: format!("{} organs were drawn by `{program}`{version}", organs.len()),
        organs,
    })
}

fn read(
    path: PathBuf,
    ct: &Volume<i16>,
    frame_of_reference: &str,
) -> Result<Vec<ImportedOrgan>, ImportError> {
    if !path.exists() {
        let found = "nothing".to_owned();
        return Err(ImportError::NoOrgans { path, found });
    }
    let from = ImportedFrom::Labels { path, names: None };
    from.read(ct.grid(), frame_of_reference)
}

/// The output with the end that the command gave it.
fn written_at(output: &Path) -> PathBuf {
    let ends = ["nii.gz", "nii", "dcm"];
    let candidates = ends.map(|end| output.with_extension(end));
    let found = candidates.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| output.to_path_buf())
}

/// Runs a program with all that it starts, until it ends or its time is over.
fn run(arguments: &[String], seconds: u32, folder: &Path) -> Result<(), CommandProblem> {
    let said = folder.join("said.txt");
    let file = File::create(&said).map_err(CommandProblem::Folder)?;
    let also = file.try_clone().map_err(CommandProblem::Folder)?;
    let (program, rest) = arguments.split_first().ok_or_else(|| {
        CommandProblem::Start(std::io::Error::from(std::io::ErrorKind::InvalidInput))
    })?;
    let mut command = Command::new(program);
    command
        .args(rest)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(also);
    let mut child = StdCommandWrap::from(command)
        .wrap(ProcessGroup::leader())
        .spawn()
        .map_err(CommandProblem::Start)?;
    let until = Instant::now() + Duration::from_secs(seconds.into());
    loop {
        let ended = child.try_wait().map_err(CommandProblem::Start)?;
        if let Some(status) = ended {
            if status.success() {
                return Ok(());
            }
            let said = last_lines(&said);
            return Err(CommandProblem::Failed { status, said });
        }
        if Instant::now() >= until {
            // It may have ended by itself just now.
            let _ = child.kill();
            let said = last_lines(&said);
            return Err(CommandProblem::Timeout { seconds, said });
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn last_lines(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    if lines.is_empty() {
        return "nothing".to_owned();
    }
    lines[lines.len().saturating_sub(LAST_LINES)..].join(" | ")
}

/// The first line that a command prints; none when it fails.
fn version(command: &[String]) -> Option<String> {
    let (program, rest) = command.split_first()?;
    let output = Command::new(program).args(rest).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    Some(line.trim().to_owned())
}
