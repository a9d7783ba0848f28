// @ts-check
/**
 * One plane on one canvas: picture, outlines, cross-hair and marks.
 * @module
 */

import { complain } from "../announce.js";
import { h } from "../dom.js";
import { number, words } from "../format.js";
import { findingAt, findingsOf, isShown, paintNumber, paintOutline } from "./contours.js";
import { NORMAL_NAME, SIDES, clamp, extent, screenOf, sliceStep } from "./geometry.js";
import { BoundedCache, NewestLoader } from "./newest.js";
import { FONT, paintColourBar, paintCrosshair, paintScale, paintSides, write } from "./painter.js";
import { bindPointer } from "./pointer.js";
import { SliceSource } from "./slices.js";

/** Outlines of so many slices are remembered. */
const REMEMBERED_OUTLINES = 400;

/** Slices whose outlines are fetched ahead. */
const OUTLINES_AHEAD = 6;

/** The most a view magnifies, mm per CSS pixel. */
const CLOSEST_MM = 0.05;

export class Viewport {
  /**
   * @param {import("../types.js").Plane} plane
   * @param {import("./light_table.js").LightTable} table
   */
  constructor(plane, table) {
    this.plane = plane;
    this.table = table;
    this.extent = extent(plane, table.scene.bounds_mm);
    this.drawn = 0;
    this.width = 0;
    this.height = 0;
    this.mmPerPixel = 1;
    /** @type {[number, number]} */
    this.centre = [0, 0];
    this.isFitted = true;
    /** What to zoom to when the view is seen again, mm. @type {number|null} */
    this.zoomLater = null;
    this.isPaintDue = false;
    this.paintedKey = "";
    this.hasPicture = () => {};
    this.hasOutlines = () => {};
    const first = [
      new Promise((/** @type {(value: void) => void} */ resolve) => (this.hasPicture = resolve)),
      new Promise((/** @type {(value: void) => void} */ resolve) => (this.hasOutlines = resolve)),
    ];
    /** Fulfilled when the first picture is painted and its outlines are there. */
    this.ready = Promise.all(first);
    this.canvas = h("canvas", {
      class: "view-canvas",
      tabIndex: 0,
      role: "application",
      "aria-roledescription": "slice view",
      data: { view: plane, drawn: "0" },
    });
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser draws no canvas");
    this.context = context;
    this.slices = new SliceSource(plane, table, () => this.invalidate(), complain);
    /** @type {{at: number, epoch: number, outlines: import("../types.js").Outline[]}|null} */
    this.outlines = null;
    this.outlineLoader = this.makeOutlineLoader();
    this.listen();
    bindPointer(this);
    this.describe();
  }

  makeOutlineLoader() {
    const { table, plane } = this;
    return new NewestLoader({
      load: async (/** @type {{key: string, at: number, epoch: number}} */ { at, epoch }, signal) => ({
        at,
        epoch,
        outlines: (await table.api.outlines(plane, at, signal)).outlines,
      }),
      arrived: (_, found) => {
        this.outlines = found;
        this.hasOutlines();
        this.tellUnder();
        this.invalidate();
      },
      failed: () => this.hasOutlines(),
      cache: new BoundedCache(REMEMBERED_OUTLINES, () => 1),
      until: table.until,
    });
  }

  listen() {
    const { table } = this;
    const { until } = table;
    const repaint = () => this.invalidate();
    table.crosshair.listen(() => this.crosshairMoved(), until);
    table.display.values.listen(() => this.refresh(), until);
    for (const signal of [table.visibility, table.preview, table.selected, table.repaint])
      signal.listen(repaint, until);
    table.epoch.listen(() => this.refresh(), until);
    table.tool.listen((tool) => {
      this.canvas.style.cursor = tool?.cursor ?? "crosshair";
    }, until);
    const watcher = new ResizeObserver(() => this.resized());
    watcher.observe(this.canvas);
    until.addEventListener("abort", () => watcher.disconnect());
  }

  /** The canvas takes the size of its place, in pixels of the device. */
  resized() {
    const { clientWidth, clientHeight } = this.canvas;
    this.width = clientWidth;
    this.height = clientHeight;
    // Nothing is asked for while another view is enlarged.
    if (clientWidth === 0 || clientHeight === 0) return;
    this.canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(clientHeight * devicePixelRatio);
    if (this.isFitted) this.fit();
    else if (this.zoomLater !== null) this.zoomTo(this.zoomLater);
    else this.refresh();
  }

