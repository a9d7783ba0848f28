// Volumes that were hidden stay hidden when a decision numbers all of them anew, and no other is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LightTable } from "../../../crates/review/assets/js/view/light_table.js";

/** A light table without pictures. */
function table() {
  const scene = { ct: null, start_mm: [0, 0, 0] };
  return new LightTable(scene, null, new AbortController().signal);
}

const target = (roi_number, name, kind, lesion_ids) => ({ roi_number, name, kind, lesion_ids });
const report = (...targets) => ({ targets, lesions: [] });

test("a hidden volume is followed to its new number", () => {
  const lights = table();
  lights.outlinesChanged(
    report(
      target(1, "PTV_N_1", "PTV", [1]),
      target(2, "PTV_N_2", "PTV", [2]),
      target(3, "PTV_N_3", "PTV", [3]),
      target(4, "PTVn_Pelvis", "PTV", []),
    ),
  );
  lights.showRoi(2, false);
  lights.showRoi(4, false);
  // Lesion 1 is rejected: no volumes at first, then with other numbers and names.
  lights.outlinesChanged(report());
  assert.deepEqual([...lights.visibility.value.hidden], [2, 4], "what is drawn meanwhile has its old numbers");
  lights.outlinesChanged(
    report(
      target(1, "PTV_N_1", "PTV", [2]),
      target(2, "PTV_N_2", "PTV", [3]),
      target(3, "PTVn_Pelvis", "PTV", []),
    ),
  );
  assert.deepEqual([...lights.visibility.value.hidden], [1, 3]);
});

test("a hidden volume that is no more hides no other", () => {
  const lights = table();
  lights.outlinesChanged(report(target(1, "GTV_N_1", "GTV", [1]), target(2, "GTV_N_2", "GTV", [2])));
  lights.showRoi(1, false);
  lights.outlinesChanged(report(target(1, "GTV_N_1", "GTV", [2])));
  assert.deepEqual([...lights.visibility.value.hidden], []);
});
