// @ts-check
/**
 * Mouse and keys on a view: scroll, zoom, pan, window, and whatever tool is in hand.
 * @module
 */

import { NORMAL, lpsOf, screenOf } from "./geometry.js";

/** A wheel event of so many pixels or more is a notch of a mouse: one slice. */
const NOTCH_PIXELS = 50;

/** Travel of one slice on a touch pad, which sends many small events, pixels. */
const PAD_PIXELS = 30;

/** Height of a line where a browser counts lines, pixels. */
const LINE_PIXELS = 40;

/** Slices that a single wheel event moves at most. */
const MOST_SLICES = 3;

/** @typedef {import("./viewport.js").Viewport} Viewport */

/**
 * @param {Viewport} view
 */
export function bindPointer(view) {
  const { canvas, table } = view;
  const listening = { signal: table.until };
  canvas.addEventListener("wheel", wheelOf(view), { ...listening, passive: false });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), listening);
  canvas.addEventListener("pointerdown", (event) => beginDrag(view, event), listening);
  canvas.addEventListener("pointermove", (event) => hover(view, event), listening);
  canvas.addEventListener("pointerleave", () => table.pointer.set(null), listening);
  canvas.addEventListener(
    "dblclick",
    () => {
      // Two quick clicks with a tool are two points or two dabs.
      if (table.tool.value) return;
      table.enlarged.set(table.enlarged.value === view.plane ? null : view.plane);
    },
    listening,
  );
  canvas.addEventListener("keydown", (event) => pressKey(view, event), listening);
}

/** @param {Viewport} view @returns {(event: WheelEvent) => void} */
function wheelOf(view) {
  let travel = 0;
  return (event) => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PIXELS : event.deltaY;
    if (event.ctrlKey) {
      view.zoom(Math.exp(-pixels / 400), pointOf(view, event));
      return;
    }
    const isNotch = Math.abs(pixels) >= NOTCH_PIXELS;
    travel = isNotch ? 0 : travel + pixels;
    const steps = isNotch
      ? Math.sign(pixels) * Math.max(Math.round(Math.abs(pixels) / 120), 1)
      : Math.trunc(travel / PAD_PIXELS);
    if (steps === 0) return;
    travel -= isNotch ? 0 : steps * PAD_PIXELS;
    const bounded = Math.min(Math.max(steps, -MOST_SLICES), MOST_SLICES);
    // Turning the wheel down goes towards the feet, to the back, and to the patient's right.
    view.table.scroll(view.plane, view.plane === "coronal" ? bounded : -bounded);
  };
}

/** @param {Viewport} view @param {MouseEvent} event @returns {[number, number]} screen mm */
function pointOf(view, event) {
  const box = view.canvas.getBoundingClientRect();
  return view.toScreen(event.clientX - box.left, event.clientY - box.top);
}

/** @param {Viewport} view @param {PointerEvent} event */
function hover(view, event) {
  const point = pointOf(view, event);
  view.table.pointer.set(lpsOf(view.plane, point, view.table.at(view.plane)));
  if (event.buttons === 0) view.table.tool.value?.move(view, point, false);
}

/** @param {Viewport} view @param {PointerEvent} event */
function beginDrag(view, event) {
  view.canvas.focus({ preventScroll: true });
  event.preventDefault();
  view.canvas.setPointerCapture(event.pointerId);
  const drag = chooseDrag(view, event);
  const move = (/** @type {PointerEvent} */ moved) => drag.move(moved);
  // All listeners go together: one that was left would end a later drag.
  const dragging = new AbortController();
  const listening = { signal: dragging.signal };
  const end = (/** @type {PointerEvent} */ ended) => {
    dragging.abort();
    drag.end(ended);
  };
  view.canvas.addEventListener("pointermove", move, listening);
  view.canvas.addEventListener("pointerup", end, listening);
  view.canvas.addEventListener("pointercancel", end, listening);
}

