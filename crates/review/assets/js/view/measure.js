// @ts-check
/**
 * Distances between two points of a slice.
 * @module
 */

import { number } from "../format.js";
import { outline, write } from "./painter.js";

/** @typedef {import("./light_table.js").Tool} Tool */
/** @typedef {[number, number]} Point */
/** @typedef {{plane: import("../types.js").Plane, at: number, from: Point, to: Point, isOpen: boolean}} Distance */

/** A drag shorter than this is a click, mm: the other end follows with the next click. */
const CLICK_MM = 1;

/** A distance is drawn on slices so near to its own, mm. */
const SAME_SLICE_MM = 0.51;

const COLOUR = "#ffe066";

/** @implements {Tool} */
export class MeasureTool {
  /** @param {import("./light_table.js").LightTable} table */
  constructor(table) {
    this.table = table;
    this.name = "measure";
    this.hint = "Click both ends of the distance. Del removes all.";
    this.cursor = "crosshair";
    /** @type {Distance[]} */
    this.distances = [];
  }

  /** The one whose other end is still to be set. */
  get open() {
    return this.distances.find((distance) => distance.isOpen) ?? null;
  }

  /** @param {import("./viewport.js").Viewport} view @param {Point} point */
  press(view, point) {
    const open = this.open;
    if (open && open.plane === view.plane && isSameSlice(open, view)) {
      open.to = point;
      return;
    }
    this.distances = this.distances.filter((distance) => !distance.isOpen);
    this.distances.push({
      plane: view.plane,
      at: view.table.at(view.plane),
      from: point,
      to: point,
      isOpen: true,
    });
    view.invalidate();
  }

  /** @param {import("./viewport.js").Viewport} view @param {Point} point */
  move(view, point) {
    const open = this.open;
    if (!open || open.plane !== view.plane) return;
    open.to = point;
    view.invalidate();
  }

  /** @param {import("./viewport.js").Viewport} view @param {Point} point */
  release(view, point) {
    const open = this.open;
    if (!open) return;
    open.to = point;
    if (lengthOf(open) >= CLICK_MM) open.isOpen = false;
    view.invalidate();
  }

  /** @param {import("./viewport.js").Viewport} view @param {import("./painter.js").Sheet} sheet */
  paint(view, sheet) {
    for (const distance of this.distances) {
      if (distance.plane === view.plane && isSameSlice(distance, view)) paintDistance(sheet, distance);
    }
  }

  leave() {
    this.distances = this.distances.filter((distance) => !distance.isOpen);
  }

  clear() {
    this.distances = [];
    this.table.repaint.set(null);
  }
}

/** @param {Distance} distance @param {import("./viewport.js").Viewport} view */
function isSameSlice(distance, view) {
  return Math.abs(distance.at - view.table.at(view.plane)) < SAME_SLICE_MM;
}

/** @param {Distance} distance */
function lengthOf({ from, to }) {
  return Math.hypot(to[0] - from[0], to[1] - from[1]);
}

/** @param {import("./painter.js").Sheet} sheet @param {Distance} distance */
function paintDistance(sheet, distance) {
  const { context, toPixel } = sheet;
  const [x0, y0] = toPixel(distance.from);
  const [x1, y1] = toPixel(distance.to);
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  outline(context, COLOUR, 1.5);
  for (const [x, y] of /** @type {Point[]} */ ([
    [x0, y0],
    [x1, y1],
  ])) {
    context.beginPath();
    context.arc(x, y, 3, 0, 2 * Math.PI);
    outline(context, COLOUR, 1.5);
  }
  write(context, `${number(lengthOf(distance))} mm`, (x0 + x1) / 2 + 8, (y0 + y1) / 2 - 10, "left", COLOUR);
}
