// @ts-check
/**
 * Margins of one lesion: one number, or one for each side.
 * @module
 */

import { field, h } from "../dom.js";
import { capital, plain } from "../format.js";
import { DecisionForm } from "./form.js";

/** The sides in the order of the policy's margins. @type {(keyof import("../types.js").Margin)[]} */
const SIDES = ["right", "left", "anterior", "posterior", "superior", "inferior"];

export class MarginsForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("margins", `Margins of lesion ${place.finding}`, "Save margins", place);
    const targets =
      this.desk.report?.targets.filter((target) => target.lesion_ids.includes(place.finding)) ?? [];
    this.ctv = new MarginField(
      "GTV to CTV",
      targets.find((target) => target.kind === "CTV")?.margin_mm ?? null,
    );
    this.ptv = new MarginField(
      "CTV to PTV",
      targets.find((target) => target.kind === "PTV")?.margin_mm ?? null,
    );
    const hint = h("p", { class: "field-hint" }, "An empty field takes the margin of the policy.");
    this.fields.append(this.ctv.element, this.ptv.element, hint);
  }

  draft() {
    const ctv = this.ctv.value();
    const ptv = this.ptv.value();
    if (ctv === undefined || ptv === undefined)
      return { missing: "Margins are numbers from 0 to 30 mm, on all sides." };
    return { decision: { kind: "margins", finding: this.finding, ctv_mm: ctv, ptv_mm: ptv } };
  }
}

class MarginField {
  /** @param {string} label @param {import("../types.js").Margin|null} margin */
  constructor(label, margin) {
    const isUniform = !margin || SIDES.every((side) => margin[side] === margin.right);
    this.uniform = numberInput(isUniform && margin ? margin.right : null);
    this.sides = SIDES.map((side) => ({ side, input: numberInput(margin ? margin[side] : null) }));
    this.bySide = h("input", { type: "checkbox", checked: !isUniform });
    const single = field(`${label} (mm)`, this.uniform);
    const all = h(
      "fieldset",
      { class: "sides" },
      h("legend", {}, `${label} (mm)`),
      this.sides.map(({ side, input }) => field(capital(side), input)),
    );
    const show = () => {
      single.hidden = this.bySide.checked;
      all.hidden = !this.bySide.checked;
    };
    this.bySide.addEventListener("change", () => {
      if (this.bySide.checked) for (const { input } of this.sides) input.value ||= this.uniform.value;
      show();
    });
    show();
    this.element = h(
      "div",
      { class: "margin-field" },
      single,
      all,
      h("label", { class: "check" }, this.bySide, "by side"),
    );
  }

  /** One number, one for each side, null for the policy's; undefined where that is none of them. @returns {number|number[]|null|undefined} */
  value() {
    if (!this.bySide.checked) return this.uniform.value === "" ? null : bounded(this.uniform);
    const values = this.sides.map(({ input }) => (input.value === "" ? undefined : bounded(input)));
    if (values.some((value) => value === undefined)) return undefined;
    return /** @type {number[]} */ (values);
  }
}

/** @param {number|null} value */
function numberInput(value) {
  return h("input", {
    type: "number",
    min: "0",
    max: "30",
    step: "0.5",
    value: value === null ? "" : plain(value),
  });
}

/** @param {HTMLInputElement} input */
function bounded(input) {
  const value = Number(input.value);
  return Number.isFinite(value) && value >= 0 && value <= 30 ? value : undefined;
}
