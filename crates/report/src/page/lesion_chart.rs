//! Volume and uptake of the lesions in one look.

use plotters::coord::combinators::{LogCoord, WithKeyPoints};
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::wording::{fixed, region, volume};
use crate::chart::{Chart, ChartError, Paper, drawn, ink};
use crate::document::{LesionInfo, Report};

/// Width and height of the drawing.
const SIZE: [u32; 2] = [560, 420];
/// Half the size of a mark.
const MARK: i32 = 6;
/// From so many lesions on, the text for those who do not see the chart tells ranges alone.
const MANY: usize = 12;
/// Above so many lesions their numbers are written smaller.
const CROWD: usize = 25;
/// Powers of ten up to which there are numbers between them at the axis of volumes.
const MOST_DECADES: i32 = 3;
/// Where the legend stands.
const LEGEND: [i32; 2] = [62, 12];

/// What is plotted: volumes by their logarithm against SUV.
type Plane<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<WithKeyPoints<LogCoord<f64>>, RangedCoordf64>>;

/// Draws SUVmax against volume, a mark for each lesion; none without lesions.
pub(super) fn lesion_chart(report: &Report) -> Result<Option<Chart>, ChartError> {
    if report.lesions.is_empty() {
        return Ok(None);
    }
    let title = "Uptake and volume of the lesions";
    let chart = drawn(title, description(report), SIZE, |paper| {
        draw(paper, report)
    })?;
    Ok(Some(chart))
}

fn draw(paper: &Paper<'_>, report: &Report) -> Result<(), ChartError> {
    let [low, high] = volumes(&report.lesions);
    let highest = report.lesions.iter().map(|l| l.measures.suv_max);
    let top = highest.fold(1.0, f64::max) * 1.12;
    let mut chart = ChartBuilder::on(paper)
        .margin_top(30)
        .margin_right(16)
        .x_label_area_size(46)
        .y_label_area_size(52)
        .build_cartesian_2d(
            (low..high).log_scale().with_key_points(marks([low, high])),
            0.0..top,
        )?;
    let label = |size: i32| ("sans-serif", size).into_font().color(&ink::SOFT);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(ink::LINE)
        .axis_style(ink::LINE)
        .label_style(label(15))
        .axis_desc_style(label(16))
        .x_desc("Volume, mL (line: what other rules would draw)")
        .y_desc("SUVmax, g/mL")
        .x_label_formatter(&|ml| short(*ml))
        .y_label_formatter(&|suv| fixed(Some(*suv), 0))
        .draw()?;
    draw_references(&mut chart, report, [low, high], top)?;
    for lesion in &report.lesions {
        draw_lesion(&mut chart, lesion, report.lesions.len())?;
    }
    draw_legend(paper, &report.lesions)
}

/// Range of the volumes with that of other rules, widened to a half of a power of ten.
fn volumes(lesions: &[LesionInfo]) -> [f64; 2] {
    let mut all = Vec::new();
    for lesion in lesions {
        all.push(lesion.measures.volume_ml);
        all.extend(range_of(lesion).into_iter().flatten());
    }
    let known = all.into_iter().filter(|ml| *ml > 0.0);
    let [low, high] = known.fold([f64::MAX, 0.0], |[low, high]: [f64; 2], ml| {
        [low.min(ml), high.max(ml)]
    });
    if low > high {
        return [0.1, 10.0];
    }
    let halves = |ml: f64| 2.0 * ml.log10();
    let steps = [(halves(low) - 0.2).floor(), (halves(high) + 0.2).ceil()];
    steps.map(|step| 10_f64.powf(step / 2.0))
}

/// Volumes that are written at the axis: 1, 2 and 5 of each power of ten; the powers alone where
/// that would be too many.
fn marks([low, high]: [f64; 2]) -> Vec<f64> {
    let [first, last] = [low.log10().floor() as i32, high.log10().ceil() as i32];
    let steps: &[f64] = if last - first > MOST_DECADES {
        &[1.0]
    } else {
        &[1.0, 2.0, 5.0]
    };
    (first..=last)
        .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)))
        .filter(|ml| (low..=high).contains(ml))
        .collect()
}

fn range_of(lesion: &LesionInfo) -> Option<[f64; 2]> {
    lesion.uncertainty.as_ref().and_then(|u| u.volume_ml)
}

/// Mean uptake of blood pool and liver, which lesions are held against.
fn draw_references(
    chart: &mut Plane<'_, '_>,
    report: &Report,
    [low, high]: [f64; 2],
    top: f64,
) -> Result<(), ChartError> {
    let references = &report.references;
    let organs = [
        ("blood pool", &references.blood_pool),
        ("liver", &references.liver),
    ];
    for (name, uptake) in organs {
        let Some(suv) = uptake.as_ref().map(|u| u.suv_mean).filter(|s| *s < top) else {
            continue;
        };
        let line = DashedPathElement::new([(low, suv), (high, suv)], 5, 4, ink::SOFT);
        chart.plotting_area().draw(&line)?;
        let style = ("sans-serif", 14).into_font().color(&ink::SOFT);
        let style = style.pos(Pos::new(HPos::Right, VPos::Bottom));
        let text = format!("{name}, mean {}", fixed(Some(suv), 1));
        let text = EmptyElement::at((high, suv)) + Text::new(text, (-4, -3), style);
        chart.plotting_area().draw(&text)?;
    }
    Ok(())
}

