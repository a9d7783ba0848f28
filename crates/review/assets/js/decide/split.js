// @ts-check
/**
 * Two lesions of one, by a point in each.
 * @module
 */

import { h, refill } from "../dom.js";
import { number } from "../format.js";
import { PointTool } from "../view/points.js";
import { DecisionForm } from "./form.js";

export class SplitForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("split", `Split lesion ${place.finding}`, "Split lesion", place);
    this.list = h("ol", { class: "seeds" });
    this.fields.append(
      h(
        "p",
        { class: "field-hint" },
        "Click a point in each part, in any view (or Enter at the cross-hair of a focused view).",
      ),
      this.list,
    );
    /** @type {PointTool|null} */
    this.tool = null;
    if (place.table) {
      this.tool = new PointTool(place.table, {
        name: "split",
        hint: "Click a point in each part. Esc ends.",
        count: 2,
        changed: () => this.seedsChanged(),
      });
    }
    this.seedsChanged();
  }

  begin() {
    this.hold(this.tool);
    super.begin();
    this.followPreview();
  }

  seedsChanged() {
    const seeds = this.tool?.points ?? [];
    const rows = [0, 1].map((k) =>
      h("li", {}, seeds[k] ? `${seeds[k].map((mm) => number(mm)).join("  ")} mm` : "not set yet"),
    );
    refill(this.list, rows);
    if (seeds.length === 2) this.previewSoon();
  }

  draft() {
    const seeds = this.tool?.points ?? [];
    if (seeds.length < 2) return { missing: "Set two points first." };
    return { decision: { kind: "split", finding: this.finding, seeds } };
  }
}
