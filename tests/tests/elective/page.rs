//! The page of elective volumes.

use std::fmt::Write;

/// A patient's line.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) nodes_ml: f64,
    pub(crate) approximate_ml: Option<f64>,
    pub(crate) nodes_dice: Option<f64>,
    pub(crate) bed_ml: Option<f64>,
    pub(crate) bed_dice: Option<f64>,
    /// Why a volume is missing.
    pub(crate) why: Vec<String>,
}

const HEAD: &str = "\
# Elective volumes

Where the recommendation names the pelvis or the prostate bed as a volume to treat as a whole, isoboost draws it: `CTVn_Pelvis` and `CTVp_Bed`, with `PTVn_Pelvis` and `PTVp_Bed` by the policy's margins (`ctv-to-ptv-mm` of each `[[volume]]`).
They come after the boost volumes, and hold the CTVs of the avid lesions that belong to them: their notes say which of these lay outside by the rule. A bed that was handed in stays as it is.
They are suggestions to be edited, not contours to be treated.

![volumes on the CT](elective.png)

Upper row: a phantom. Lower row: a real man (example of TotalSegmentator, Apache-2.0). Blue: nodal CTV from the vessels given. Orange: the same from landmarks alone. Green: bed. Red: vessels given. `scripts/pictures` draws it.

## Pelvic nodes

After the RTOG (Lawton 2009) and NRG (Hall 2021) consensus:

- Common, external and internal iliac vessels, and aorta and vena cava as far as they lie below the upper end, as they were handed in (`--labels`, `--structures`), with 7 mm around them (`vessel-margin-mm`).
- Upper end by the policy: level L5/S1, the aortic bifurcation, or 25 mm above the highest avid node (`above-node-mm`), but never below the bifurcation.
- Lower end: the top of the femoral heads for iliac vessels, the top of the symphysis for the obturator region.
- A strip of 18 mm along the side wall from the external to the internal iliac vessels (`side-wall-mm`), and on around the obturator vessels.
- A strip of 12 mm before S1 to S3 between the foramina (`presacral-mm`).
- Cut by bone, muscle, bowel, bladder and rectum, as far as they are known; the vessels themselves stay. The notes say what is not known. Piriformis and obturator internus are drawn by no common software: check the volume against them.

What of the vessels is not given is built along their usual courses between the landmarks, and told. Without any vessel the whole volume is approximate and says so in notes, warnings and the ROI description. Where a landmark is missing that an end is measured from, there is no volume, and a warning says why.

## Prostate bed

A structure that was handed in as the CTV of the bed (`CTV_ProstateBed`, `CTVp`, `ProstateBed`) is taken as it is.
Else the borders of the RTOG consensus (Michalski 2010) are drawn: from 35 mm above the top of the symphysis down to 10 mm below the lowest slice of the bladder, where the anastomosis is taken to lie; between the back of the pubis, above it the back 15 mm of the bladder, and the front of the rectum; 17 to 30 mm to either side. Bladder, rectum and symphysis come from what was handed in; where one of them is recognised, the bed is approximate and says so.

## Measured

Each patient's organs are handed in as voxels of 3 mm, with the names of TotalSegmentator and the rectum, and then not at all; both volumes reach up to the aortic bifurcation.
The test searches all vessel voxels: every voxel of the CT within 7 mm of one, between the ends, lies in the volume or in tissue that cuts it, and no voxel lies in a bone given.

`cargo test -p isoboost-tests --profile fast --test elective` makes this table where the real man's CT is at hand.

| | nodes from vessels, mL | from landmarks, mL | Dice of the two | bed from organs given, mL | Dice with the recognised bed |
|---|---|---|---|---|---|
";

/// The page.
pub(crate) fn page(rows: &[Row]) -> String {
    let mut text = HEAD.to_owned();
    let shown = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "–".to_owned(), |v| format!("{v:.digits$}"))
    };
    for row in rows {
        writeln!(
            text,
            "| {} | {:.0} | {} | {} | {} | {} |",
            row.name,
            row.nodes_ml,
            shown(row.approximate_ml, 0),
            shown(row.nodes_dice, 2),
            shown(row.bed_ml, 0),
            shown(row.bed_dice, 2)
        )
        .unwrap();
    }
    let missing = rows.iter().filter(|row| !row.why.is_empty());
    let missing: Vec<String> = missing
        .map(|row| format!("- {}: {}\n", row.name, row.why.join("; ")))
        .collect();
    if !missing.is_empty() {
        text += "\nNot drawn:\n\n";
        text += &missing.concat();
    }
    text += "\nThe courses of the phantoms' vessels were known when the built-in ones were set, so that \
             their figures are kinder than those of patients; the real man is one man.\n";
    text
}
