//! `report.html`: the result of a study as one page to read, on the screen and on paper.
//!
//! The page is one file without scripts and without links to elsewhere; its pictures are inside.
//! Whatever a file says, as a Patient ID, is text on it and nothing else.

mod contents;
mod figure;
mod lesion_chart;
mod limits;
mod paper;
mod triple;
mod wording;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use self::contents::Contents;
pub use self::figure::{LesionFigure, PageFigure, PagePictures};
pub use self::triple::{OutlinedRegion, TriplePicture, TripleView};
use crate::chart::ChartError;
use crate::document::Report;

/// The page; its name ends with `.html`, by which all values are escaped.
const TEMPLATE: (&str, &str) = ("page.html", include_str!("page.html"));

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The template does not fit its values.
    #[error("the page cannot be made: {0}")]
    Template(#[from] minijinja::Error),
    /// A chart on it cannot be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

impl Report {
    /// The report as a page, with its pictures inside.
    ///
    /// # Errors
    /// Never for a report made by this software.
    pub fn to_html(&self, pictures: &PagePictures) -> Result<String, PageError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?;
        environment.set_syntax(syntax);
        wording::add_filters(&mut environment);
        environment.add_template(TEMPLATE.0, TEMPLATE.1)?;
        let contents = Contents::of(self, pictures)?;
        Ok(environment
            .get_template(TEMPLATE.0)?
            .render(Serde(contents))?)
    }
}