  /** Shows all of the images. */
  fit() {
    const { rect } = this.extent;
    this.isFitted = true;
    this.zoomLater = null;
    this.mmPerPixel = Math.max((rect.right - rect.left) / this.width, (rect.bottom - rect.top) / this.height);
    this.centre = [(rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2];
    this.refresh();
  }

  /** Shows so many mm around the cross-hair. @param {number} widthMm */
  zoomTo(widthMm) {
    this.isFitted = false;
    // A view behind an enlarged one has no size yet.
    const isHidden = this.width === 0 || this.height === 0;
    this.zoomLater = isHidden ? widthMm : null;
    if (isHidden) return;
    this.mmPerPixel = widthMm / Math.min(this.width, this.height);
    this.centre = screenOf(this.plane, this.table.crosshair.value);
    this.refresh();
  }

  /** Magnifies by a factor about a point that stays where it is. @param {number} factor @param {[number, number]} [about] */
  zoom(factor, about = screenOf(this.plane, this.table.crosshair.value)) {
    const { rect } = this.extent;
    const furthest =
      (2 * Math.max(rect.right - rect.left, rect.bottom - rect.top)) / Math.min(this.width, this.height);
    const next = clamp(this.mmPerPixel / factor, [CLOSEST_MM, furthest]);
    const share = next / this.mmPerPixel;
    this.centre = [
      about[0] + (this.centre[0] - about[0]) * share,
      about[1] + (this.centre[1] - about[1]) * share,
    ];
    this.mmPerPixel = next;
    this.isFitted = false;
    this.refresh();
  }

  /** @param {number} right pixels @param {number} down pixels */
  pan(right, down) {
    this.centre = [this.centre[0] - right * this.mmPerPixel, this.centre[1] - down * this.mmPerPixel];
    this.isFitted = false;
    this.refresh();
  }

  /** From pixels of the canvas to screen mm. @param {number} x @param {number} y @returns {[number, number]} */
  toScreen(x, y) {
    return [
      this.centre[0] + (x - this.width / 2) * this.mmPerPixel,
      this.centre[1] + (y - this.height / 2) * this.mmPerPixel,
    ];
  }

  /** From screen mm to pixels. @param {[number, number]} point @returns {[number, number]} */
  toPixel(point) {
    return [
      (point[0] - this.centre[0]) / this.mmPerPixel + this.width / 2,
      (point[1] - this.centre[1]) / this.mmPerPixel + this.height / 2,
    ];
  }

  crosshairMoved() {
    const [x, y] = this.toPixel(screenOf(this.plane, this.table.crosshair.value));
    const isOutside = x < 0 || y < 0 || x > this.width || y > this.height;
    if (isOutside && !this.isFitted) this.centre = screenOf(this.plane, this.table.crosshair.value);
    this.refresh();
    this.describe();
  }

  /** Asks for the picture and the outlines of what is shown, and paints what is there. */
  refresh() {
    if (this.width === 0 || this.height === 0) return;
    const at = this.table.at(this.plane);
    if (this.slices.shown && at !== this.slices.shown.at)
      this.slices.direction = at > this.slices.shown.at ? 1 : -1;
    const [left, top] = this.toScreen(0, 0);
    const [right, bottom] = this.toScreen(this.width, this.height);
    const isScrolled = this.table.scrolled === this.plane;
    this.slices.want({ left, top, right, bottom }, this.mmPerPixel / devicePixelRatio, at, isScrolled);
    this.outlineLoader.want(this.wantedOutlines(at), isScrolled ? this.outlinesAhead(at) : []);
    this.invalidate();
  }

  /** @param {number} at */
  outlinesAhead(at) {
    const step = sliceStep(this.plane, this.table.scene) * this.slices.direction;
    const ahead = Array.from({ length: OUTLINES_AHEAD }, (_, k) => at + (k + 1) * step);
    return ahead
      .filter((next) => next >= this.extent.low && next <= this.extent.high)
      .map((next) => this.wantedOutlines(next));
  }

  /** @param {number} at */
  wantedOutlines(at) {
    const epoch = this.table.epoch.value;
    return { key: `${epoch}|${at.toFixed(3)}`, at, epoch };
  }

  /** The finding under the cross-hair is told by the axial view. */
  tellUnder() {
    if (this.plane !== "axial" || !this.outlines) return;
    const point = screenOf("axial", this.table.crosshair.value);
    const finding = findingAt(point, this.outlines.outlines);
    if (finding !== this.table.under.value) this.table.under.set(finding);
  }

  /** Paints with the next frame of the screen. */
  invalidate() {
    if (this.isPaintDue) return;
    this.isPaintDue = true;
    requestAnimationFrame(() => {
      this.isPaintDue = false;
      if (!this.table.until.aborted) this.paint();
    });
  }

  paint() {
    const { context, width, height } = this;
    if (width === 0 || height === 0) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    context.font = FONT;
    const picture = this.slices.shown;
    if (!picture) {
      write(context, "Loading …", width / 2, height / 2, "center", "#9fb0bf");
      return;
    }
    this.paintPicture(picture);
    const sheet = this.sheet();
    this.paintOutlines(sheet, picture.at);
    paintCrosshair(sheet, screenOf(this.plane, this.table.crosshair.value));
    this.table.tool.value?.paint(this, sheet);
    this.paintMarks(sheet, picture.at);
    if (picture.key !== this.paintedKey) this.count(picture.key);
  }

  /** @returns {import("./painter.js").Sheet} */
  sheet() {
    return {
      context: this.context,
      width: this.width,
      height: this.height,
      mmPerPixel: this.mmPerPixel,
      toPixel: (point) => this.toPixel(point),
    };
  }

  /** @param {import("./slices.js").Picture} picture */
  paintPicture({ bitmap, rect }) {
    const [x, y] = this.toPixel([rect.left, rect.top]);
    const [right, bottom] = this.toPixel([rect.right, rect.bottom]);
    this.context.imageSmoothingEnabled = true;
    this.context.drawImage(bitmap, x, y, right - x, bottom - y);
  }

  /** Only the outlines of the very slice that is seen are drawn. @param {import("./painter.js").Sheet} sheet @param {number} at */
  paintOutlines(sheet, at) {
    const { table, outlines } = this;
    const preview = table.visibility.value.all
      ? table.preview.value.find((plane) => plane.plane === this.plane && Math.abs(plane.at - at) < 0.01)
      : undefined;
    if (outlines && Math.abs(outlines.at - at) < 0.01) {
      const shown = outlines.outlines.filter((outline) =>
        isShown(outline, table.visibility.value, table.targets),
      );
      for (const outline of shown.reverse()) {
        const selected =
          table.selected.value !== null && findingsOf(outline, table.targets).includes(table.selected.value);
        paintOutline(sheet, outline, { selected, dashed: false });
      }
      for (const outline of shown)
        if (outline.kind === "GTV" || outline.kind === "EXCLUDED") paintNumber(sheet, outline);
    }
    for (const outline of preview?.outlines ?? [])
      paintOutline(sheet, { ...outline, colour: "#ffffff" }, { selected: true, dashed: true });
  }

  /** @param {import("./painter.js").Sheet} sheet @param {number} at */
  paintMarks(sheet, at) {
    paintSides(sheet, SIDES[this.plane]);
    paintScale(sheet);
    if (this.table.display.values.value.show !== "ct") paintColourBar(sheet, this.table.display.values.value);
    write(sheet.context, `${words(this.plane)}  ${NORMAL_NAME[this.plane]} ${number(at)} mm`, 8, 12, "left");
    const zoom = 1 / this.mmPerPixel;
    if (!this.isFitted) write(sheet.context, `${zoom.toFixed(1)} px/mm`, 8, 28, "left", "#9fb0bf");
  }

  /** @param {string} key */
  count(key) {
    this.paintedKey = key;
    this.drawn += 1;
    this.canvas.dataset.drawn = String(this.drawn);
    this.canvas.dataset.at = String(this.slices.shown?.at ?? "");
    this.hasPicture();
  }

  describe() {
    const at = this.table.at(this.plane);
    this.canvas.setAttribute(
      "aria-label",
      `${words(this.plane)} view, ${NORMAL_NAME[this.plane]} ${number(at)} mm`,
    );
  }
}
