// @ts-check
/**
 * The bar above the views: what is shown, windows, colours, outlines, tools.
 * @module
 */

import { button, h, refill, select } from "../dom.js";
import { COLOUR_MAPS } from "./colour_maps.js";
import { GROUPS } from "./contours.js";
import { CT_PRESETS, petPresets } from "./display.js";

/** @typedef {import("./light_table.js").LightTable} LightTable */

/** @type {[import("./display.js").Show, string, string][]} */
const SHOWS = [
  ["fused", "Fused", "1"],
  ["ct", "CT", "2"],
  ["pet", "PET", "3"],
];

/**
 * @param {LightTable} table
 * @param {HTMLElement[]} tools buttons of the tools
 */
export function toolbar(table, tools) {
  const shows = h("div", { class: "segments", role: "group", "aria-label": "Images" });
  const windows = h("div", { class: "bar-group" });
  const outlines = h("div", { class: "segments", role: "group", "aria-label": "Outlines" });
  const bar = h(
    "div",
    { class: "view-bar", role: "toolbar", "aria-label": "Display" },
    shows,
    windows,
    outlines,
    h("div", { class: "bar-group" }, tools),
  );
  let filled = "";
  const fillDisplay = () => {
    // A slider that is replaced while it is dragged falls out of the hand: its own value is no reason.
    const now = JSON.stringify({ ...table.display.values.value, opacity: null });
    if (now === filled) return;
    filled = now;
    refill(shows, showButtons(table));
    refill(windows, windowControls(table));
  };
  const fillOutlines = () => refill(outlines, outlineButtons(table));
  table.display.values.listen(fillDisplay, table.until);
  table.visibility.listen(fillOutlines, table.until);
  fillDisplay();
  fillOutlines();
  return bar;
}

/** @param {LightTable} table */
function showButtons(table) {
  return SHOWS.map(([show, label, key]) =>
    button(label, () => table.display.change({ show }), {
      "aria-pressed": String(table.display.values.value.show === show),
      disabled: !table.display.hasCt && show !== "pet",
      title: `${label} (${key})`,
      data: { focus: `show-${show}` },
    }),
  );
}

/** @param {LightTable} table */
function windowControls(table) {
  const { values } = table.display;
  const { show, ct, pet, map, opacity } = values.value;
  const controls = [];
  if (show !== "pet") controls.push(presetChoice("CT window", "ct", CT_PRESETS, ct, "HU", table));
  if (show !== "ct") {
    controls.push(presetChoice("PET window", "pet", petPresets(table.scene.liver_suv), pet, "SUV", table));
    const maps = select(COLOUR_MAPS, map, { "aria-label": "Colour map", data: { focus: "map" } });
    maps.addEventListener("change", () => table.display.change({ map: maps.value }));
    controls.push(maps);
  }
  if (show === "fused") {
    const slider = h("input", {
      type: "range",
      min: "0",
      max: "1",
      step: "0.05",
      value: String(opacity),
      "aria-label": "Opacity of the PET",
      title: "Opacity of the PET",
      data: { focus: "opacity" },
    });
    slider.addEventListener("input", () => table.display.change({ opacity: Number(slider.value) }));
    controls.push(slider);
  }
  return controls;
}

/**
 * A choice of windows that also tells one that was set by dragging.
 * @param {string} label
 * @param {"ct"|"pet"} which
 * @param {{name: string, window: [number, number]}[]} presets
 * @param {[number, number]} window
 * @param {string} unit
 * @param {LightTable} table
 */
function presetChoice(label, which, presets, window, unit, table) {
  const now = window.join(",");
  /** @type {[string, string][]} */
  const choices = presets.map((preset) => [
    preset.window.join(","),
    which === "ct" ? `CT ${preset.name.toLowerCase()}` : `PET ${preset.name}`,
  ]);
  if (!choices.some(([value]) => value === now)) choices.push([now, `${window[0]} to ${window[1]} ${unit}`]);
  const control = select(choices, now, {
    "aria-label": label,
    title: `${label}; drag with the right button to change it`,
    data: { focus: `window-${which}` },
  });
  control.addEventListener("change", () => {
    const [low = 0, high = 1] = control.value.split(",").map(Number);
    table.display.change({ [which]: [low, high] });
  });
  return control;
}

/** @param {LightTable} table */
function outlineButtons(table) {
  const { all, groups } = table.visibility.value;
  return GROUPS.map(({ group, label, title, key }) =>
    button(label, () => table.toggleGroup(group), {
      "aria-pressed": String(all && groups.has(group)),
      title: `${title} (${key})`,
      class: `outline-${group.toLowerCase()}`,
      data: { focus: `group-${group}` },
    }),
  );
}
