// @ts-check
/**
 * The keys of the study view.
 * @module
 */

import { GROUPS } from "../view/contours.js";
import { FORMS } from "../decide/forms.js";

/**
 * @param {object} page
 * @param {import("../shortcuts.js").Shortcuts} page.keys
 * @param {import("./desk.js").Desk} page.desk
 * @param {import("../findings/card.js").FindingCard} page.card
 * @param {import("../view/viewer.js").Viewer|null} page.viewer
 * @param {(by: number) => void} page.step
 * @param {() => void} page.sign
 */
export function bindStudyKeys(page) {
  const { keys } = page;
  keys.add("n j", "n", "Findings", "Next finding", () => page.step(1));
  keys.add("N k Shift+n", "Shift+n", "Findings", "Previous finding", () => page.step(-1));
  keys.add("a", "a", "Findings", "Accept the selected lesion", () => void page.card.accept());
  for (const [kind, form] of Object.entries(FORMS)) {
    if (form.key) keys.add(form.key, form.key, "Findings", form.title, () => page.card.open(kind));
  }
  keys.add("Ctrl+z", "Ctrl+z", "Findings", "Undo", () => void page.desk.undo());
  keys.add("Ctrl+y Ctrl+Shift+z", "Ctrl+y", "Findings", "Redo", () => void page.desk.redo());
  keys.add("Shift+s", "Shift+s", "Findings", "Sign", () => page.sign());
  bindDisplayKeys(page);
  bindToolKeys(page);
  listViewKeys(keys);
}

/** @param {Parameters<typeof bindStudyKeys>[0]} page */
function bindDisplayKeys(page) {
  const { keys } = page;
  const table = () => page.viewer?.table;
  keys.add("1", "1", "Pictures", "Fused PET and CT", () => table()?.display.change({ show: "fused" }));
  keys.add("2", "2", "Pictures", "CT", () => table()?.display.change({ show: "ct" }));
  keys.add("3", "3", "Pictures", "PET", () => table()?.display.change({ show: "pet" }));
  for (const { group, title, key } of GROUPS)
    keys.add(key, key, "Pictures", title, () => table()?.toggleGroup(group));
  keys.add("h", "h", "Pictures", "Hide or show all outlines", () => table()?.toggleAllOutlines());
  keys.add("z", "z", "Pictures", "Zoom in on the cross-hair, and back", () => page.viewer?.toggleZoom());
  keys.add("0", "0", "Pictures", "Fit all views", () => page.viewer?.fit());
}

/** @param {Parameters<typeof bindStudyKeys>[0]} page */
function bindToolKeys(page) {
  const { keys } = page;
  keys.add("l", "l", "Tools", "Measure a length", () => page.viewer?.toggleMeasure());
  keys.add("Delete", "Del", "Tools", "Remove all distances", () => page.viewer?.measure.clear());
  keys.add("Escape", "Esc", "Tools", "Put the tool down", () => {
    page.viewer?.table.take(null);
    page.viewer?.table.enlarged.set(null);
    page.card.closeForm();
  });
}

/** What a focused view does with keys and mouse, for the help alone. @param {import("../shortcuts.js").Shortcuts} keys */
function listViewKeys(keys) {
  const group = "In a view";
  keys.add("", "wheel", group, "Next or previous slice", null);
  keys.add("", "PgUp PgDn", group, "Next or previous slice (Shift: five)", null);
  keys.add("", "← → ↑ ↓", group, "Move the cross-hair (Shift: further)", null);
  keys.add("", "Ctrl+wheel", group, "Zoom at the pointer", null);
  keys.add("", "+ −", group, "Zoom", null);
  keys.add("", "Ctrl+drag", group, "Pan (also Shift or middle button)", null);
  keys.add("", "right-drag", group, "Window: upper SUV; on CT width and level", null);
  keys.add("", "double-click", group, "Enlarge the view, and back", null);
  keys.add("", "Enter", group, "Use the tool at the cross-hair; without a tool: enlarge", null);
  keys.add("", "Home", group, "Fit the view", null);
}
