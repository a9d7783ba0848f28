// @ts-check
/**
 * A lesion at a point, grown by the batch's rule or another.
 * @module
 */

import { h } from "../dom.js";
import { number } from "../format.js";
import { PointTool } from "../view/points.js";
import { DecisionForm } from "./form.js";
import { RulePicker } from "./delineate.js";

export class AddForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("add", "Add a lesion", "Add lesion", place);
    this.at = h("p", { class: "place-text", role: "status" });
    this.picker = new RulePicker(() => this.previewSoon());
    this.fields.append(
      h(
        "p",
        { class: "field-hint" },
        "Click the uptake in any view (or Enter at the cross-hair of a focused view).",
      ),
      this.at,
      this.picker.element,
    );
    /** @type {PointTool|null} */
    this.tool = null;
    if (place.table) {
      this.tool = new PointTool(place.table, {
        name: "add",
        hint: "Click the uptake. Esc ends.",
        count: 1,
        changed: () => this.pointChanged(),
      });
    }
    this.pointChanged();
  }

  async begin() {
    this.hold(this.tool);
    try {
      const options = await this.desk.options();
      this.picker.offer(options.rules, "as the batch does");
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
    }
    super.begin();
    this.followPreview();
  }

  pointChanged() {
    const point = this.tool?.points[0];
    this.at.textContent = point ? `At ${point.map((mm) => number(mm)).join("  ")} mm (LPS)` : "No point yet";
    if (point) this.previewSoon();
  }

  draft() {
    const at = this.tool?.points[0];
    if (!at) return { missing: "Set a point first." };
    return { decision: { kind: "add", at, rule: this.picker.rule() } };
  }
}
