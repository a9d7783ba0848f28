//! How much disease the studies show, by their pattern of spread.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::CohortRow;
use crate::chart::{Chart, ChartError, Paper, drawn, ink};

const WIDTH: u32 = 520;
/// Height of a pattern, and of what stands below them.
const ROW: u32 = 34;
const AXIS: u32 = 56;
/// Where the plot begins and ends, as the bars of the page's other charts do.
const PLOT: [f64; 2] = [190.0, 500.0];
/// Studies of one pattern lie on several lines, the middle one first, so that equal volumes do not
/// hide one another.
const LINES: [i32; 5] = [0, -4, 4, -8, 8];

/// Draws PSMA-TV on a logarithmic scale, a point for each study with a lesion; none without any.
pub(super) fn volume_chart(
    studies: &[CohortRow],
    patterns: &[&str],
) -> Result<Option<Chart>, ChartError> {
    let volumes = |pattern: &str| -> Vec<f64> {
        let rows = studies.iter().filter(|s| s.pattern == pattern);
        let mut volumes: Vec<f64> = rows.map(|s| s.psma_tv_ml).filter(|ml| *ml > 0.0).collect();
        volumes.sort_by(f64::total_cmp);
        volumes
    };
    let rows: Vec<(String, Vec<f64>)> = patterns
        .iter()
        .map(|pattern| (pattern.replace('_', " "), volumes(pattern)))
        .filter(|(_, volumes)| !volumes.is_empty())
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let size = [WIDTH, ROW * rows.len() as u32 + AXIS];
    let title = "PSMA-TV by pattern, mL";
    let chart = drawn(title, description(&rows), size, |paper| draw(paper, &rows))?;
    Ok(Some(chart))
}

fn description(rows: &[(String, Vec<f64>)]) -> String {
    let told = rows.iter().map(|(name, volumes)| {
        let last = volumes.len() - 1;
        format!(
            "{name}: {} with {:.1} to {:.1} mL, median {:.1}",
            volumes.len(),
            volumes[0],
            volumes[last],
            median(volumes),
        )
    });
    told.collect::<Vec<_>>().join("; ") + "."
}

/// Of sorted values, of which there is one at least.
fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2])
}

fn draw(paper: &Paper<'_>, rows: &[(String, Vec<f64>)]) -> Result<(), ChartError> {
    let all = rows.iter().flat_map(|(_, volumes)| volumes.iter().copied());
    let [low, high] = all.fold([f64::MAX, f64::MIN], |[low, high]: [f64; 2], ml| {
        [low.min(ml), high.max(ml)]
    });
    let decades = [low.log10().floor(), (high.log10() + 1e-9).ceil()];
    let decades = [decades[0], decades[1].max(decades[0] + 1.0)];
    let x_of = |ml: f64| {
        let share = (ml.log10() - decades[0]) / (decades[1] - decades[0]);
        (PLOT[0] + share * (PLOT[1] - PLOT[0])).round() as i32
    };
    let bottom = (ROW as usize * rows.len()) as i32 + 4;
    draw_axis(paper, decades, bottom, &x_of)?;
    for (n, (name, volumes)) in rows.iter().enumerate() {
        let y = n as i32 * ROW as i32 + ROW as i32 / 2 + 2;
        let style = ("sans-serif", 16).into_font().color(&ink::INK);
        let style = style.pos(Pos::new(HPos::Right, VPos::Center));
        paper.draw(&Text::new(name.clone(), (PLOT[0] as i32 - 8, y), style))?;
        for (nth, ml) in volumes.iter().enumerate() {
            let line = LINES[nth % LINES.len()];
            let point = Circle::new((x_of(*ml), y + line), 4, ink::BAR.mix(0.6).filled());
            paper.draw(&point)?;
        }
        let x = x_of(median(volumes));
        let line = [(x, y - 13), (x, y + 13)];
        paper.draw(&PathElement::new(line, ink::INK.stroke_width(2)))?;
    }
    Ok(())
}

fn draw_axis(
    paper: &Paper<'_>,
    decades: [f64; 2],
    bottom: i32,
    x_of: &dyn Fn(f64) -> i32,
) -> Result<(), ChartError> {
    let label = ("sans-serif", 15).into_font().color(&ink::SOFT);
    for power in decades[0] as i32..=decades[1] as i32 {
        let ml = 10_f64.powi(power);
        let line = [(x_of(ml), 4), (x_of(ml), bottom)];
        paper.draw(&PathElement::new(line, ink::LINE.stroke_width(1)))?;
        let style = label.clone().pos(Pos::new(HPos::Center, VPos::Top));
        paper.draw(&Text::new(format!("{ml}"), (x_of(ml), bottom + 6), style))?;
    }
    let style = label.pos(Pos::new(HPos::Right, VPos::Top));
    let text = "mL, a point for each study; bar: median".to_owned();
    paper.draw(&Text::new(text, (PLOT[1] as i32, bottom + 26), style))?;
    Ok(())
}
