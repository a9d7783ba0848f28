// @ts-check
/**
 * How pictures are shown: which images, windows, colours; shared by all views, so that one
 * brightness means the same everywhere.
 * @module
 */

import { remember, remembered } from "../settings.js";
import { Signal } from "../signal.js";
import { clamp } from "./geometry.js";

/** @typedef {"fused"|"ct"|"pet"} Show */
/** @typedef {[number, number]} Window  the values shown as black and as white */
/**
 * @typedef {object} DisplayValues
 * @property {Show} show
 * @property {Window} ct  HU
 * @property {Window} pet  SUVbw
 * @property {string} map
 * @property {number} opacity  of the PET over the CT, 0 to 1
 */

/** CT windows by level ± width / 2, HU. @type {{name: string, window: Window}[]} */
export const CT_PRESETS = [
  { name: "Soft tissue", window: [-160, 240] },
  { name: "Bone", window: [-500, 1300] },
  { name: "Lung", window: [-1350, 150] },
];

/** The upper end of the liver-normalised window, in multiples of the liver's mean. */
const LIVER_MULTIPLE = 2;

/**
 * PET windows; the liver-normalised one only where the liver was measured.
 * @param {number|null} liverSuv
 * @returns {{name: string, window: Window}[]}
 */
export function petPresets(liverSuv) {
  /** @type {{name: string, window: Window}[]} */
  const presets = [
    { name: "SUV 0–10", window: [0, 10] },
    { name: "SUV 0–20", window: [0, 20] },
  ];
  if (liverSuv)
    presets.push({ name: "0–2 × liver", window: [0, Math.round(liverSuv * LIVER_MULTIPLE * 10) / 10] });
  return presets;
}

/** @type {DisplayValues} */
const DEFAULT = { show: "fused", ct: [-160, 240], pet: [0, 10], map: "hot", opacity: 0.6 };

const SHOWS = ["fused", "ct", "pet"];

/** The display of one study view; windows are remembered for the next study. */
export class Display {
  /** @param {boolean} hasCt */
  constructor(hasCt) {
    const kept = { ...DEFAULT, ...remembered("display", {}) };
    this.hasCt = hasCt;
    if (!hasCt) kept.show = "pet";
    this.values = new Signal(/** @type {DisplayValues} */ (kept));
  }

  /** @param {Partial<DisplayValues>} change */
  change(change) {
    const next = { ...this.values.value, ...change };
    if (!this.hasCt) next.show = "pet";
    this.values.set(next);
    remember("display", next);
  }

  /**
   * Moves the window as the mouse was dragged: on fused and PET pictures the upper SUV, on the CT
   * width (to the side) and level (up and down).
   * @param {Window} ct at the beginning of the drag
   * @param {Window} pet at the beginning of the drag
   * @param {number} right pixels
   * @param {number} down pixels
   */
  drag(ct, pet, right, down) {
    if (this.values.value.show === "ct") {
      const width = Math.max(ct[1] - ct[0] + right * 2, 10);
      const level = (ct[0] + ct[1]) / 2 + down * 2;
      this.change({ ct: [Math.round(level - width / 2), Math.round(level + width / 2)] });
    } else {
      const upper = clamp(pet[1] * Math.exp((down - right) / 200), [0.5, 200]);
      this.change({ pet: [pet[0], Math.round(upper * 10) / 10] });
    }
  }

  /** The part of a picture's address that says how it is shown. */
  query() {
    const { show, ct, pet, map, opacity } = this.values.value;
    return `show=${SHOWS.includes(show) ? show : "fused"}&ct=${ct.join(",")}&pet=${pet.join(",")}&map=${map}&opacity=${opacity.toFixed(2)}`;
  }
}
