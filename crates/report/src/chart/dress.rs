//! From a drawing to a part of a page.

use std::fmt::Display;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::prelude::SVGBackend;

use super::ink::NAMES;

/// A chart that a template can take.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Chart {
    /// What it shows, in a few words.
    pub(crate) title: String,
    /// What is to be seen on it, for those who do not see it.
    pub(crate) description: String,
    /// Width and height of the drawing, in its own units.
    pub(crate) size: [u32; 2],
    /// The elements inside of the `svg`; they hold nothing from a file.
    pub(crate) elements: String,
}

/// Why a chart cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error("a chart cannot be drawn: {0}")]
pub struct ChartError(String);

impl ChartError {
    /// From whatever the drawing says.
    pub(crate) fn of(reason: impl Display) -> Self {
        Self(reason.to_string())
    }
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for ChartError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self::of(error)
    }
}

/// What a chart is drawn on.
pub(crate) type Paper<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws a chart of a size.
pub(crate) fn drawn(
    title: &str,
    description: String,
    size: [u32; 2],
    draw: impl FnOnce(&Paper<'_>) -> Result<(), ChartError>,
) -> Result<Chart, ChartError> {
    let mut svg = String::new();
    {
        let paper = SVGBackend::with_string(&mut svg, (size[0], size[1])).into_drawing_area();
        draw(&paper)?;
        paper.present().map_err(ChartError::from)?;
    }
    Ok(Chart {
        title: title.to_owned(),
        description,
        size,
        elements: in_colours_of_the_page(inner(&svg)?),
    })
}

/// What is between the tags of the outermost element: the page has its own, with title and text.
fn inner(svg: &str) -> Result<&str, ChartError> {
    let start = svg.find("<svg").and_then(|at| {
        let end = svg[at..].find('>')?;
        Some(at + end + 1)
    });
    let range = start.zip(svg.rfind("</svg>")).filter(|(s, e)| s <= e);
    let (start, end) = range.ok_or_else(|| ChartError::of("the drawing has no outer element"))?;
    Ok(svg[start..end].trim())
}

fn in_colours_of_the_page(elements: &str) -> String {
    NAMES
        .into_iter()
        .fold(elements.to_owned(), |text, (colour, name)| {
            let [r, g, b] = [colour.0, colour.1, colour.2];
            text.replace(
                &format!("\"#{r:02X}{g:02X}{b:02X}\""),
                &format!("\"{name}\""),
            )
        })
}

#[cfg(test)]
mod tests {
    use plotters::element::Circle;
    use plotters::style::Color;

    use super::*;
    use crate::chart::ink;

    #[test]
    fn a_drawing_takes_the_colours_of_the_page() {
        let chart = drawn("A dot", "one dot".to_owned(), [40, 30], |paper| {
            Ok(paper.draw(&Circle::new((20, 15), 4, ink::NODE.filled()))?)
        })
        .unwrap();
        assert!(chart.elements.contains("var(--node)"), "{}", chart.elements);
        assert!(chart.elements.starts_with("<circle"), "{}", chart.elements);
        assert!(!chart.elements.contains("<svg") && !chart.elements.contains('#'));
    }
}
