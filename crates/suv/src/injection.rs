//! When the activity was measured: the start of the injection.

use chrono::Timelike;

use crate::attribute as attr;
use crate::facts::RadiopharmaceuticalFacts;
use crate::finding::FindingCode;
use crate::nuclide::Nuclide;
use crate::options::{SuvOptions, flag};
use crate::radiopharmaceutical::Decay;
use crate::refusal::RefusalCode;
use crate::stamp::{Moment, Stamp};
use crate::worksheet::{Worksheet, span};

/// After ten half-lives a thousandth is left: nobody images that, so a date or time is wrong.
const MOST_HALF_LIVES: f64 = 10.0;
/// Start Time and Start DateTime may differ by this before it is told, in s.
const SAME_CLOCK_S: f64 = 60.0;
/// A date that cannot be right yields to the time of day only when the scan then follows within
/// this time, in s: the usual uptake of short-lived tracers.
const RESCUED_UPTAKE_S: f64 = 4.0 * 3600.0;
/// Half-life in s up to which a scan is always on the day of the injection or the night after.
const SAME_DAY_HALF_LIFE_S: f64 = 6.0 * 3600.0;
/// Half-life in s from which scans days after the injection are the rule.
const DAYS_LATER_HALF_LIFE_S: f64 = 24.0 * 3600.0;

/// Start of the injection, given the moment of the scan that the dose is decayed to.
pub(crate) fn find(
    item: &RadiopharmaceuticalFacts,
    options: &SuvOptions,
    scan: Option<Stamp>,
    decay: Option<Decay>,
    sheet: &mut Worksheet,
) -> Option<Stamp> {
    if let Some(moment) = options.injected_at {
        return stated_by_operator(moment, item, scan?, decay?, sheet);
    }
    let datetime = item.start_datetime.get();
    let time = item.start_time.get();
    if datetime.is_none() && time.is_none() {
        sheet.refuse(
            RefusalCode::Injection,
            attr::RADIOPHARMACEUTICAL_START_DATETIME,
            header_found(item),
            "the start of the injection",
            Some(flag::INJECTED_AT),
        );
    }
    let (scan, decay) = (scan?, decay?);
    let (stamp, source) = match (datetime, time) {
        (Some(stamp), _) => dated(stamp, item, scan, decay, sheet)?,
        (None, Some(_)) => undated(item, scan, decay, sheet)?,
        (None, None) => return None,
    };
    if stamp.local.num_seconds_from_midnight() == 0 || scan.local.num_seconds_from_midnight() == 0 {
        if stamp.local.time() == scan.local.time() {
            refuse(
                item,
                "times of day, while injection and scan both read 00:00:00 as wiped times do",
                sheet,
            );
            return None;
        }
        sheet.warn(
            FindingCode::ClockAtMidnight,
            format!(
                "injection {stamp}, scan {scan}: a clock at exactly midnight may be a wiped time"
            ),
        );
    }
    note_uptake(stamp, scan, decay, sheet);
    sheet.step("injection", stamp.to_string(), source);
    Some(stamp)
}

fn header_found(item: &RadiopharmaceuticalFacts) -> String {
    format!(
        "{}, and {} for {}",
        item.start_datetime.found(),
        item.start_time.found(),
        attr::RADIOPHARMACEUTICAL_START_TIME
    )
}

fn refuse(item: &RadiopharmaceuticalFacts, expected: impl Into<String>, sheet: &mut Worksheet) {
    sheet.refuse(
        RefusalCode::Injection,
        attr::RADIOPHARMACEUTICAL_START_DATETIME,
        header_found(item),
        expected,
        Some(flag::INJECTED_AT),
    );
}

/// Whether an image may be taken so long after the injection, in s.
pub(crate) fn is_possible(elapsed_s: f64, decay: Decay) -> bool {
    (0.0..=MOST_HALF_LIVES * decay.half_life_s).contains(&elapsed_s)
}

