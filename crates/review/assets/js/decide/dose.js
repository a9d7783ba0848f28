// @ts-check
/**
 * The dose of one lesion: a level that the policy names, or another.
 * @module
 */

import { field, h } from "../dom.js";
import { number, plain } from "../format.js";
import { DecisionForm } from "./form.js";

export class DoseForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("dose", `Dose of lesion ${place.finding}`, "Save dose", place);
    const target = this.desk.report?.targets.find(
      (other) => other.kind === "PTV" && other.lesion_ids.includes(place.finding),
    );
    const levels = target?.dose_levels ?? [];
    this.total = h("input", {
      type: "number",
      min: "1",
      max: "120",
      step: "0.1",
      value: target?.dose_gy ? plain(target.dose_gy) : "",
    });
    this.fractions = h("input", {
      type: "number",
      min: "1",
      max: "60",
      step: "1",
      value: target?.fractions ? String(target.fractions) : "",
    });
    /** @type {{level: import("../types.js").DoseLevel, radio: HTMLInputElement}[]} */
    this.levels = [];
    this.effect = h("p", { class: "field-hint", role: "status" });
    if (levels.length > 0) this.fields.append(this.levelChoice(levels));
    this.fields.append(
      h(
        "div",
        { class: "field-pair" },
        field("Total dose (Gy)", this.total),
        field("Fractions", this.fractions),
      ),
      this.effect,
    );
    for (const input of [this.total, this.fractions])
      input.addEventListener("input", () => this.tellEffect());
    this.tellEffect();
  }

  /** @param {import("../types.js").DoseLevel[]} levels */
  levelChoice(levels) {
    const name = `level-${this.finding}`;
    const choices = levels.map((level) => {
      const radio = h("input", { type: "radio", name });
      this.levels.push({ level, radio });
      radio.addEventListener("change", () => {
        this.total.value = plain(level.total_gy);
        this.fractions.value = String(level.fractions);
        this.tellEffect();
      });
      return h(
        "label",
        { class: "check level", title: level.source },
        radio,
        h("b", {}, `${plain(level.total_gy)} Gy / ${level.fractions}`),
        h("span", {}, level.label),
      );
    });
    return h("fieldset", { class: "levels" }, h("legend", {}, "Published levels"), choices);
  }

  /**
   * The dose of a fraction, and the EQD2 where the report has it: that of a dose which is no published
   * level is worked out by the server once it is saved, and stands in the plan.
   */
  tellEffect() {
    // A level is chosen only while the dose is its own.
    let chosen = null;
    for (const { level, radio } of this.levels) {
      radio.checked =
        Number(this.total.value) === level.total_gy && Number(this.fractions.value) === level.fractions;
      if (radio.checked) chosen = level;
    }
    const drafted = this.draft();
    if ("missing" in drafted) {
      this.effect.textContent = "";
      return;
    }
    const { total_gy: total, fractions } = drafted.decision;
    const equivalent = chosen
      ? `EQD2 ${number(chosen.eqd2_alpha_beta_1_5_gy)} Gy (α/β 1.5 Gy)`
      : "EQD2 stands in the plan once this is saved";
    this.effect.textContent = `${number(total / fractions, 2)} Gy a fraction; ${equivalent}`;
  }

  draft() {
    const total = Number(this.total.value);
    const fractions = Number(this.fractions.value);
    const fits =
      total >= 1 && total <= 120 && Number.isInteger(fractions) && fractions >= 1 && fractions <= 60;
    if (!fits) return { missing: "Give a dose from 1 to 120 Gy in 1 to 60 fractions." };
    return { decision: { kind: "dose", finding: this.finding, total_gy: total, fractions } };
  }
}