/**
 * @param {Viewport} view
 * @param {PointerEvent} event
 * @returns {{move: (event: PointerEvent) => void, end: (event: PointerEvent) => void}}
 */
function chooseDrag(view, event) {
  if (event.button === 2) return windowDrag(view, event);
  if (event.button === 1 || event.ctrlKey || event.shiftKey) return panDrag(view, event);
  const tool = view.table.tool.value;
  return tool ? toolDrag(view, tool, event) : crosshairDrag(view, event);
}

/** @param {Viewport} view @param {PointerEvent} begun */
function windowDrag(view, begun) {
  const { ct, pet } = view.table.display.values.value;
  const move = (/** @type {PointerEvent} */ event) =>
    view.table.display.drag(ct, pet, event.clientX - begun.clientX, event.clientY - begun.clientY);
  return { move, end: () => {} };
}

/** @param {Viewport} view @param {PointerEvent} begun */
function panDrag(view, begun) {
  let last = begun;
  const move = (/** @type {PointerEvent} */ event) => {
    view.pan(event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
  };
  return { move, end: () => {} };
}

/** @param {Viewport} view @param {PointerEvent} begun */
function crosshairDrag(view, begun) {
  const move = (/** @type {PointerEvent} */ event) =>
    view.table.moveTo(lpsOf(view.plane, pointOf(view, event), view.table.at(view.plane)));
  move(begun);
  return { move, end: () => {} };
}

/** @param {Viewport} view @param {import("./light_table.js").Tool} tool @param {PointerEvent} begun */
function toolDrag(view, tool, begun) {
  tool.press(view, pointOf(view, begun));
  const move = (/** @type {PointerEvent} */ event) => tool.move(view, pointOf(view, event), true);
  return { move, end: (/** @type {PointerEvent} */ event) => tool.release(view, pointOf(view, event)) };
}

/** The keys of a focused view. @param {Viewport} view @param {KeyboardEvent} event */
function pressKey(view, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const act = keyAction(view, event);
  if (!act) return;
  event.preventDefault();
  act();
}

/** @param {Viewport} view @param {KeyboardEvent} event @returns {(() => void)|null} */
function keyAction(view, event) {
  const { table, plane } = view;
  const far = event.shiftKey ? 5 : 1;
  switch (event.key) {
    case "ArrowLeft":
      return () => moveCrosshair(view, -far, 0);
    case "ArrowRight":
      return () => moveCrosshair(view, far, 0);
    case "ArrowUp":
      return () => moveCrosshair(view, 0, -far);
    case "ArrowDown":
      return () => moveCrosshair(view, 0, far);
    case "PageUp":
      return () => table.scroll(plane, plane === "coronal" ? -far : far);
    case "PageDown":
      return () => table.scroll(plane, plane === "coronal" ? far : -far);
    case "+":
    case "=":
      return () => view.zoom(1.25);
    case "-":
      return () => view.zoom(0.8);
    case "Home":
      return () => view.fit();
    case "Enter":
      return () => useTool(view);
    default:
      return null;
  }
}

/** @param {Viewport} view @param {number} right @param {number} down */
function moveCrosshair(view, right, down) {
  const step = Math.max(view.table.scene.pet.spacing_mm[NORMAL[view.plane]] ?? 1, 1) / 2;
  const [x, y] = screenOf(view.plane, view.table.crosshair.value);
  view.table.moveTo(lpsOf(view.plane, [x + right * step, y + down * step], view.table.at(view.plane)));
}

/** Enter does at the cross-hair what a click would; without a tool it enlarges the view. @param {Viewport} view */
function useTool(view) {
  const { table, plane } = view;
  const tool = table.tool.value;
  if (!tool) {
    table.enlarged.set(table.enlarged.value === plane ? null : plane);
    return;
  }
  const point = screenOf(plane, table.crosshair.value);
  tool.press(view, point);
  tool.release(view, point);
}
