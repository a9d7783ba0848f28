//! A person's approval, which turns a suggestion into something that may be planned on.

use chrono::NaiveDateTime;

use crate::person_name::{PersonName, PersonNameError};

/// Longest organisation (VR LO).
const LONGEST_ORGANISATION: usize = 64;
/// Longest comment; the whole of it is in the report, and its beginning in the objects.
const LONGEST_COMMENT: usize = 4_000;
/// What stands for an organisation that is not told, where DICOM demands one.
const NO_ORGANISATION: &str = "not stated";

/// Who approved an object, when, and with which words.
///
/// A `Debug` print shows no name.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    reviewer: PersonName,
    organisation: Option<String>,
    at: NaiveDateTime,
    comment: Option<String>,
}

/// Why an approval cannot be written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// The reviewer's name is none.
    #[error("the reviewer's name {0}")]
    Reviewer(#[from] PersonNameError),
    /// The organisation does not fit its attribute.
    #[error(
        "the organisation is text of {characters} characters, expected at most 64 without a \
         backslash or control characters; shorten it"
    )]
    Organisation {
        /// Its length.
        characters: usize,
    },
    /// The comment is too long.
    #[error("the comment has {characters} characters, expected at most 4000; shorten it")]
    Comment {
        /// Its length.
        characters: usize,
    },
}

impl Approval {
    /// An approval by `reviewer`, whose name is written as people or as DICOM write it, at a time
    /// by the clock of the place.
    ///
    /// An empty organisation or comment is none. White space at the ends falls away, and control
    /// characters of the comment but line breaks become spaces.
    ///
    /// # Errors
    /// When the name is empty or no DICOM person name, or a text is too long.
    pub fn new(
        reviewer: &str,
        organisation: Option<&str>,
        at: NaiveDateTime,
        comment: Option<&str>,
    ) -> Result<Self, ApprovalError> {
        Ok(Self {
            reviewer: PersonName::parse(reviewer)?,
            organisation: organisation.map(organisation_of).transpose()?.flatten(),
            at,
            comment: comment.map(comment_of).transpose()?.flatten(),
        })
    }

    /// Who approved.
    pub fn reviewer(&self) -> &PersonName {
        &self.reviewer
    }

    /// For which organisation.
    pub fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    /// When, by the clock of the place.
    pub fn at(&self) -> NaiveDateTime {
        self.at
    }

    /// With which words.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The organisation where one must be named.
    pub(crate) fn stated_organisation(&self) -> &str {
        self.organisation().unwrap_or(NO_ORGANISATION)
    }
}

impl std::fmt::Debug for Approval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Approval(at {})", self.at)
    }
}

fn organisation_of(text: &str) -> Result<Option<String>, ApprovalError> {
    let text = text.trim();
    let characters = text.chars().count();
    if characters > LONGEST_ORGANISATION || text.chars().any(|c| c.is_control() || c == '\\') {
        return Err(ApprovalError::Organisation { characters });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn comment_of(text: &str) -> Result<Option<String>, ApprovalError> {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let printable = |c: char| {
        if c.is_control() && c != '\n' { ' ' } else { c }
    };
    let text: String = lines.trim().chars().map(printable).collect();
    let characters = text.chars().count();
    if characters > LONGEST_COMMENT {
        return Err(ApprovalError::Comment { characters });
    }
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn at() -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(2026, 3, 14).unwrap();
        date.and_hms_opt(15, 9, 26).unwrap()
    }

    #[test]
    fn empty_texts_are_none_and_comments_keep_their_lines() {
        let approval = Approval::new(
            " Anna Müller ",
            Some("  "),
            at(),
            Some("\tfirst\r\nsecond\u{7}\r"),
        )
        .unwrap();
        assert_eq!(approval.reviewer().for_people(), "Anna Müller");
        assert_eq!(approval.organisation(), None);
        assert_eq!(approval.stated_organisation(), "not stated");
        assert_eq!(approval.comment(), Some("first\nsecond "));
        let silent = Approval::new("A", Some("Clinic Höhe"), at(), Some(" \n ")).unwrap();
        assert_eq!(silent.organisation(), Some("Clinic Höhe"));
        assert_eq!(silent.comment(), None);
        assert!(!format!("{approval:?}").contains("ller"));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_length() {
        let error = |organisation: &str, comment: &str| {
            Approval::new("A", Some(organisation), at(), Some(comment)).unwrap_err()
        };
        assert_eq!(
            error(&"ä".repeat(65), ""),
            ApprovalError::Organisation { characters: 65 }
        );
        assert!(matches!(
            error("a\\b", ""),
            ApprovalError::Organisation { .. }
        ));
        assert_eq!(
            error("", &"x".repeat(4_001)),
            ApprovalError::Comment { characters: 4_001 }
        );
        assert!(Approval::new("A", Some(&"ä".repeat(64)), at(), None).is_ok());
        let error = Approval::new(" ", None, at(), None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the reviewer's name is empty")
        );
    }
}
