// @ts-check
/**
 * Another rule or threshold for an outline, with a preview while it is set.
 * @module
 */

import { field, h, refill } from "../dom.js";
import { capital } from "../format.js";
import { DecisionForm } from "./form.js";

export class DelineateForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("delineate", `Outline of lesion ${place.finding}`, "Save outline", place);
    this.picker = new RulePicker(() => this.previewSoon());
    this.fields.append(this.picker.element);
  }

  async begin() {
    try {
      const options = await this.desk.options();
      this.picker.offer(options.rules, null);
      super.begin();
      this.followPreview();
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  draft() {
    const rule = this.picker.rule();
    return rule
      ? { decision: { kind: "delineate", finding: this.finding, rule } }
      : { missing: "Choose a rule and give its numbers." };
  }
}

/** A choice of rules with the numbers of the chosen one. */
export class RulePicker {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.choice = h("select");
    this.numbers = h("div", { class: "form-fields" });
    this.element = h("div", { class: "form-fields" }, field("Rule", this.choice), this.numbers);
    /** @type {import("../types.js").RuleChoice[]} */
    this.rules = [];
    /** @type {{path: string[], input: HTMLInputElement}[]} */
    this.inputs = [];
    this.choice.addEventListener("change", () => {
      this.fillNumbers();
      this.changed();
    });
  }

  /** @param {import("../types.js").RuleChoice[]} rules @param {string|null} none text of the choice without a rule */
  offer(rules, none) {
    this.rules = rules;
    const options = rules.map((rule, k) => h("option", { value: String(k) }, rule.label));
    this.choice.replaceChildren(...(none ? [h("option", { value: "" }, none)] : []), ...options);
    this.fillNumbers();
  }

  fillNumbers() {
    const rule = this.rules[Number(this.choice.value)];
    this.inputs = [];
    if (this.choice.value === "" || !rule) {
      refill(this.numbers);
      return;
    }
    const fields = rule.parameters.map(({ name, path, unit, min, max, step }) => {
      const value = path.reduce((/** @type {any} */ inner, key) => inner?.[key], rule.rule);
      const input = h("input", {
        type: "number",
        min: String(min),
        max: String(max),
        step: String(step),
        value: String(value),
      });
      input.addEventListener("input", () => this.changed());
      this.inputs.push({ path, input });
      const label = `${capital(name)}${unit ? ` (${unit})` : ""}`;
      return field(label, input);
    });
    refill(this.numbers, fields);
  }

  /** The rule as the configuration writes it; null while a number is out of its range. @returns {any} */
  rule() {
    const chosen = this.rules[Number(this.choice.value)];
    if (
      this.choice.value === "" ||
      !chosen ||
      !this.inputs.every(({ input }) => input.value !== "" && isInRange(input))
    )
      return null;
    const rule = structuredClone(chosen.rule);
    for (const { path, input } of this.inputs) {
      const inner = path.slice(0, -1).reduce((/** @type {any} */ part, key) => part[key], rule);
      inner[path.at(-1) ?? ""] = Number(input.value);
    }
    return rule;
  }
}

/** Steps are only for the arrows: any number within the range will do. @param {HTMLInputElement} input */
function isInRange(input) {
  const value = Number(input.value);
  return Number.isFinite(value) && value >= Number(input.min) && value <= Number(input.max);
}
