//! How far a run is, on stderr: bars for people, lines or JSON for logs.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle as BarStyle};
use isoboost_pipeline::{Event, Outcome, Stage};
use serde_json::json;

use crate::args::ProgressStyle;

/// Turns the events of a run into what the user asked to see.
pub(crate) struct Progress {
    style: Shown,
    bars: MultiProgress,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Bars,
    Plain,
    Json,
    Nothing,
}

#[derive(Default)]
struct State {
    scan: Option<ProgressBar>,
    whole: Option<ProgressBar>,
    studies: BTreeMap<String, ProgressBar>,
}

impl Progress {
    pub(crate) fn new(style: ProgressStyle) -> Self {
        let style = match style {
            ProgressStyle::Auto if std::io::stderr().is_terminal() => Shown::Bars,
            ProgressStyle::Auto | ProgressStyle::None => Shown::Nothing,
            ProgressStyle::Plain => Shown::Plain,
            ProgressStyle::Json => Shown::Json,
        };
        Self {
            style,
            bars: MultiProgress::new(),
            state: Mutex::default(),
        }
    }

    /// Shows one event.
    pub(crate) fn show(&self, event: &Event) {
        match self.style {
            Shown::Bars => self.draw(event),
            Shown::Plain => line(plain(event)),
            Shown::Json => line(Some(as_json(event).to_string())),
            Shown::Nothing => {}
        }
    }

    fn draw(&self, event: &Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Scanned(files) => {
                let bar = state
                    .scan
                    .get_or_insert_with(|| self.bars.add(spinner("reading headers")));
                bar.set_position(*files as u64);
            }
            Event::Discovered { studies } => {
                if let Some(bar) = state.scan.take() {
                    bar.finish_and_clear();
                }
                let bar = self
                    .bars
                    .add(ProgressBar::new((studies * Stage::ALL.len()) as u64));
                bar.set_style(style("{bar:30} {percent:>3} % of {msg}, {eta} left"));
                bar.set_message(format!("{studies} studies"));
                state.whole = Some(bar);
            }
            Event::StudyStarted { folder } => {
                let bar = self.bars.add(spinner(folder));
                state.studies.insert(folder.clone(), bar);
            }
            Event::StageDone { folder, stage, .. } => {
                if let Some(bar) = state.studies.get(folder) {
                    bar.set_message(format!("{folder}: {} done", stage.name()));
                }
                if let Some(bar) = &state.whole {
                    bar.inc(1);
                }
            }
            Event::StudyEnded { folder, outcome } => {
                if let Some(bar) = state.studies.remove(folder) {
                    bar.finish_and_clear();
                }
                if let Some(bar) = &state.whole {
                    // A study that ended early makes up for the stages it did not do.
                    if *outcome == Outcome::Kept {
                        bar.inc(Stage::ALL.len() as u64);
                    }
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // Nothing is drawn to a terminal that refuses; there is nobody to tell.
        let _ = self.bars.clear();
    }
}

fn line(text: Option<String>) {
    if let Some(text) = text {
        crate::print::to_stderr(&text);
    }
}

fn spinner(message: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message.to_owned());
    bar.set_style(style("{spinner} {msg} {pos}"));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn style(template: &str) -> BarStyle {
    BarStyle::with_template(template).unwrap_or_else(|_| BarStyle::default_bar())
}

fn plain(event: &Event) -> Option<String> {
    match event {
        Event::Scanned(_) => None,
        Event::Discovered { studies } => Some(format!("found {studies} studies with PET")),
        Event::StudyStarted { folder } => Some(format!("{folder}: started")),
        Event::StageDone {
            folder,
            stage,
            took,
        } => Some(format!(
            "{folder}: {} done in {:.2} s",
            stage.name(),
            took.as_secs_f64()
        )),
        Event::StudyEnded { folder, outcome } => Some(format!("{folder}: {}", word(*outcome))),
    }
}

fn as_json(event: &Event) -> serde_json::Value {
    match event {
        Event::Scanned(files) => json!({"event": "scanned", "files": files}),
        Event::Discovered { studies } => json!({"event": "discovered", "studies": studies}),
        Event::StudyStarted { folder } => json!({"event": "study_started", "study": folder}),
        Event::StageDone {
            folder,
            stage,
            took,
        } => json!({
            "event": "stage_done", "study": folder, "stage": stage.name(), "seconds": took.as_secs_f64(),
        }),
        Event::StudyEnded { folder, outcome } => {
            json!({"event": "study_ended", "study": folder, "outcome": word(*outcome)})
        }
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Kept => "kept",
        Outcome::Failed => "failed",
    }
}
