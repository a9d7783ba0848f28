// @ts-check
/**
 * One lesion of several.
 * @module
 */

import { h } from "../dom.js";
import { capital, millilitres } from "../format.js";
import { DecisionForm } from "./form.js";

export class MergeForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("merge", `Merge lesion ${place.finding} with`, "Merge lesions", place);
    const lesions = this.desk.report?.lesions ?? [];
    const own = lesions.find((lesion) => lesion.id === place.finding);
    const others = lesions
      .filter((lesion) => lesion.id !== place.finding)
      .map((lesion) => ({ lesion, distance: own ? apart(own, lesion) : 0 }));
    others.sort((a, b) => a.distance - b.distance);
    this.boxes = others.map(({ lesion, distance }) => {
      const box = h("input", { type: "checkbox", value: String(lesion.id) });
      box.addEventListener("change", () => this.previewSoon());
      const label = h(
        "label",
        { class: "check" },
        box,
        h("span", {}, `${lesion.id} · ${capital(lesion.site)}`),
        h("span", { class: "quiet" }, `${millilitres(lesion.volume_ml)} mL, ${Math.round(distance)} mm away`),
      );
      return { box, label };
    });
    this.fields.append(
      this.boxes.length > 0
        ? h(
            "div",
            { class: "choices" },
            this.boxes.map(({ label }) => label),
          )
        : h("p", { class: "quiet" }, "There is no other lesion."),
    );
  }

  begin() {
    super.begin();
    this.followPreview();
  }

  draft() {
    const chosen = this.boxes.filter(({ box }) => box.checked).map(({ box }) => Number(box.value));
    if (chosen.length === 0) return { missing: "Choose at least one other lesion." };
    return { decision: { kind: "merge", findings: [this.finding, ...chosen] } };
  }
}

/** @param {import("../types.js").Lesion} a @param {import("../types.js").Lesion} b */
function apart(a, b) {
  return Math.hypot(...a.centroid_mm.map((mm, k) => mm - (b.centroid_mm[k] ?? 0)));
}
