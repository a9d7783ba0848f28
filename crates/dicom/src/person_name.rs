//! Names of persons as DICOM writes them (VR PN, PS3.5 6.2.1).

/// Longest of each group of a name, its components and their delimiters together.
const LONGEST_GROUP: usize = 64;
/// Family name, given name, middle name, prefix, suffix.
const MOST_COMPONENTS: usize = 5;
/// Alphabetic, ideographic and phonetic.
const MOST_GROUPS: usize = 3;

/// The name of a person.
///
/// DICOM parts a name by `^` into family name, given name, middle name, prefix and suffix, and has
/// up to three writings of it, parted by `=`. What people type without these signs is a name as a
/// whole: which part of it is the family name is not guessed.
///
/// ```
/// use isoboost_dicom::PersonName;
///
/// let name = PersonName::parse("Müller^Anna^^Dr.")?;
/// assert_eq!(name.dicom(), "Müller^Anna^^Dr.");
/// assert_eq!(name.for_people(), "Dr. Anna Müller");
/// # Ok::<(), isoboost_dicom::PersonNameError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    text: String,
}

/// Why a text is no name of a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonNameError {
    /// There is no letter in it.
    #[error("is empty; give the name of the person who signs")]
    Empty,
    /// A character that a name cannot hold.
    #[error("holds {found:?}, which a DICOM person name cannot hold; leave it out")]
    Character {
        /// The character.
        found: char,
    },
    /// Too many components.
    #[error(
        "has {found} components parted by `^`, expected at most 5: family, given and middle name, \
         prefix, suffix"
    )]
    Components {
        /// Number of components.
        found: usize,
    },
    /// Too many writings.
    #[error("has {found} writings parted by `=`, expected at most 3")]
    Groups {
        /// Number of writings.
        found: usize,
    },
    /// A writing that is too long.
    #[error("has {found} characters, expected at most 64; shorten it")]
    Length {
        /// Number of characters.
        found: usize,
    },
}

impl PersonName {
    /// A name as it was typed: white space is made single, and empty parts at the end fall away.
    ///
    /// # Errors
    /// When there is no name in the text, or DICOM cannot hold it.
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        let is_forbidden = |c: &char| *c == '\\' || (c.is_control() && !c.is_whitespace());
        if let Some(found) = text.chars().find(is_forbidden) {
            return Err(PersonNameError::Character { found });
        }
        let groups: Vec<&str> = text.split('=').collect();
        if groups.len() > MOST_GROUPS {
            let found = groups.len();
            return Err(PersonNameError::Groups { found });
        }
        let groups: Result<Vec<String>, PersonNameError> =
            groups.into_iter().map(group_of).collect();
        let text = groups?.join("=").trim_end_matches('=').to_owned();
        if !text.chars().any(char::is_alphanumeric) {
            return Err(PersonNameError::Empty);
        }
        Ok(Self { text })
    }

    /// As DICOM writes it.
    pub fn dicom(&self) -> &str {
        &self.text
    }

    /// As people write it: prefix, given, middle and family name, then a suffix after a comma; of
    /// several writings the first.
    pub fn for_people(&self) -> String {
        let first = self.text.split('=').find(|group| !group.is_empty());
        let mut parts = first.unwrap_or_default().split('^');
        let [family, given, middle, prefix, suffix] =
            std::array::from_fn(|_| parts.next().unwrap_or_default());
        let words: Vec<&str> = [prefix, given, middle, family]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect();
        let name = words.join(" ");
        if suffix.is_empty() {
            name
        } else {
            format!("{name}, {suffix}")
        }
    }
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(..)")
    }
}

/// One writing of a name, its white space made single.
fn group_of(text: &str) -> Result<String, PersonNameError> {
    let single = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let components: Vec<String> = text.split('^').map(single).collect();
    let joined = components.join("^");
    let kept = joined.trim_end_matches('^');
    let found = kept.split('^').count();
    if found > MOST_COMPONENTS {
        return Err(PersonNameError::Components { found });
    }
    let found = kept.chars().count();
    if found > LONGEST_GROUP {
        return Err(PersonNameError::Length { found });
    }
    Ok(kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, dicom: &str, for_people: &str) {
        let name = PersonName::parse(typed).unwrap();
        assert_eq!(name.dicom(), dicom);
        assert_eq!(name.for_people(), for_people);
    }

    #[test]
    fn names_are_read_as_typed_and_as_dicom_has_them() {
        check("amueller", "amueller", "amueller");
        check(
            "  Dr. Anna \t Müller ",
            "Dr. Anna Müller",
            "Dr. Anna Müller",
        );
        check("Müller^Anna", "Müller^Anna", "Anna Müller");
        check("Müller ^ Anna^^^", "Müller^Anna", "Anna Müller");
        check(
            "O'Neil^Mary^J.^Prof.^PhD",
            "O'Neil^Mary^J.^Prof.^PhD",
            "Prof. Mary J. O'Neil, PhD",
        );
        check(
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
            "Tarou Yamada",
        );
        check("=山田^太郎=", "=山田^太郎", "太郎 山田");
        check(&"ß".repeat(64), &"ß".repeat(64), &"ß".repeat(64));
    }

    #[test]
    fn what_dicom_cannot_hold_is_refused() {
        for (text, error) in [
            ("", PersonNameError::Empty),
            (" ^ = ", PersonNameError::Empty),
            ("a\\b", PersonNameError::Character { found: '\\' }),
            ("a\u{1b}b", PersonNameError::Character { found: '\u{1b}' }),
            ("a^b^c^d^e^f", PersonNameError::Components { found: 6 }),
            ("a=b=c=d", PersonNameError::Groups { found: 4 }),
            (&"x".repeat(65), PersonNameError::Length { found: 65 }),
        ] {
            assert_eq!(PersonName::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn no_log_shows_a_name() {
        let name = PersonName::parse("Müller^Anna").unwrap();
        assert_eq!(format!("{name:?}"), "PersonName(..)");
    }
}