fn draw_lesion(
    chart: &mut Plane<'_, '_>,
    lesion: &LesionInfo,
    n_lesions: usize,
) -> Result<(), ChartError> {
    let colour = colour_of(&lesion.region);
    let suv = lesion.measures.suv_max;
    if let Some([from, to]) = range_of(lesion).filter(|range| range[0] > 0.0) {
        let line = PathElement::new([(from, suv), (to, suv)], colour.stroke_width(1));
        chart.plotting_area().draw(&line)?;
    }
    let size = if n_lesions > CROWD { 12 } else { 16 };
    let style = ("sans-serif", size).into_font().style(FontStyle::Bold);
    let style = style
        .color(&ink::INK)
        .pos(Pos::new(HPos::Left, VPos::Bottom));
    let at = (lesion.measures.volume_ml, suv);
    let number = EmptyElement::at(at) + Text::new(lesion.id.to_string(), (MARK, -3), style);
    chart.plotting_area().draw(&number)?;
    let area = chart.plotting_area().strip_coord_spec();
    let (x, y) = chart.backend_coord(&at);
    let (left, top) = area.get_base_pixel();
    draw_mark(&area, &lesion.region, [x - left, y - top])
}

/// A mark whose shape tells the class, also where its colour does not.
fn draw_mark(paper: &Paper<'_>, region: &str, [x, y]: [i32; 2]) -> Result<(), ChartError> {
    let style = colour_of(region).filled();
    let m = MARK;
    match region {
        "prostate_bed" => {
            paper.draw(&Rectangle::new([(x - m, y - m), (x + m, y + m)], style))?;
        }
        "pelvic_node" => paper.draw(&Circle::new((x, y), m, style))?,
        "distant" => {
            let corners = [(x, y - m - 2), (x + m + 1, y + m), (x - m - 1, y + m)];
            paper.draw(&Polygon::new(corners, style))?;
        }
        _ => {
            let corners = [
                (x, y - m - 2),
                (x + m + 2, y),
                (x, y + m + 2),
                (x - m - 2, y),
            ];
            paper.draw(&Polygon::new(corners, style))?;
        }
    }
    Ok(())
}

fn draw_legend(paper: &Paper<'_>, lesions: &[LesionInfo]) -> Result<(), ChartError> {
    let [mut x, y] = LEGEND;
    for class in ["prostate_bed", "pelvic_node", "distant", "undetermined"] {
        if !lesions.iter().any(|lesion| lesion.region == class) {
            continue;
        }
        draw_mark(paper, class, [x, y])?;
        let style = ("sans-serif", 16).into_font().color(&ink::INK);
        let style = style.pos(Pos::new(HPos::Left, VPos::Center));
        let name = region(class);
        paper.draw(&Text::new(name.clone(), (x + 2 * MARK, y), style))?;
        // Letters of 13 units are about 7 wide.
        x += 4 * MARK + 8 * name.chars().count() as i32;
    }
    Ok(())
}

fn colour_of(region: &str) -> RGBColor {
    match region {
        "prostate_bed" => ink::BED,
        "pelvic_node" => ink::NODE,
        "distant" => ink::DISTANT,
        _ => ink::UNDETERMINED,
    }
}

/// A volume at an axis, without decimals that say nothing.
fn short(ml: f64) -> String {
    let text = fixed(Some(ml), 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn description(report: &Report) -> String {
    let lesions = &report.lesions;
    if lesions.len() < MANY {
        let told = lesions.iter().map(|lesion| {
            format!(
                "lesion {} ({}): {} mL, SUVmax {}",
                lesion.id,
                region(&lesion.region).to_lowercase(),
                volume(Some(lesion.measures.volume_ml)),
                fixed(Some(lesion.measures.suv_max), 1),
            )
        });
        return told.collect::<Vec<_>>().join("; ") + ".";
    }
    let of = |value: fn(&LesionInfo) -> f64| {
        let values = lesions.iter().map(value);
        values.fold([f64::MAX, f64::MIN], |[low, high], v| {
            [low.min(v), high.max(v)]
        })
    };
    let [smallest, largest] = of(|l| l.measures.volume_ml).map(|ml| volume(Some(ml)));
    let [lowest, highest] = of(|l| l.measures.suv_max).map(|suv| fixed(Some(suv), 1));
    format!(
        "{} lesions of {smallest} to {largest} mL with an SUVmax of {lowest} to {highest}; their \
         figures are in the table of lesions.",
        lesions.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_of_volumes_has_numbers_below_1_ml_too() {
        let near = |[low, high]: [f64; 2]| -> Vec<String> {
            marks([low, high]).into_iter().map(short).collect()
        };
        assert_eq!(near([0.316, 3.16]), ["0.5", "1", "2"]);
        assert_eq!(
            near([0.1, 10.0]),
            ["0.1", "0.2", "0.5", "1", "2", "5", "10"]
        );
        assert_eq!(near([0.0316, 316.0]), ["0.1", "1", "10", "100"]);
    }
}
