//! Charts as vectors inside a page: they take its colours, light or dark, and say what they show.

use plotters::style::RGBColor;

mod dress;

pub use dress::ChartError;
pub(crate) use dress::{Chart, Paper, drawn};

/// Colours that stand for those of the page until the drawing is put on it.
///
/// A chart is drawn once and read on light and on dark paper. It is drawn in these, which appear
/// nowhere else, and [`drawn`] writes the page's own names in their place.
pub(crate) mod ink {
    use super::RGBColor;

    /// Text and points.
    pub(crate) const INK: RGBColor = RGBColor(1, 1, 1);
    /// Text that stands back.
    pub(crate) const SOFT: RGBColor = RGBColor(2, 2, 2);
    /// Axes and grid.
    pub(crate) const LINE: RGBColor = RGBColor(3, 3, 3);
    /// What a chart of one kind of thing is drawn in.
    pub(crate) const BAR: RGBColor = RGBColor(4, 4, 4);
    /// Foci in the prostate bed.
    pub(crate) const BED: RGBColor = RGBColor(5, 5, 5);
    /// Pelvic nodes.
    pub(crate) const NODE: RGBColor = RGBColor(6, 6, 6);
    /// Distant lesions.
    pub(crate) const DISTANT: RGBColor = RGBColor(7, 7, 7);
    /// Lesions of undetermined place.
    pub(crate) const UNDETERMINED: RGBColor = RGBColor(8, 8, 8);

    /// Each with its name on the page.
    pub(super) const NAMES: [(RGBColor, &str); 8] = [
        (INK, "var(--ink)"),
        (SOFT, "var(--soft)"),
        (LINE, "var(--line)"),
        (BAR, "var(--bar)"),
        (BED, "var(--bed)"),
        (NODE, "var(--node)"),
        (DISTANT, "var(--distant)"),
        (UNDETERMINED, "var(--undetermined)"),
    ];
}
