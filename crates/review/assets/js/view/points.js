// @ts-check
/**
 * Setting of points: the seeds of a split, the place of a new finding.
 * @module
 */

import { NORMAL, lpsOf, screenOf } from "./geometry.js";
import { outline, write } from "./painter.js";

/** @typedef {import("./light_table.js").Tool} Tool */
/** @typedef {import("../types.js").Lps} Lps */

/** A point is drawn on slices so near to it, mm. */
const NEAR_MM = 6;

/** @implements {Tool} */
export class PointTool {
  /**
   * @param {import("./light_table.js").LightTable} table
   * @param {object} how
   * @param {string} how.name
   * @param {string} how.hint
   * @param {number} how.count  so many points at most; the oldest goes when one more is set
   * @param {(points: Lps[]) => void} how.changed
   */
  constructor(table, { name, hint, count, changed }) {
    this.table = table;
    this.name = name;
    this.hint = hint;
    this.cursor = "cell";
    this.most = count;
    this.changed = changed;
    /** @type {Lps[]} */
    this.points = [];
  }

  /** @param {import("./viewport.js").Viewport} view @param {[number, number]} point */
  press(view, point) {
    this.points = [...this.points, lpsOf(view.plane, point, view.table.at(view.plane))].slice(-this.most);
    this.table.moveTo(/** @type {Lps} */ (this.points.at(-1)));
    this.table.repaint.set(null);
    this.changed(this.points);
  }

  move() {}

  release() {}

  /** @param {import("./viewport.js").Viewport} view @param {import("./painter.js").Sheet} sheet */
  paint(view, sheet) {
    this.points.forEach((lps, k) => {
      const off = Math.abs((lps[NORMAL[view.plane]] ?? 0) - view.table.at(view.plane));
      if (off > NEAR_MM) return;
      const [x, y] = sheet.toPixel(screenOf(view.plane, lps));
      sheet.context.beginPath();
      sheet.context.arc(x, y, 5, 0, 2 * Math.PI);
      sheet.context.globalAlpha = off < 1 ? 1 : 0.5;
      outline(sheet.context, "#7dff9b", 2);
      sheet.context.globalAlpha = 1;
      if (this.most > 1) write(sheet.context, String.fromCharCode(65 + k), x + 9, y, "left", "#7dff9b");
    });
  }

  leave() {
    this.points = [];
  }
}
