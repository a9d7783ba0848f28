// @ts-check
/**
 * The brush: paints to an outline or takes from it, a disc at a time on one slice. What was painted
 * stays marked until the server has answered.
 * @module
 */

import { lpsOf } from "./geometry.js";
import { outline } from "./painter.js";

/** @typedef {import("./light_table.js").Tool} Tool */
/** @typedef {[number, number]} Point */

/** Points of a stroke are as far apart as this share of the radius. */
const POINT_SPACING = 0.4;

/** A stroke has no more points than this. */
const MOST_POINTS = 400;

/** @implements {Tool} */
export class BrushTool {
  /**
   * @param {import("./light_table.js").LightTable} table
   * @param {"add"|"erase"} mode
   * @param {number} radius mm
   * @param {(stroke: {plane: import("../types.js").Plane, points: import("../types.js").Lps[], mode: "add"|"erase", radius: number}) => Promise<void>} painted
   */
  constructor(table, mode, radius, painted) {
    this.table = table;
    this.name = "brush";
    this.cursor = "none";
    this.mode = mode;
    this.radius = radius;
    this.painted = painted;
    this.isBusy = false;
    /** @type {{plane: import("../types.js").Plane, at: number, points: Point[]}|null} */
    this.stroke = null;
    /** @type {{plane: import("../types.js").Plane, point: Point}|null} */
    this.tip = null;
  }

  get hint() {
    return this.mode === "add"
      ? "Paint what belongs to it. Esc ends."
      : "Paint over what does not belong to it. Esc ends.";
  }

  /** @param {import("./viewport.js").Viewport} view @param {Point} point */
  press(view, point) {
    if (this.isBusy) return;
    this.stroke = { plane: view.plane, at: view.table.at(view.plane), points: [point] };
    this.move(view, point);
  }

  /** @param {import("./viewport.js").Viewport} view @param {Point} point */
  move(view, point) {
    this.tip = { plane: view.plane, point };
    const stroke = this.isBusy ? null : this.stroke;
    const last = stroke?.points.at(-1);
    if (stroke && last && stroke.plane === view.plane && stroke.points.length < MOST_POINTS) {
      const way = Math.hypot(point[0] - last[0], point[1] - last[1]);
      if (way >= this.radius * POINT_SPACING) stroke.points.push(point);
    }
    view.invalidate();
  }

  /** @param {import("./viewport.js").Viewport} view */
  release(view) {
    const stroke = this.stroke;
    if (!stroke || this.isBusy || stroke.plane !== view.plane) return;
    this.isBusy = true;
    const points = stroke.points.map((point) => lpsOf(stroke.plane, point, stroke.at));
    this.painted({ plane: stroke.plane, points, mode: this.mode, radius: this.radius }).finally(() => {
      this.isBusy = false;
      this.stroke = null;
      this.table.repaint.set(null);
    });
  }

  /** @param {import("./viewport.js").Viewport} view @param {import("./painter.js").Sheet} sheet */
  paint(view, sheet) {
    const { context, toPixel, mmPerPixel } = sheet;
    const colour = this.mode === "add" ? "#7dff9b" : "#ff8f8f";
    if (this.stroke?.plane === view.plane && Math.abs(this.stroke.at - view.table.at(view.plane)) < 0.01) {
      context.beginPath();
      this.stroke.points.forEach((point, k) =>
        k === 0 ? context.moveTo(...toPixel(point)) : context.lineTo(...toPixel(point)),
      );
      // A line of no length is not drawn, not even its round ends.
      if (this.stroke.points.length === 1)
        context.lineTo(...nudged(toPixel(/** @type {Point} */ (this.stroke.points[0]))));
      context.globalAlpha = 0.35;
      context.lineCap = "round";
      context.lineJoin = "round";
      context.lineWidth = (2 * this.radius) / mmPerPixel;
      context.strokeStyle = colour;
      context.stroke();
      context.globalAlpha = 1;
    }
    if (this.tip?.plane !== view.plane) return;
    context.beginPath();
    context.arc(...toPixel(this.tip.point), this.radius / mmPerPixel, 0, 2 * Math.PI);
    outline(context, colour, 1.25);
  }

  leave() {
    this.tip = null;
    if (!this.isBusy) this.stroke = null;
  }
}

/** @param {Point} point @returns {Point} */
function nudged([x, y]) {
  return [x + 0.01, y];
}
