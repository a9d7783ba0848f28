//! Slices, outlines, the turning picture, and what lies under the cursor.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use isoboost_report::Plane;
use isoboost_report::slice::{
    ColourMap, CtLayer, PetLayer, PlaneView, PngEffort, RgbPicture, SliceLayers, Window,
    render_slice,
};
use nalgebra::Point3;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Named;
use super::decisions::session_of;
use super::numbers::numbers;
use crate::desk::{Desk, Phase, Session, inside, outlined};
use crate::engine::Images;
use crate::web::{Answer, Asked, Refusal};

/// What a slice shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Show {
    #[default]
    Fused,
    Ct,
    Pet,
}

/// A slice as it is asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SliceAsked {
    plane: Plane,
    at: f64,
    rect: String,
    size: String,
    #[serde(default)]
    show: Show,
    ct: Option<String>,
    pet: Option<String>,
    map: Option<ColourMap>,
    opacity: Option<f32>,
}

/// `GET /api/studies/{folder}/slice.png`
pub(crate) async fn slice(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(asked): Asked<SliceAsked>,
) -> Answer<Response> {
    let session = session_of(&desk, &row).await?;
    let images = loaded(&session)?;
    let [width, height] = numbers::<2>("size", &asked.size)?;
    let size = [width, height].map(|n| n.clamp(0.0, f64::from(u32::MAX)) as u32);
    let view = PlaneView::new(
        asked.plane,
        asked.at,
        numbers::<4>("rect", &asked.rect)?,
        size,
    )
    .map_err(|error| Refusal::malformed(error.to_string()))?;
    let ct = window("ct", asked.ct.as_deref(), Window::SOFT_TISSUE)?;
    let pet = window("pet", asked.pet.as_deref(), Window::SUV_0_10)?;
    let png = desk
        .paint(move || {
            let layers = layers(images.as_ref(), &asked, ct, pet);
            png_of(&render_slice(&view, &layers))
        })
        .await??;
    Ok(picture(png))
}

fn layers<'a>(
    images: &'a dyn Images,
    asked: &SliceAsked,
    ct: Window,
    pet: Window,
) -> SliceLayers<'a> {
    let opacity = asked.opacity.filter(|o| o.is_finite()).unwrap_or(0.6);
    let default_map = match asked.show {
        Show::Pet => ColourMap::InverseGrey,
        Show::Fused | Show::Ct => ColourMap::Hot,
    };
    SliceLayers {
        ct: images
            .ct()
            .filter(|_| asked.show != Show::Pet)
            .map(|volume| CtLayer { volume, window: ct }),
        pet: (asked.show != Show::Ct).then(|| PetLayer {
            volume: images.suv(),
            window: pet,
            map: asked.map.unwrap_or(default_map),
            opacity: opacity.clamp(0.0, 1.0),
        }),
    }
}

/// A frame of the turning picture as it is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrameAsked {
    frame: usize,
    pet: Option<String>,
    map: Option<ColourMap>,
}

/// `GET /api/studies/{folder}/mip.png`
pub(crate) async fn mip_picture(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(asked): Asked<FrameAsked>,
) -> Answer<Response> {
    let session = session_of(&desk, &row).await?;
    loaded(&session)?;
    let pet = window("pet", asked.pet.as_deref(), Window::SUV_0_10)?;
    let map = asked.map.unwrap_or(ColourMap::InverseGrey);
    let png = desk
        .paint(move || {
            let mip = session.mip().ok_or_else(|| not_loaded(&session))?;
            png_of(&mip.frame(asked.frame, pet, map))
        })
        .await??;
    Ok(picture(png))
}

/// `GET /api/studies/{folder}/mip`: where the findings are in a frame.
pub(crate) async fn mip(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(asked): Asked<FrameAsked>,
) -> Answer<Json<Value>> {
    let session = session_of(&desk, &row).await?;
    loaded(&session)?;
    let answer = desk
        .paint(move || {
            let mip = session.mip().ok_or_else(|| not_loaded(&session))?;
            let current = session.current();
            let report = current.report().unwrap_or(&session.suggestion);
            let lesions = report.lesions.iter().map(|l| (l.id, &l.measures));
            let excluded = report.excluded.iter().map(|e| (e.id, &e.measures));
            let findings: Vec<Value> = lesions
                .chain(excluded)
                .map(|(id, measures)| {
                    let point = Point3::from(measures.max_mm);
                    let [x, y] = mip.place(asked.frame, point);
                    let visible = mip.is_seen(asked.frame, point, measures.suv_max);
                    json!({"finding": id, "x": x, "y": y, "visible": visible})
                })
                .collect();
            let [width_mm, height_mm] = mip.size_mm();
            Ok(json!({"findings": findings, "width_mm": width_mm, "height_mm": height_mm}))
        })
        .await?;
    answer.map(Json)
}

/// A plane as it is asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaneAsked {
    pub(crate) plane: Plane,
    pub(crate) at: f64,
}

/// `GET /api/studies/{folder}/outlines`
pub(crate) async fn outlines(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(asked): Asked<PlaneAsked>,
) -> Answer<Json<Value>> {
    let session = session_of(&desk, &row).await?;
    let answer = desk
        .paint(move || {
            let (revision, regions) = session.regions();
            let outlines = outlined(&regions, asked.plane, asked.at)
                .map_err(|error| Refusal::malformed(error.to_string()))?;
            Ok(json!({"revision": revision, "outlines": outlines}))
        })
        .await?;
    answer.map(Json)
}

/// A position as it is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProbeAsked {
    at: String,
}

/// `GET /api/studies/{folder}/probe`: what lies at a position.
pub(crate) async fn probe(
    State(desk): State<Arc<Desk>>,
    Named(row): Named,
    Asked(asked): Asked<ProbeAsked>,
) -> Answer<Json<Value>> {
    let session = session_of(&desk, &row).await?;
    let images = loaded(&session)?;
    let point = Point3::from(numbers::<3>("at", &asked.at)?);
    let answer = desk
        .paint(move || {
            let suv = images.suv();
            let suv = suv.grid().voxel_at(point).map(|voxel| suv[voxel]);
            let hu = images
                .ct()
                .and_then(|ct| Some(ct[ct.grid().voxel_at(point)?]));
            let inside: Vec<String> = inside(&session.regions().1, point);
            json!({"suv": suv.filter(|suv| suv.is_finite()), "hu": hu, "inside": inside})
        })
        .await?;
    Ok(Json(answer))
}

/// The images of a study that is open.
fn loaded(session: &Session) -> Answer<Arc<dyn Images>> {
    session.images().cloned().ok_or_else(|| not_loaded(session))
}

fn not_loaded(session: &Session) -> Refusal {
    let current = session.current();
    let status = StatusCode::SERVICE_UNAVAILABLE;
    if let (Phase::Failed, Some(reason)) = (current.phase, current.reason) {
        return Refusal::new(status, "not_opened", reason, "mend that and open it again");
    }
    let text = "the images are still being loaded";
    Refusal::new(status, "not_loaded", text, "wait a moment and try again")
}

fn window(key: &str, asked: Option<&str>, default: Window) -> Answer<Window> {
    let Some(asked) = asked else {
        return Ok(default);
    };
    let [low, high] = numbers::<2>(key, asked)?;
    Window::new(low as f32, high as f32).map_err(|error| Refusal::malformed(error.to_string()))
}

fn png_of(picture: &RgbPicture) -> Answer<Vec<u8>> {
    let png = picture.to_png(PngEffort::Fast);
    png.map_err(|error| Refusal::broken("the picture cannot be written", &error))
}

fn picture(png: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "image/png")], png).into_response()
}
