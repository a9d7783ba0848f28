// @ts-check
/**
 * What is drawn over a picture: letters, scale, colour bar, cross-hair.
 * @module
 */

import { plain } from "../format.js";
import { colourAt } from "./colour_maps.js";

/**
 * The canvas of a view with its transform, in CSS pixels.
 * @typedef {object} Sheet
 * @property {CanvasRenderingContext2D} context
 * @property {number} width
 * @property {number} height
 * @property {(point: [number, number]) => [number, number]} toPixel  from screen mm
 * @property {number} mmPerPixel
 */

export const FONT = "12px system-ui, sans-serif";
const INK = "#e8edf2";
const SHADOW = "rgba(0, 0, 0, 0.85)";

/**
 * Writes with a dark rim, readable on any picture.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {CanvasTextAlign} align
 * @param {string} [colour]
 */
export function write(context, text, x, y, align, colour = INK) {
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = SHADOW;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/**
 * @param {Sheet} sheet
 * @param {{left: string, right: string, top: string, bottom: string}} sides
 */
export function paintSides({ context, width, height }, sides) {
  context.font = `600 ${FONT}`;
  write(context, sides.left, 6, height / 2, "left");
  write(context, sides.right, width - 6, height / 2, "right");
  write(context, sides.top, width / 2, 11, "center");
  write(context, sides.bottom, width / 2, height - 10, "center");
  context.font = FONT;
}

/**
 * A scale of a round length, about a fifth of the width.
 * @param {Sheet} sheet
 */
export function paintScale({ context, width, height, mmPerPixel }) {
  const room = width * 0.25 * mmPerPixel;
  const length = [200, 100, 50, 20, 10, 5, 2, 1].find((mm) => mm <= room) ?? 1;
  const pixels = length / mmPerPixel;
  const y = height - 10.5;
  const x = 10.5;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + pixels, y);
  context.lineTo(x + pixels, y - 5);
  outline(context, INK, 1.5);
  write(context, `${length} mm`, x + pixels + 6, y - 3, "left");
}

/**
 * The colours of the SUV with both ends of the window.
 * @param {Sheet} sheet
 * @param {import("./display.js").DisplayValues} display
 */
export function paintColourBar({ context, width, height }, display) {
  const length = Math.min(140, height * 0.4);
  const top = (height - length) / 2 + 4;
  const x = width - 30;
  const colours = context.createLinearGradient(0, top + length, 0, top);
  for (let stop = 0; stop <= 16; stop += 1) colours.addColorStop(stop / 16, colourAt(display.map, stop / 16));
  context.fillStyle = colours;
  context.fillRect(x, top, 9, length);
  context.strokeStyle = "rgba(255, 255, 255, 0.55)";
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, top - 0.5, 10, length + 1);
  write(context, plain(display.pet[1]), x + 5, top - 10, "center");
  write(context, plain(display.pet[0]), x + 5, top + length + 10, "center");
  write(context, "SUV", x + 5, top - 24, "center");
}

/**
 * Both lines of the cross-hair with a gap in the middle, so that it hides nothing.
 * @param {Sheet} sheet
 * @param {[number, number]} point screen mm
 */
export function paintCrosshair({ context, width, height, toPixel }, point) {
  const [x, y] = toPixel(point).map((value) => Math.round(value) + 0.5);
  if (x === undefined || y === undefined) return;
  const gap = 12;
  context.beginPath();
  for (const [x0, y0, x1, y1] of [
    [0, y, x - gap, y],
    [x + gap, y, width, y],
    [x, 0, x, y - gap],
    [x, y + gap, x, height],
  ]) {
    context.moveTo(x0 ?? 0, y0 ?? 0);
    context.lineTo(x1 ?? 0, y1 ?? 0);
  }
  context.strokeStyle = "rgba(124, 196, 255, 0.7)";
  context.lineWidth = 1;
  context.stroke();
}

/**
 * Strokes the path with a dark rim.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} width
 */
export function outline(context, colour, width) {
  context.lineJoin = "round";
  context.strokeStyle = "rgba(0, 0, 0, 0.6)";
  context.lineWidth = width + 1.5;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}
