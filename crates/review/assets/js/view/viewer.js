// @ts-check
/**
 * The four views with their bar and the values under the pointer.
 * @module
 */

import { button, h } from "../dom.js";
import { words } from "../format.js";
import { PLANES } from "./geometry.js";
import { LightTable } from "./light_table.js";
import { MeasureTool } from "./measure.js";
import { MipView } from "./mip.js";
import { Readout } from "./readout.js";
import { toolbar } from "./toolbar.js";
import { Viewport } from "./viewport.js";

/** What `z` shows around the cross-hair, mm. */
const CLOSE_MM = 110;

export class Viewer {
  /**
   * @param {import("../types.js").Scene} scene
   * @param {import("../study/desk.js").Desk} desk
   * @param {AbortSignal} until
   * @param {(finding: number) => void} choose
   */
  constructor(scene, desk, until, choose) {
    this.table = new LightTable(scene, desk.api, until);
    this.measure = new MeasureTool(this.table);
    this.viewports = PLANES.map((plane) => new Viewport(plane, this.table));
    this.mip = new MipView(this.table, choose);
    this.readout = new Readout(this.table);
    this.isClose = false;
    /** Fulfilled when each plane has shown its first picture. */
    this.ready = Promise.all(this.viewports.map((viewport) => viewport.ready));
    this.hint = h("p", { class: "tool-hint", role: "status" });
    this.grid = this.makeGrid();
    this.element = h(
      "div",
      { class: "viewer" },
      toolbar(this.table, this.toolButtons()),
      this.grid,
      h("div", { class: "viewer-foot" }, this.readout.element, this.hint),
    );
    this.table.tool.listen((tool) => this.toolTaken(tool), until);
    this.table.enlarged.listen((view) => this.enlarge(view), until);
    const pixels = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    pixels.addEventListener("change", () => this.viewports.forEach((viewport) => viewport.resized()), {
      signal: until,
    });
  }

  makeGrid() {
    const frames = this.viewports.map((viewport) =>
      this.frame(viewport.plane, words(viewport.plane), viewport.canvas, []),
    );
    const mip = this.frame("mip", "MIP", this.mip.canvas, [this.mip.play]);
    return h("div", { class: "view-grid" }, frames, mip);
  }

  /** @param {string} name @param {string} label @param {HTMLCanvasElement} canvas @param {HTMLElement[]} buttons */
  frame(name, label, canvas, buttons) {
    const enlarge = button(
      "⤢",
      () => this.table.enlarged.set(this.table.enlarged.value === name ? null : name),
      { class: "view-button", "aria-label": `Enlarge the ${label} view`, title: "Enlarge (double-click)" },
    );
    return h(
      "div",
      { class: "view-frame", data: { frame: name } },
      canvas,
      h("div", { class: "view-buttons" }, buttons, enlarge),
    );
  }

  toolButtons() {
    this.measureButton = button("Distance", () => this.toggleMeasure(), {
      "aria-pressed": "false",
      title: "Measure a distance (l)",
    });
    return [
      this.measureButton,
      button("Zoom", () => this.toggleZoom(), { title: "Zoom in on the cross-hair, and back (z)" }),
      button("Fit", () => this.fit(), { title: "Fit all views (0)" }),
    ];
  }

  toggleMeasure() {
    this.table.take(this.table.tool.value === this.measure ? null : this.measure);
  }

  /** @param {import("./light_table.js").Tool|null} tool */
  toolTaken(tool) {
    this.hint.textContent = tool?.hint ?? "";
    this.measureButton?.setAttribute("aria-pressed", String(tool === this.measure));
  }

  toggleZoom() {
    this.isClose = !this.isClose;
    for (const viewport of this.viewports) {
      if (this.isClose) viewport.zoomTo(CLOSE_MM);
      else viewport.fit();
    }
  }

  fit() {
    this.isClose = false;
    for (const viewport of this.viewports) viewport.fit();
  }

  /** @param {string|null} view */
  enlarge(view) {
    this.grid.classList.toggle("has-enlarged", view !== null);
    for (const frame of this.grid.children) {
      if (frame instanceof HTMLElement) frame.hidden = view !== null && frame.dataset.frame !== view;
    }
  }
}
