// @ts-check
/**
 * What is suggested: recommendation, targets with dose and margins, limits of organs, warnings.
 * @module
 */

import { h, refill } from "../dom.js";
import { ABSENT, margin, marginSides, millilitres, number, plain, prescription, words } from "../format.js";

export class PlanPanel {
  /**
   * @param {import("../study/desk.js").Desk} desk
   * @param {() => import("../view/light_table.js").LightTable|null} table
   * @param {(finding: number) => void} choose
   */
  constructor(desk, table, choose) {
    this.desk = desk;
    this.table = table;
    this.choose = choose;
    this.element = h("div", { class: "plan" });
  }

  fill() {
    const report = this.desk.report;
    if (!report) return;
    const warnings = warningTexts(report);
    const isPlanning = this.desk.study.value?.state === "planning";
    refill(
      this.element,
      warnings.length > 0 ? section("Warnings", sentences(warnings, "warning-list")) : null,
      section("Recommendation", recommendation(report)),
      section(
        "Targets",
        isPlanning ? h("p", { class: "quiet" }, "The volumes are being drawn …") : null,
        this.targets(report.targets),
      ),
      report.isotoxic ? section("Limits of organs", isotoxic(report.isotoxic)) : null,
      h(
        "p",
        {},
        h(
          "a",
          { href: this.desk.api.file("report.html"), target: "_blank", rel: "noopener" },
          "Report of the suggestion",
        ),
      ),
      h("p", { class: "quiet disclaimer" }, report.disclaimer),
    );
  }

  /** @param {import("../types.js").Target[]} targets */
  targets(targets) {
    if (targets.length === 0) return h("p", { class: "quiet" }, "No target.");
    const heads = ["", "ROI", "mL", "Margin mm", "Dose"].map((text) =>
      text
        ? h("th", { scope: "col", class: text === "ROI" || text === "Dose" ? "" : "numeric" }, text)
        : h("td", {}),
    );
    return h(
      "table",
      { class: "targets" },
      h("thead", {}, h("tr", {}, heads)),
      h(
        "tbody",
        {},
        targets.map((target) => this.targetRow(target)),
      ),
    );
  }

  /** @param {import("../types.js").Target} target */
  targetRow(target) {
    const table = this.table();
    const isShown = !table?.visibility.value.hidden.has(target.roi_number);
    const toggle = h("input", {
      type: "checkbox",
      checked: isShown,
      "aria-label": `Show ${target.name}`,
      data: { focus: `roi-${target.roi_number}` },
    });
    toggle.addEventListener("change", () => this.table()?.showRoi(target.roi_number, toggle.checked));
    const first = target.lesion_ids[0];
    const name =
      first === undefined
        ? h("span", {}, target.name)
        : h(
            "button",
            {
              type: "button",
              class: "choose",
              data: { focus: `target-${target.roi_number}` },
              on: { click: () => this.choose(first) },
            },
            target.name,
          );
    const notes =
      target.notes.length > 0 ? h("span", { class: "tag", title: target.notes.join("\n") }, "note") : null;
    return h(
      "tr",
      { data: { roi: String(target.roi_number) } },
      h("td", {}, toggle),
      h("td", { class: "site" }, name, notes),
      h("td", { class: "numeric" }, millilitres(target.volume_ml)),
      h("td", { class: "numeric", title: marginSides(target.margin_mm) || null }, margin(target.margin_mm)),
      h("td", {}, prescription(target.dose_gy, target.fractions)),
    );
  }
}

/** @param {string} title @param {...any} content */
function section(title, ...content) {
  return h("section", { "aria-label": title }, h("h2", {}, title), ...content);
}

/** @param {string[]} texts @param {string} kind */
function sentences(texts, kind) {
  return h(
    "ul",
    { class: kind },
    texts.map((text) => h("li", {}, text)),
  );
}

/** The code of warnings that only repeat a decision, which the trail tells with who and when. */
const REPEATED = "reviewed";

/** What a planner must know, without the decisions. @param {import("../types.js").Report} report */
export function warningTexts(report) {
  return report.warnings.filter(({ code }) => code !== REPEATED).map(({ text }) => text);
}

/** The measures that are suggested, as marks. @param {import("../types.js").Report} report */
export function intensification(report) {
  const { intensification: names, out_of_scope: isOutOfScope } = report.recommendation;
  if (isOutOfScope) return [h("span", { class: "chip chip-quiet" }, "Outside of the policy")];
  if (names.length === 0) return [h("span", { class: "chip chip-quiet" }, "No intensification")];
  return names.map((name) => h("span", { class: "chip", data: { intensification: name } }, words(name)));
}

/** @param {import("../types.js").Report} report */
function recommendation(report) {
  const { rationale, cautions, pelvis_top: top, volumes } = report.recommendation;
  const whole = volumes.map(
    ({ name, dose_levels: [level] }) =>
      `${words(name)}${level ? `: ${plain(level.total_gy)} Gy in ${level.fractions} fractions (${level.label})` : ""}`,
  );
  if (top) whole.push(`Upper border of the pelvic volume: ${words(top)}`);
  return [
    h("div", { class: "chips" }, intensification(report)),
    sentences(rationale, "evidence"),
    whole.length > 0 ? [h("h3", {}, "Whole volumes"), sentences(whole, "evidence")] : null,
    cautions.length > 0 ? [h("h3", {}, "Cautions"), sentences(cautions, "evidence caution-list")] : null,
  ].flat();
}

/** @type {Record<string, string>} */
const BASES = {
  geometry: "No dose was handed in: boosts alone, estimated from distances.",
  base_dose: "On the dose of the base plan; boosts estimated on top.",
  two_doses: "Measured on the base plan and the plan with boosts.",
};

/** @param {import("../types.js").Isotoxic} check */
function isotoxic(check) {
  const looked = check.constraints.filter((limit) => limit.absent === null);
  const absent = check.constraints.length - looked.length;
  return [
    h("p", { class: "quiet" }, BASES[check.basis] ?? words(check.basis)),
    h(
      "ul",
      { class: "evidence" },
      check.boosts.map((boost) => h("li", {}, h("b", {}, boost.target), `: ${boost.sentence}`)),
    ),
    looked.length > 0 ? limits(looked) : null,
    absent > 0
      ? h(
          "p",
          { class: "quiet" },
          `${absent} limits were not looked at because their organ or dose is missing.`,
        )
      : null,
    check.cautions.length > 0 ? sentences(check.cautions, "evidence caution-list") : null,
  ];
}

/** @param {import("../types.js").Isotoxic["constraints"]} constraints */
function limits(constraints) {
  const rows = constraints.map((limit) => {
    const value = limit.intensified ?? limit.with_boosts ?? limit.base;
    const verdict = value === null ? ABSENT : value.kept ? "kept" : "broken";
    return h(
      "tr",
      { title: limit.source },
      h("td", { class: "site" }, limit.organ),
      h("td", {}, limit.metric),
      h("td", { class: "numeric" }, `${plain(limit.at_most)} ${limit.unit}`),
      h("td", { class: "numeric" }, value === null ? ABSENT : number(value.value)),
      h(
        "td",
        {},
        h("span", { class: `verdict verdict-${verdict}` }, verdict),
        limit.hard ? null : h("span", { class: "quiet" }, " aim"),
      ),
    );
  });
  const heads = ["Organ", "Metric", "At most", "Value", ""].map((text) =>
    text
      ? h("th", { scope: "col", class: text === "At most" || text === "Value" ? "numeric" : "" }, text)
      : h("td", {}),
  );
  return h("table", { class: "limits" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
}
