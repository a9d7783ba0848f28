//! The password that lets browsers of other machines in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Shortest password that is taken: a guesser with [`TRIES`] in each [`PAUSE`] needs longer than a
/// working life for eight letters.
const SHORTEST: usize = 8;
/// Wrong tries that one address has before it must wait.
const TRIES: u32 = 5;
/// How long it waits then.
const PAUSE: Duration = Duration::from_mins(1);
/// Addresses that are remembered at once; more than a clinic has, and a bound for the memory.
const MOST_ADDRESSES: usize = 10_000;

/// Why a password cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The file cannot be read.
    #[error("cannot read the password file `{path}`: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// It is too short.
    #[error(
        "the password in `{path}` has {found} characters; write one of at least {SHORTEST} in its first line"
    )]
    Short {
        /// The file.
        path: PathBuf,
        /// Number of characters in its first line.
        found: usize,
    },
}

/// A password, kept as its digest.
pub struct Password {
    digest: [u8; 32],
    wrong: Mutex<BTreeMap<IpAddr, Wrong>>,
}

/// Wrong tries of one address.
#[derive(Debug, Clone, Copy)]
struct Wrong {
    tries: u32,
    since: Instant,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Try {
    Right,
    Wrong,
    /// Not even looked at: too many wrong tries came from there.
    TooMany,
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Password {
    /// Reads the first line of a file.
    ///
    /// # Errors
    /// When the file cannot be read or its first line has fewer than eight characters.
    pub fn read(path: &Path) -> Result<Self, PasswordError> {
        let text = std::fs::read_to_string(path).map_err(|source| PasswordError::Read {
            path: path.to_path_buf(),
            source,
        })?;
        let line = text.lines().next().unwrap_or_default();
        let found = line.chars().count();
        if found < SHORTEST {
            return Err(PasswordError::Short {
                path: path.to_path_buf(),
                found,
            });
        }
        Ok(Self {
            digest: digest(line),
            wrong: Mutex::default(),
        })
    }

    /// Holds a guess that came from `address` at `now` against the password.
    pub(crate) fn try_from(&self, address: IpAddr, guess: &str, now: Instant) -> Try {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|_, w| now.duration_since(w.since) < PAUSE);
        let known = wrong.get(&address).copied();
        let is_full = known.is_none() && wrong.len() >= MOST_ADDRESSES;
        if is_full || known.is_some_and(|w| w.tries >= TRIES) {
            return Try::TooMany;
        }
        if bool::from(digest(guess).ct_eq(&self.digest)) {
            wrong.remove(&address);
            return Try::Right;
        }
        let tries = known.map_or(0, |w| w.tries) + 1;
        wrong.insert(address, Wrong { tries, since: now });
        Try::Wrong
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_guesser_has_to_wait_and_others_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "correct horse\nnot this\n").unwrap();
        let password = Password::read(&path).unwrap();
        let [guesser, planner] = [1, 2].map(|n| IpAddr::from(Ipv4Addr::new(10, 0, 0, n)));
        let start = Instant::now();
        for _ in 0..5 {
            let outcome = password.try_from(guesser, "not this", start);
            assert_eq!(outcome, Try::Wrong);
        }
        let right = |address, seconds| {
            let now = start + Duration::from_secs(seconds);
            password.try_from(address, "correct horse", now)
        };
        assert_eq!(right(guesser, 59), Try::TooMany);
        assert_eq!(right(planner, 59), Try::Right);
        assert_eq!(right(guesser, 61), Try::Right);
    }

    #[test]
    fn a_password_that_is_too_short_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        assert!(matches!(
            Password::read(&path),
            Err(PasswordError::Read { .. })
        ));
        std::fs::write(&path, "seven77\nlonger second line").unwrap();
        let error = Password::read(&path).unwrap_err().to_string();
        assert!(error.contains("has 7 characters"), "{error}");
    }
}
