// @ts-check
/**
 * The lesions and the excluded findings, side by side with the pictures: a row moves the cross-hair,
 * and the row under the cross-hair is marked.
 * @module
 */

import { button, h, refill } from "../dom.js";
import { ABSENT, capital, millilitres, number, percent, plural, words } from "../format.js";
import { STANDING_MARK, STANDING_TEXT, standings } from "./standing.js";

/**
 * @typedef {object} ListActions
 * @property {(finding: number) => void} choose
 * @property {(finding: number) => void} restore
 */

export class FindingList {
  /**
   * @param {import("../study/desk.js").Desk} desk
   * @param {ListActions} actions
   */
  constructor(desk, actions) {
    this.desk = desk;
    this.actions = actions;
    /** @type {number|null} */
    this.selected = null;
    /** @type {number|null} */
    this.under = null;
    this.element = h("div", { class: "finding-lists" });
    this.element.addEventListener("keydown", (event) => this.pressKey(event));
  }

  /** All findings in the order of the rows. @returns {number[]} */
  order() {
    const report = this.desk.report;
    return report ? [...report.lesions, ...report.excluded].map((finding) => finding.id) : [];
  }

  fill() {
    const report = this.desk.report;
    if (!report) return;
    const standing = standings(this.desk);
    refill(
      this.element,
      section("Lesions", plural(report.lesions.length, "lesion"), this.lesionTable(report.lesions, standing)),
      section(
        "Excluded findings",
        plural(report.excluded.length, "finding"),
        this.excludedTable(report.excluded),
      ),
    );
    this.mark();
  }

  /** @param {import("../types.js").Lesion[]} lesions @param {(finding: number) => import("./standing.js").Standing} standing */
  lesionTable(lesions, standing) {
    if (lesions.length === 0) return h("p", { class: "quiet pad" }, "No focus is taken for disease.");
    const heads = [
      ["#", ""],
      ["Site", ""],
      ["miTNM", ""],
      ["SUVmax/peak", "numeric"],
      ["mL", "numeric"],
      ["Score", "numeric"],
      ["Conf.", "numeric"],
    ];
    const rows = lesions.map((lesion) => {
      const state = standing(lesion.id);
      const mark = STANDING_MARK[state]
        ? h(
            "span",
            {
              class: `standing standing-${state}`,
              title: STANDING_TEXT[state],
              role: "img",
              "aria-label": STANDING_TEXT[state],
            },
            STANDING_MARK[state],
          )
        : null;
      return this.row(lesion.id, `region-${lesion.region}`, mark, [
        h("td", { class: "site" }, this.chooser(lesion.id, capital(lesion.site))),
        h("td", { class: "stage" }, lesion.mi_tnm),
        h("td", { class: "numeric" }, h("b", {}, number(lesion.suv_max)), ` / ${number(lesion.suv_peak)}`),
        cell(millilitres(lesion.volume_ml)),
        cell(lesion.psma_score ?? ABSENT),
        cell(percent(lesion.confidence)),
      ]);
    });
    return table("lesions", heads, rows);
  }

  /** @param {import("../types.js").Excluded[]} excluded */
  excludedTable(excluded) {
    if (excluded.length === 0) return h("p", { class: "quiet pad" }, "Nothing is excluded.");
    const heads = [
      ["#", ""],
      ["Reason", ""],
      ["SUVmax", "numeric"],
      ["mL", "numeric"],
      ["", ""],
    ];
    const rows = excluded.map((finding) => {
      const restore = button("Restore", () => this.actions.restore(finding.id), {
        class: "small",
        "aria-label": `Restore finding ${finding.id}`,
        disabled: !this.desk.isOpen,
        data: { focus: `restore-${finding.id}` },
      });
      const likely =
        finding.certainty === "likely"
          ? h("span", { class: "tag", title: "to be confirmed by a reader" }, "likely")
          : null;
      return this.row(finding.id, "region-excluded", null, [
        h("td", { class: "site" }, this.chooser(finding.id, words(finding.reason)), likely),
        cell(number(finding.suv_max)),
        cell(millilitres(finding.volume_ml)),
        h("td", { class: "action" }, restore),
      ]);
    });
    return table("excluded", heads, rows);
  }

  /** @param {number} finding @param {string} region @param {HTMLElement|null} mark @param {HTMLElement[]} cells */
  row(finding, region, mark, cells) {
    const choose = (/** @type {Event} */ event) => {
      if (!(event.target instanceof HTMLButtonElement)) this.actions.choose(finding);
    };
    return h(
      "tr",
      { class: region, data: { finding: String(finding) }, on: { click: choose } },
      h("td", { class: "number" }, h("span", { class: "badge" }, finding), mark),
      cells,
    );
  }

  /** @param {number} finding @param {string} text */
  chooser(finding, text) {
    return button(text, () => this.actions.choose(finding), {
      class: "choose",
      data: { focus: `finding-${finding}` },
    });
  }

  /** Shows which row is selected and which the cross-hair is in. */
  mark() {
    for (const row of this.element.querySelectorAll("tr[data-finding]")) {
      const finding = Number(/** @type {HTMLElement} */ (row).dataset.finding);
      row.classList.toggle("selected", finding === this.selected);
      row.classList.toggle("under", finding === this.under);
      const chooser = row.querySelector(".choose");
      if (finding === this.selected) chooser?.setAttribute("aria-current", "true");
      else chooser?.removeAttribute("aria-current");
    }
  }

  /** @param {number|null} finding */
  select(finding) {
    this.selected = finding;
    this.mark();
    if (finding !== null)
      this.element.querySelector(`tr[data-finding="${finding}"]`)?.scrollIntoView({ block: "nearest" });
  }

  /** Up and down go from row to row. @param {KeyboardEvent} event */
  pressKey(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const order = this.order();
    const now = order.indexOf(this.selected ?? -1);
    const next = order[now + (event.key === "ArrowDown" ? 1 : -1)];
    if (next === undefined) return;
    event.preventDefault();
    this.actions.choose(next);
    const chooser = this.element.querySelector(`tr[data-finding="${next}"] .choose`);
    if (chooser instanceof HTMLElement) chooser.focus();
  }
}

/** @param {string} title @param {string} count @param {HTMLElement} content */
function section(title, count, content) {
  return h(
    "section",
    { "aria-label": title },
    h("h2", { class: "list-title" }, title, h("span", {}, count)),
    content,
  );
}

/** @param {string} name @param {string[][]} heads @param {HTMLElement[]} rows */
function table(name, heads, rows) {
  const cells = heads.map(([text, kind]) =>
    text ? h("th", { scope: "col", class: kind }, text) : h("td", {}),
  );
  return h("table", { class: `findings ${name}` }, h("thead", {}, h("tr", {}, cells)), h("tbody", {}, rows));
}

/** @param {string|number} text */
function cell(text) {
  return h("td", { class: "numeric" }, text);
}
