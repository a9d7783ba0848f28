//! `report.html` as browsers read it and as it is printed.

use std::path::Path;
use std::process::Command;

use isoboost_tests::{check_script, has_program, isoboost, only_study, report, succeed, workspace};

/// What a page may weigh at most, bytes.
const MOST_BYTES: u64 = 8_000_000;

fn run(input: &Path, out: &Path) -> std::path::PathBuf {
    succeed(isoboost().arg("run").arg(input).arg("--out").arg(out));
    only_study(out)
}

fn fixture() -> std::path::PathBuf {
    workspace().join("fixtures/pelvis-bed-node")
}

/// A page with the paper that a printer would choose.
fn on_paper(page: &str, paper: &str) -> String {
    let style = format!("<style>@page {{ size: {paper}; }}</style></head>");
    page.replacen("</head>", &style, 1)
}

/// The text of each printed page in the order of its drawing, without any spaces.
fn printed(page: &str, paper: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let html = folder.path().join("page.html");
    let pdf = folder.path().join("page.pdf");
    std::fs::write(&html, on_paper(page, paper)).unwrap();
    succeed(
        Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
            ])
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(format!("file://{}", html.display())),
    );
    let text = succeed(Command::new("pdftotext").arg("-raw").arg(&pdf).arg("-"));
    let pages = text.split('\u{c}').filter(|page| !page.trim().is_empty());
    pages.map(without_spaces).collect()
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The rows of all tables of a page, or of those of a class, as printed.
fn rows(page: &str, class: Option<&str>) -> Vec<String> {
    let tables = page.split("<table").skip(1);
    let tables = tables.filter(|table| {
        class.is_none_or(|class| table.starts_with(&format!(" class=\"{class}\"")))
    });
    let mut rows = Vec::new();
    for table in tables {
        let table = table.split("</table>").next().unwrap();
        for body in table.split("<tbody>").skip(1) {
            for row in body.split("<tr>").skip(1) {
                rows.push(text_of(row.split("</tr>").next().unwrap()));
            }
        }
    }
    rows
}

fn text_of(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = parts.collect();
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    without_spaces(
        &text
            .replace("&#x27;", "'")
            .replace("&#x2f;", "/")
            .replace("&amp;", "&"),
    )
}

fn check_print(page: &str) {
    let all = rows(page, None);
    assert!(all.len() > 20, "{}", all.len());
    for paper in ["A4", "letter"] {
        let pages = printed(page, paper);
        for row in &all {
            assert!(
                pages.iter().any(|page| page.contains(row.as_str())),
                "{paper}: the row `{row}` is on no page as a whole"
            );
        }
        for (n, page) in pages.iter().enumerate() {
            let number = format!("{}/{}", n + 1, pages.len());
            assert!(page.contains(&number), "{paper}: no {number} on {page}");
            assert!(page.contains("Suggestion,unapproved"), "{paper}: {page}");
        }
    }
}

#[test]
fn the_page_of_the_shipped_scan_is_whole_and_prints_whole() {
    let out = tempfile::tempdir().unwrap();
    let study = run(&fixture(), out.path());
    let report = report(&study);
    let page = std::fs::read_to_string(study.join("report.html")).unwrap();
    let lesions = report["lesions"].as_array().unwrap();
    assert_eq!(rows(&page, Some("lesion-table")).len(), lesions.len());
    assert_eq!(
        rows(&page, Some("excluded-table")).len(),
        report["excluded"].as_array().unwrap().len()
    );
    assert_eq!(
        rows(&page, Some("target-table")).len(),
        report["targets"].as_array().unwrap().len()
    );
    for lesion in lesions {
        let id = lesion["id"].as_u64().unwrap();
        assert!(study.join(format!("images/lesion-{id:02}.png")).is_file());
    }
    assert_eq!(
        page.matches("src=\"data:image/jpeg;base64,").count(),
        lesions.len()
    );
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
    if let Some(checked) = check_script("check_html.py", &[&study.join("report.html")]) {
        assert_eq!(checked["problems"], serde_json::json!([]));
        // The projection, a picture of each lesion and two radiographs.
        assert_eq!(checked["pictures"], lesions.len() + 3);
    }
    if has_program("chromium") && has_program("pdftotext") {
        check_print(&page);
    }
}

#[test]
fn a_result_without_its_page_is_made_again() {
    let out = tempfile::tempdir().unwrap();
    let study = run(&fixture(), out.path());
    for file in ["report.html", "images/lesion-02.png"] {
        let bytes = std::fs::read(study.join(file)).unwrap();
        std::fs::remove_file(study.join(file)).unwrap();
        run(&fixture(), out.path());
        assert!(std::fs::read(study.join(file)).unwrap() == bytes, "{file}");
    }
}

/// Sixty small lesions in rows, 30 mm apart.
fn many_lesions() -> String {
    let mut list = String::new();
    for z in [70, 100, 130, 160, 190] {
        for y in [-20, 20] {
            for x in [-75, -45, -15, 15, 45, 75] {
                list += &format!(
                    "[[lesion]]\ncenter-mm = [{x}.0, {y}.0, {z}.0]\ndiameter-mm = 9.0\nsuv = 16.0\n\
                     region = \"distant\"\n\n"
                );
            }
        }
    }
    list
}

#[test]
fn the_page_of_a_patient_with_many_lesions_stays_light() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("scan");
    let list = folder.path().join("lesions.toml");
    std::fs::write(&list, many_lesions()).unwrap();
    succeed(
        isoboost()
            .args([
                "phantom",
                "pelvis",
                "--seed",
                "4",
                "--size",
                "fixture",
                "--lesions",
            ])
            .arg(&list)
            .arg("--out")
            .arg(&scan),
    );
    let study = run(&scan, &folder.path().join("out"));
    let lesions = report(&study)["lesions"].as_array().unwrap().len();
    assert!(lesions > 40, "{lesions} lesions are not many");
    let html = study.join("report.html");
    let bytes = std::fs::metadata(&html).unwrap().len();
    assert!(bytes < MOST_BYTES, "{bytes} bytes for {lesions} lesions");
    let page = std::fs::read_to_string(&html).unwrap();
    assert_eq!(rows(&page, Some("lesion-table")).len(), lesions);
    if has_program("chromium") && has_program("pdftotext") {
        check_print(&page);
    }
}
