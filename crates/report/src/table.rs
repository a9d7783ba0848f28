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
        let mut row = row(
            "lesion",
            lesion.id,
            place,
            &lesion.measures,
            lesion.confidence,
        );
        let score = lesion.psma_score.map(|score| score.to_string());
        let recovered = lesion.estimated_recovery.as_ref().and_then(|r| r.suv);
        row.push(score.unwrap_or_default());
        row.push(recovered.map(number).unwrap_or_default());
        writer.write_record(row)?;
    }
    for excluded in &report.excluded {
        let place = [&excluded.reason, "", "", ""];
        let mut row = row(
            "excluded",
            excluded.id,
            place,
            &excluded.measures,
            excluded.confidence,
        );
        row.extend([String::new(), String::new()]);
        writer.write_record(row)?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

const HEADER: [&str; 40] = [
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
    "suv_median",
    "suv_sd",
    "coefficient_of_variation",
    "volume_isosurface_ml",
    "surface_area_mm2",
    "sphericity",
    "axial_diameter_mm",
    "short_axis_mm",
    "background_suv",
    "contrast",
    "contrast_mean",
    "sul_max",
    "sul_peak",
    "sul_mean",
    "suvbsa_max",
    "suvbsa_peak",
    "suvbsa_mean",
    "psma_score",
    "suv_estimated_recovery",
];

fn number(value: f64) -> String {
    format!("{value:.4}")
}

fn row(kind: &str, id: u32, place: [&str; 4], m: &MeasuresInfo, confidence: f64) -> Vec<String> {
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
    let (sul, suvbsa) = (m.sul.as_ref(), m.suvbsa.as_ref());
    // Empty where nothing is known.
    let others = [
        Some(m.suv_median),
        Some(m.suv_sd),
        Some(m.coefficient_of_variation),
        Some(m.volume_isosurface_ml),
        Some(m.surface_area_mm2),
        m.sphericity,
        Some(m.axial_diameter_mm),
        Some(m.short_axis_mm),
        m.background_suv,
        m.contrast,
        m.contrast_mean,
        sul.map(|s| s.suv_max),
        sul.map(|s| s.suv_peak),
        sul.map(|s| s.suv_mean),
        suvbsa.map(|s| s.suv_max),
        suvbsa.map(|s| s.suv_peak),
        suvbsa.map(|s| s.suv_mean),
    ];
    row.extend(others.map(|value| value.map(number).unwrap_or_default()));
    row
}
