// Which outlines are shown, and what a point lies in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findingAt, findingsOf, groupOf, isShown } from "../../../crates/review/assets/js/view/contours.js";

const square = (x, half) => [
  [
    [x - half, -half],
    [x + half, -half],
    [x + half, half],
    [x - half, half],
  ],
];
const outline = (kind, finding, roi, rings = square(0, 5)) => ({
  kind,
  finding,
  roi,
  name: kind,
  colour: "#ff0000",
  rings,
});
const targets = new Map([
  [7, { roi_number: 7, lesion_ids: [2, 3] }],
  [9, { roi_number: 9, lesion_ids: [] }],
]);

test("whole volumes are told from those of lesions by their target", () => {
  assert.equal(groupOf(outline("PTV", null, 7), targets), "PTV");
  assert.equal(groupOf(outline("PTV", null, 9), targets), "WHOLE");
  assert.equal(groupOf(outline("CTV", 2, null), targets), "CTV");
  assert.equal(groupOf(outline("FIELD", null, 12), targets), "FIELD");
});

test("a volume of two lesions belongs to both", () => {
  assert.deepEqual(findingsOf(outline("PTV", null, 7), targets), [2, 3]);
  assert.deepEqual(findingsOf(outline("EXCLUDED", 5, null), targets), [5]);
  assert.deepEqual(findingsOf(outline("CTV", null, 9), targets), []);
});

test("an outline is shown when neither its kind nor its ROI is hidden", () => {
  const visibility = { all: true, groups: new Set(["PTV"]), hidden: new Set() };
  assert.equal(isShown(outline("PTV", null, 7), visibility, targets), true);
  assert.equal(isShown(outline("PTV", null, 9), visibility, targets), false);
  assert.equal(isShown(outline("PTV", null, 7), { ...visibility, hidden: new Set([7]) }, targets), false);
  assert.equal(isShown(outline("PTV", null, 7), { ...visibility, all: false }, targets), false);
});

test("the cross-hair is in the lesion rather than in what is excluded around it", () => {
  const outlines = [
    outline("EXCLUDED", 5, null, square(0, 20)),
    outline("PTV", 2, 7, square(0, 9)),
    outline("GTV", 2, 1, square(0, 5)),
  ];
  assert.equal(findingAt([1, 1], outlines), 2);
  assert.equal(findingAt([8, 0], outlines), 5, "a PTV is not the finding itself");
  assert.equal(findingAt([30, 0], outlines), null);
});
