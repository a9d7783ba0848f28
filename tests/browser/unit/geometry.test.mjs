// From patient to screen and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  extent,
  inside,
  isInside,
  lpsOf,
  screenOf,
  sliceStep,
  PLANES,
  NORMAL,
} from "../../../crates/review/assets/js/view/geometry.js";

const BOUNDS = { left: 200, right: -190, anterior: -340, posterior: 50, inferior: -760, superior: -380 };

test("the patient's right is on the left of the screen and the head is up", () => {
  const right = [-40, -100, -500];
  const left = [40, -100, -500];
  const higher = [-40, -100, -400];
  for (const plane of ["axial", "coronal"]) assert.ok(screenOf(plane, right)[0] < screenOf(plane, left)[0]);
  for (const plane of ["coronal", "sagittal"])
    assert.ok(screenOf(plane, higher)[1] < screenOf(plane, right)[1]);
  const front = [-40, -150, -500];
  assert.ok(screenOf("sagittal", front)[0] < screenOf("sagittal", right)[0], "the front is on the left");
  assert.ok(screenOf("axial", front)[1] < screenOf("axial", right)[1], "the front is up");
});

test("a point of a slice comes back as the same position", () => {
  const lps = [12.5, -143.25, -571.75];
  for (const plane of PLANES) assert.deepEqual(lpsOf(plane, screenOf(plane, lps), lps[NORMAL[plane]]), lps);
});

test("the extent of each plane holds all corners", () => {
  assert.deepEqual(extent("axial", BOUNDS), {
    rect: { left: -190, right: 200, top: -340, bottom: 50 },
    low: -760,
    high: -380,
  });
  assert.deepEqual(extent("coronal", BOUNDS), {
    rect: { left: -190, right: 200, top: 380, bottom: 760 },
    low: -340,
    high: 50,
  });
  assert.deepEqual(extent("sagittal", BOUNDS), {
    rect: { left: -340, right: 50, top: 380, bottom: 760 },
    low: -190,
    high: 200,
  });
});

test("positions beyond the images are brought to their border", () => {
  assert.deepEqual(inside([500, -500, 0], BOUNDS), [200, -340, -380]);
  assert.deepEqual(inside([1, -2, -400], BOUNDS), [1, -2, -400]);
});

test("slices step by the finer image, and by 1 mm at least", () => {
  const pet = { spacing_mm: [4, 4, 3], size: [1, 1, 1] };
  const scene = (ct) => ({ pet, ct });
  assert.equal(sliceStep("axial", scene(null)), 3);
  assert.equal(sliceStep("axial", scene({ spacing_mm: [0.9, 0.9, 2], size: [1, 1, 1] })), 2);
  assert.equal(sliceStep("sagittal", scene({ spacing_mm: [0.9, 0.9, 2], size: [1, 1, 1] })), 1);
});

test("inside of rings by the even-odd rule", () => {
  const square = (half) => [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
  ];
  const ring = [square(10), square(4)];
  assert.equal(isInside([7, 0], ring), true);
  assert.equal(isInside([0, 0], ring), false, "in the hole");
  assert.equal(isInside([11, 0], ring), false);
});
