// @ts-check
/**
 * The brush: each stroke is a decision of its own, saved and undone by itself.
 * @module
 */

import { ApiError } from "../api.js";
import { button, field, h } from "../dom.js";
import { BrushTool } from "../view/brush.js";
import { DecisionForm } from "./form.js";

export class BrushForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("brush", `Paint on the outline of lesion ${place.finding}`, "Done", place);
    this.radius = h("input", { type: "range", min: "1", max: "20", step: "0.5", value: "4" });
    this.radiusText = h("output", {});
    this.add = button("Add", () => this.setMode("add"), {
      "aria-pressed": "true",
      data: { focus: "brush-add" },
    });
    this.erase = button("Erase", () => this.setMode("erase"), {
      "aria-pressed": "false",
      data: { focus: "brush-erase" },
    });
    this.fields.append(
      h("div", { class: "segments", role: "group", "aria-label": "Brush" }, this.add, this.erase),
      field("Radius", this.radius, "Each stroke on a slice is saved at once; Undo takes it back."),
      this.radiusText,
    );
    /** @type {BrushTool|null} */
    this.tool = null;
    if (place.table) this.tool = new BrushTool(place.table, "add", 4, (stroke) => this.paint(stroke));
    this.radius.addEventListener("input", () => this.sizeChanged());
    this.sizeChanged();
  }

  begin() {
    this.hold(this.tool);
    super.begin();
  }

  /** @param {"add"|"erase"} mode */
  setMode(mode) {
    if (this.tool) this.tool.mode = mode;
    this.add.setAttribute("aria-pressed", String(mode === "add"));
    this.erase.setAttribute("aria-pressed", String(mode === "erase"));
    this.place.table?.repaint.set(null);
  }

  sizeChanged() {
    if (this.tool) this.tool.radius = Number(this.radius.value);
    this.radiusText.textContent = `${this.radius.value} mm`;
    this.place.table?.repaint.set(null);
  }

  /**
   * @param {{plane: import("../types.js").Plane, points: import("../types.js").Lps[], mode: "add"|"erase", radius: number}} stroke
   */
  async paint({ plane, points, mode, radius }) {
    this.tell("");
    try {
      await this.desk.decide({
        kind: "brush",
        finding: this.finding,
        mode,
        plane,
        radius_mm: radius,
        points,
      });
    } catch (error) {
      this.tell(
        error instanceof ApiError ? [error.message, error.remedy].filter(Boolean).join(" – ") : String(error),
      );
    }
  }

  /** Strokes are saved already: the button only lays the brush down. @param {Event} event */
  async submit(event) {
    event.preventDefault();
    this.place.close();
  }
}
