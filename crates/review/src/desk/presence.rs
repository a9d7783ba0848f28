//! Who looks at which study, so that two do not work against one another unawares.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// A window that said nothing for this long is closed; windows speak every ten seconds.
const GONE_AFTER: Duration = Duration::from_secs(30);
/// Windows that are remembered at once: a bound for the memory.
const MOST_WINDOWS: usize = 1000;

/// Somebody else who looks at a study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Other {
    pub(crate) who: String,
    /// RFC 3339.
    pub(crate) since: String,
}

/// The windows of all studies.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    windows: Mutex<BTreeMap<(String, String), Seen>>,
}

#[derive(Debug)]
struct Seen {
    who: String,
    since: String,
    last: Instant,
}

impl Presence {
    /// Notes that a window shows a study at `now`, which is `clock` for people.
    pub(crate) fn note(&self, folder: &str, window: &str, who: &str, now: Instant, clock: &str) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.retain(|_, seen| now.duration_since(seen.last) < GONE_AFTER);
        let place = (folder.to_owned(), window.to_owned());
        if windows.len() >= MOST_WINDOWS && !windows.contains_key(&place) {
            return;
        }
        let seen = windows.entry(place).or_insert_with(|| Seen {
            who: String::new(),
            since: clock.to_owned(),
            last: now,
        });
        who.clone_into(&mut seen.who);
        seen.last = now;
    }

    /// Who else looks at a study, the longest first.
    pub(crate) fn others(&self, folder: &str, window: Option<&str>, now: Instant) -> Vec<Other> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut others: Vec<Other> = windows
            .iter()
            .filter(|((place, other), _)| place == folder && Some(other.as_str()) != window)
            .filter(|(_, seen)| now.duration_since(seen.last) < GONE_AFTER)
            .map(|(_, seen)| Other {
                who: seen.who.clone(),
                since: seen.since.clone(),
            })
            .collect();
        others.sort_by(|a, b| a.since.cmp(&b.since));
        others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_seen_until_they_are_silent() {
        let presence = Presence::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        presence.note("a", "w1", "Ann", at(0), "10:00");
        presence.note("a", "w2", "Bo", at(5), "10:05");
        presence.note("b", "w3", "Cy", at(5), "10:05");
        let names = |window, seconds| -> Vec<String> {
            let others = presence.others("a", window, at(seconds));
            others.into_iter().map(|o| o.who).collect()
        };
        assert_eq!(names(Some("w1"), 6), ["Bo"]);
        assert_eq!(names(None, 6), ["Ann", "Bo"]);
        presence.note("a", "w1", "Ann", at(20), "10:20");
        assert_eq!(names(None, 36), ["Ann"], "Bo's window was closed");
        assert_eq!(presence.others("a", None, at(36))[0].since, "10:00");
    }
}
