//! The page of a report: what it says, and that whatever a file says is text on it.

#![allow(clippy::unwrap_used, reason = "a helper may fail the test")]

#[path = "document/sample/mod.rs"]
mod sample;

use isoboost_report::{LesionFigure, PageFigure, PagePictures, Report};

use sample::{bare, full};

fn figure(words: &str) -> PageFigure {
    PageFigure {
        bytes: vec![1, 2, 3],
        media_type: "image/png",
        size: [40, 30],
        alternative: format!("What is seen: {words}"),
        caption: format!("Below: {words}"),
    }
}

fn pictures() -> PagePictures {
    PagePictures {
        overview: Some(figure("the whole")),
        lesions: vec![LesionFigure {
            lesion_id: 1,
            figure: figure("lesion 1"),
        }],
        field: vec![figure("the field")],
        alignment: Vec::new(),
    }
}

fn page(report: &Report) -> String {
    report.to_html(&pictures()).unwrap()
}

/// What a reader sees, a line for each element that holds text.
fn visible(page: &str) -> String {
    let body = &page[page.find("<body>").unwrap()..];
    let texts = body.split('<').filter_map(|part| {
        let (tag, text) = part.split_once('>')?;
        // A chart's axes are numbers by the place they stand at, and say nothing alone.
        (!tag.starts_with("text")).then(|| read(text.trim()))
    });
    let texts = texts.filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}

/// A text as a browser reads it.
fn read(text: &str) -> String {
    let characters = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        // Last, so that what it gives is not read again.
        ("&amp;", "&"),
    ];
    let told = characters.into_iter();
    told.fold(text.to_owned(), |text, (name, character)| {
        text.replace(name, character)
    })
}

#[test]
fn the_page_says_what_the_report_says() {
    insta::assert_snapshot!("full", visible(&page(&full())));
}

#[test]
fn a_negative_scan_has_a_page_that_says_so() {
    let text = visible(&bare().to_html(&PagePictures::default()).unwrap());
    for told in [
        "No PSMA-avid lesion was found.",
        "No focus was set aside.",
        "No volume is suggested.",
        "no Patient ID",
        "Suggestion, unapproved.",
    ] {
        assert!(text.contains(told), "{told} in {text}");
    }
}

#[test]
fn whatever_a_file_says_is_text_on_the_page() {
    let script = "<script>alert(1)</script>";
    let mut report = full();
    report.study.patient_id = Some(format!("\"}} </style>{script}"));
    report.pet.manufacturer = Some(script.to_owned());
    report.pet.tracer = Some(script.to_owned());
    report.lesions[0].site = "\"><img src=x onerror=alert(2)>".to_owned();
    report.lesions[0].region = "\" onmouseover=\"alert(3)".to_owned();
    report.lesions[0].notes = vec![script.to_owned()];
    report.excluded[0].reason = script.to_owned();
    report.warnings[0].text = script.to_owned();
    report.provenance.selection = vec![script.to_owned()];
    let mut pictures = pictures();
    pictures.lesions[0].figure.alternative = "\"><b onload=x>".to_owned();
    let page = report.to_html(&pictures).unwrap();
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("<img src=x") && !page.contains("<b onload"));
    assert!(!page.contains("\" onmouseover"));
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.matches("&lt;script&gt;").count() >= 7);
    // Nothing is fetched from anywhere.
    for outside in ["http:", "https:", "url(", "@import", "src=\"/", "srcset"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn every_picture_is_inside_and_has_its_words() {
    let page = page(&full());
    let pictures = page.matches("<img ").count();
    assert_eq!(pictures, 3);
    assert_eq!(
        page.matches("src=\"data:image/png;base64,AQID\"").count(),
        pictures
    );
    assert_eq!(page.matches(" alt=\"What is seen: ").count(), pictures);
    assert_eq!(page.matches("width=\"40\" height=\"30\"").count(), pictures);
    assert!(page.contains("<title id=\"chart-title\">Uptake and volume of the lesions</title>"));
    assert!(page.contains("lesion 1 (pelvic node): 1.25 mL, SUVmax 12.5."));
}

#[test]
fn headings_follow_one_another_and_columns_are_named() {
    let page = page(&full());
    let levels = page.match_indices("<h").filter_map(|(at, _)| {
        let level = page[at + 2..].chars().next()?.to_digit(10)?;
        Some(level)
    });
    let levels: Vec<u32> = levels.collect();
    assert_eq!(levels[0], 1);
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "{levels:?}");
    }
    for header in page
        .split("<th")
        .skip(1)
        .filter(|th| !th.starts_with("ead"))
    {
        assert!(header.starts_with(" scope=\""), "{}", &header[..40]);
    }
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
}

#[test]
fn lesions_without_a_picture_are_named() {
    let mut report = full();
    let mut second = report.lesions[0].clone();
    second.id = 7;
    report.lesions.push(second);
    let text = visible(&page(&report));
    assert!(text.contains("No picture is shown of lesion 7"), "{text}");
}

#[test]
fn a_signed_page_tells_what_the_reviewer_rejected_and_what_rules_did() {
    let mut report = full();
    let mut rejected = report.excluded[0].clone();
    rejected.id = 9;
    rejected.reason = "reviewer".to_owned();
    report.excluded.push(rejected);
    let text = visible(&page(&report));
    let count = report.excluded.len() - 1;
    let told = format!("judged physiological {count}, rejected by the reviewer 1");
    assert!(text.contains(&told), "{text}");
    assert!(!text.lines().any(|line| line == "reviewer"), "{text}");
    report.excluded.drain(..count);
    let text = visible(&page(&report));
    assert!(!text.contains("judged physiological"), "{text}");
}