fn stated_by_operator(
    moment: Moment,
    item: &RadiopharmaceuticalFacts,
    scan: Stamp,
    decay: Decay,
    sheet: &mut Worksheet,
) -> Option<Stamp> {
    let stamp = match moment {
        Moment::DateTime(local) => Stamp::local(local),
        Moment::TimeOfDay(time) => scan.last_at(time),
    };
    if !is_possible(scan.seconds_since(&stamp), decay) {
        let expected = format!("a time before the scan ({scan}) by at most ten half-lives");
        sheet.refuse_option(flag::INJECTED_AT, stamp.to_string(), expected);
        return None;
    }
    sheet.replace(flag::INJECTED_AT, stamp.to_string(), header_found(item));
    note_uptake(stamp, scan, decay, sheet);
    sheet.step("injection", stamp.to_string(), flag::INJECTED_AT);
    Some(stamp)
}

/// From Start DateTime; its date yields to the time of day when it cannot be right.
fn dated(
    stamp: Stamp,
    item: &RadiopharmaceuticalFacts,
    scan: Stamp,
    decay: Decay,
    sheet: &mut Worksheet,
) -> Option<(Stamp, String)> {
    let attribute = attr::RADIOPHARMACEUTICAL_START_DATETIME;
    let time = item.start_time.get();
    if let Some(time) = time {
        let day_s = 86_400.0;
        let apart = (time - stamp.local.time()).num_milliseconds() as f64 / 1000.0;
        let apart = apart.abs().min(day_s - apart.abs());
        if apart > SAME_CLOCK_S {
            sheet.warn(
                FindingCode::InjectionTimesDisagree,
                format!(
                    "{attribute} is {stamp} and {} is {time}; the former was used",
                    attr::RADIOPHARMACEUTICAL_START_TIME
                ),
            );
        }
    }
    let elapsed = scan.seconds_since(&stamp);
    if is_possible(elapsed, decay) {
        return Some((stamp, attribute.to_string()));
    }
    // A date shifted without the other dates, or not shifted with them. The clock is right.
    let by_clock = scan.last_at(time.unwrap_or(stamp.local.time()));
    let is_other_day = stamp.local.date() != by_clock.local.date();
    if is_other_day
        && decay.half_life_s <= SAME_DAY_HALF_LIFE_S
        && scan.seconds_since(&by_clock) <= RESCUED_UPTAKE_S
    {
        sheet.warn(
            FindingCode::InjectionDateShifted,
            format!(
                "{attribute} is {stamp} and the scan {scan}, as when dates were shifted apart; \
                 its time of day was used with the date of the scan"
            ),
        );
        let source = format!("time of day of {attribute}, date of the scan");
        return Some((by_clock, source));
    }
    let expected = format!("a time before the scan ({scan}) by at most ten half-lives");
    refuse(item, expected, sheet);
    None
}

/// From Start Time: the last such moment before the scan.
fn undated(
    item: &RadiopharmaceuticalFacts,
    scan: Stamp,
    decay: Decay,
    sheet: &mut Worksheet,
) -> Option<(Stamp, String)> {
    let time = item.start_time.get()?;
    if decay.half_life_s > DAYS_LATER_HALF_LIFE_S {
        refuse(
            item,
            "a date, because this nuclide is scanned days after the injection",
            sheet,
        );
        return None;
    }
    let stamp = scan.last_at(time);
    if !is_possible(scan.seconds_since(&stamp), decay) {
        let expected = format!("a time before the scan ({scan}) by at most ten half-lives");
        refuse(item, expected, sheet);
        return None;
    }
    let rolled = stamp.local.date() != scan.local.date();
    if rolled || decay.half_life_s > SAME_DAY_HALF_LIFE_S {
        sheet.assume(
            FindingCode::InjectionDateAssumed,
            format!(
                "the injection has no date: the last {time} before the scan, {stamp}, was taken"
            ),
        );
    }
    let source = format!("{}, date of the scan", attr::RADIOPHARMACEUTICAL_START_TIME);
    Some((stamp, source))
}

fn note_uptake(injection: Stamp, scan: Stamp, decay: Decay, sheet: &mut Worksheet) {
    let elapsed = scan.seconds_since(&injection);
    let (least, most) = decay
        .nuclide
        .map_or((0.0, 5.0 * decay.half_life_s), Nuclide::usual_uptake_s);
    if elapsed < least || elapsed > most {
        sheet.warn(
            FindingCode::UptakeTimeUnusual,
            format!(
                "{} from injection to scan, usual are {} to {}",
                span(elapsed),
                span(least),
                span(most)
            ),
        );
    }
}
