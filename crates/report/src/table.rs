//! `lesions.csv`: a row for each focus.

use crate::document::{MeasuresInfo, Report};

/// The lesions and the excluded foci as a table; `kind` tells them apart.
///
/// # Errors
/// Never for rows of equal length, which these are.
pub fn lesions_csv(report: &Report) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for lesion in &report.lesions {
        let station = lesion.station.as_deref().unwrap_or_default();
        let place = [&lesion.region, &lesion.site, station, &lesion.mi_tnm];
        let row = row(
            "lesion",
            lesion.id,
            place,
            &lesion.measures,
            lesion.confidence,
        );
        writer.write_record(row)?;
    }
    for excluded in &report.excluded {
        let place = [&excluded.reason, "", "", ""];
        let row = row(
            "excluded",
            excluded.id,
            place,
            &excluded.measures,
            excluded.confidence,
        );
        writer.write_record(row)?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

const HEADER: [&str; 21] = [
    "kind",
    "id",
    "region_or_reason",
    "site",
    "station",
    "mi_tnm",
    "suv_max",
    "suv_peak",
    "suv_mean",
    "volume_ml",
    "tl_psma",
    "longest_diameter_mm",
    "threshold_suv",
    "delineation",
    "centroid_l_mm",
    "centroid_p_mm",
    "centroid_s_mm",
    "max_l_mm",
    "max_p_mm",
    "max_s_mm",
    "confidence",
];

fn row(kind: &str, id: u32, place: [&str; 4], m: &MeasuresInfo, confidence: f64) -> Vec<String> {
    let number = |value: f64| format!("{value:.4}");
    let mut row = vec![kind.to_owned(), id.to_string()];
    row.extend(place.map(str::to_owned));
    let measures = [
        m.suv_max,
        m.suv_peak,
        m.suv_mean,
        m.volume_ml,
        m.tl_psma,
        m.longest_diameter_mm,
        m.threshold_suv,
    ];
    row.extend(measures.map(number));
    row.push(m.delineation.clone());
    row.extend(m.centroid_mm.map(number));
    row.extend(m.max_mm.map(number));
    row.push(number(confidence));
    row
}
