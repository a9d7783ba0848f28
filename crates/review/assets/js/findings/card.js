// @ts-check
/**
 * Everything about the selected finding, and the decisions on it.
 * @module
 */

import { complain } from "../announce.js";
import { button, h, refill } from "../dom.js";
import { ABSENT, capital, millilitres, number, percent, quantity, words } from "../format.js";
import { FORMS } from "../decide/forms.js";
import { STANDING_TEXT, standings } from "./standing.js";

/** Decisions whose forms begin with what the drawn volumes have: without them a margin that was set before would be lost. */
const OF_VOLUMES = ["margins", "dose"];

export class FindingCard {
  /**
   * @param {import("../study/desk.js").Desk} desk
   * @param {() => import("../view/light_table.js").LightTable|null} table
   */
  constructor(desk, table) {
    this.desk = desk;
    this.table = table;
    /** @type {number|null} */
    this.finding = null;
    /** @type {import("../decide/form.js").DecisionForm|null} */
    this.form = null;
    this.head = h("div", { class: "card-head" });
    this.actions = h("div", { class: "card-actions", role: "toolbar", "aria-label": "Decisions" });
    this.place = h("div", { class: "card-form" });
    this.body = h("div", { class: "card-body" });
    this.element = h(
      "section",
      { class: "finding-card", "aria-label": "Selected finding" },
      this.head,
      this.actions,
      this.place,
      this.body,
    );
  }

  /** @param {number|null} finding */
  select(finding) {
    if (finding !== this.finding) this.closeForm();
    this.finding = finding;
    this.fill();
  }

  /** @returns {{lesion: import("../types.js").Lesion|undefined, excluded: import("../types.js").Excluded|undefined}} */
  found() {
    const report = this.desk.report;
    return {
      lesion: report?.lesions.find((lesion) => lesion.id === this.finding),
      excluded: report?.excluded.find((excluded) => excluded.id === this.finding),
    };
  }

  fill() {
    const { lesion, excluded } = this.found();
    if (lesion) this.fillLesion(lesion);
    else if (excluded) this.fillExcluded(excluded);
    else this.fillNothing();
    this.form?.update();
  }

  fillNothing() {
    refill(this.head, h("p", { class: "quiet" }, "Select a finding in the list or in the pictures."));
    refill(this.actions, this.actionButton("add"));
    refill(this.body);
  }

  /** @param {import("../types.js").Lesion} lesion */
  fillLesion(lesion) {
    const standing = standings(this.desk)(lesion.id);
    const station = lesion.station ?? lesion.bed_site;
    const classes = [words(lesion.region), station ? words(station).toLowerCase() : null]
      .filter(Boolean)
      .join(" · ");
    refill(
      this.head,
      h("h2", {}, h("span", { class: `badge region-${lesion.region}` }, lesion.id), capital(lesion.site)),
      h(
        "p",
        {},
        classes,
        " · ",
        h("b", {}, lesion.mi_tnm),
        " · ",
        h("span", { class: `standing-${standing}` }, STANDING_TEXT[standing]),
      ),
    );
    const isAccepted = standing === "accepted";
    const accept = button("Accept", () => this.accept(), {
      class: isAccepted ? "accepted" : "",
      disabled: !this.desk.isOpen || isAccepted,
      title: "Accept (a)",
      data: { focus: "act-accept", action: "accept" },
    });
    const others = ["reject", "reclassify", "delineate", "brush", "margins", "dose", "merge", "split", "add"];
    refill(
      this.actions,
      accept,
      others.map((kind) => this.actionButton(kind)),
    );
    refill(
      this.body,
      measuresOf(lesion, lesion),
      evidence("Evidence", lesion.evidence),
      evidence("Notes", lesion.notes),
      elsewhere(lesion),
    );
  }

  /** @param {import("../types.js").Excluded} excluded */
  fillExcluded(excluded) {
    // How sure the rules are; a person is asked for no figure.
    const judged = `${words(excluded.certainty).toLowerCase()}, confidence ${percent(excluded.confidence)}`;
    const certainty = excluded.reason === "reviewer" ? "" : ` · ${judged}`;
    refill(
      this.head,
      h("h2", {}, h("span", { class: "badge region-excluded" }, excluded.id), words(excluded.reason)),
      h("p", { class: "excluded-as" }, "Excluded", certainty),
    );
    refill(this.actions, this.actionButton("restore"), this.actionButton("add"));
    refill(this.body, measuresOf(excluded, null), evidence("Evidence", excluded.evidence));
  }

  /** @param {string} kind */
  actionButton(kind) {
    const form = FORMS[kind];
    if (!form) return null;
    const isShown = this.form?.kind === kind;
    const key = form.key ? ` (${form.key})` : "";
    return button(form.label, () => this.open(kind), {
      disabled: !this.isPossible(kind),
      title: form.title + key,
      "aria-expanded": String(isShown),
      data: { focus: `act-${kind}`, action: kind },
    });
  }

  /** @param {string} kind */
  isPossible(kind) {
    return this.desk.isOpen && (this.desk.study.value?.state === "ready" || !OF_VOLUMES.includes(kind));
  }

  /** Opens the form of a decision, or closes it when it is the open one. @param {string} kind */
  open(kind) {
    if (this.form?.kind === kind) {
      this.closeForm();
      return;
    }
    const { lesion, excluded } = this.found();
    const fits = kind === "add" || (kind === "restore" ? excluded : lesion);
    const form = FORMS[kind];
    if (!form || !fits || !this.isPossible(kind)) return;
    this.closeForm();
    this.element.classList.add("has-form");
    this.form = form.make({
      desk: this.desk,
      table: this.table(),
      finding: this.finding ?? 0,
      close: () => this.closeForm(),
    });
    refill(this.place, this.form.element);
    this.fill();
    this.form.begin();
    this.place.scrollIntoView({ block: "nearest" });
  }

  closeForm() {
    const form = this.form;
    if (!form) return;
    const hadFocus = this.place.contains(document.activeElement);
    this.form = null;
    this.element.classList.remove("has-form");
    form.end();
    refill(this.place);
    this.fill();
    if (!hadFocus) return;
    const back =
      this.actions.querySelector(`[data-action="${form.kind}"]`) ?? this.actions.querySelector("button");
    if (back instanceof HTMLElement) back.focus();
  }

  async accept() {
    if (this.finding === null || !this.found().lesion || !this.desk.isOpen) return;
    // A key that is held down or pressed again decides nothing new.
    if (standings(this.desk)(this.finding) === "accepted") return;
    try {
      await this.desk.decide({ kind: "accept", finding: this.finding });
    } catch (error) {
      complain(error);
    }
  }
}

/**
 * @param {import("../types.js").Measures} measures
 * @param {import("../types.js").Lesion|null} lesion
 */
function measuresOf(measures, lesion) {
  const range = lesion?.uncertainty?.volume_ml;
  /** @type {[string, string, string?][]} */
  const rows = [
    ["SUVmax", number(measures.suv_max, 2)],
    ["SUVpeak", number(measures.suv_peak, 2)],
    ["SUVmean", number(measures.suv_mean, 2)],
    [
      "Volume",
      quantityMl(measures.volume_ml),
      range ? `${millilitres(range[0])} to ${millilitres(range[1])} mL by other rules` : "",
    ],
    ["TL-PSMA", number(measures.tl_psma)],
    ["Longest", quantity(measures.longest_diameter_mm, "mm")],
    ["Short axis", quantity(measures.short_axis_mm, "mm")],
    ["Border", `SUV ${number(measures.threshold_suv, 2)}`, measures.delineation],
  ];
  if (lesion) {
    rows.push(["PSMA score", lesion.psma_score === null ? ABSENT : String(lesion.psma_score)]);
    rows.push(["PSMA-RADS", lesion.psma_rads?.category ?? ABSENT, lesion.psma_rads?.evidence ?? ""]);
    rows.push(["Confidence", percent(lesion.confidence)]);
  }
  rows.push(["Maximum at", measures.max_mm.map((mm) => number(mm)).join("  "), "LPS, mm"]);
  const items = rows.map(([name, value, note]) =>
    h(
      "div",
      { class: value.length > 16 ? "wide" : "" },
      h("dt", {}, name),
      h("dd", { title: note || null }, value),
    ),
  );
  const rule = `Outline: ${measures.delineation}${range ? `; ${millilitres(range[0])} to ${millilitres(range[1])} mL by other rules` : ""}`;
  return [h("dl", { class: "measures" }, items), h("p", { class: "quiet rule-text" }, rule)];
}

/** @param {number} ml */
function quantityMl(ml) {
  return `${millilitres(ml)}\u00a0mL`;
}

/** @param {string} title @param {string[]} sentences */
function evidence(title, sentences) {
  if (sentences.length === 0) return null;
  return h(
    "section",
    {},
    h("h3", {}, title),
    h(
      "ul",
      { class: "evidence" },
      sentences.map((sentence) => h("li", {}, sentence)),
    ),
  );
}

/** What else it may be. @param {import("../types.js").Lesion} lesion */
function elsewhere(lesion) {
  const classes = lesion.alternatives.map(
    (other) =>
      `${words(other.station ?? other.region).toLowerCase()} (${percent(other.weight)} of the places around)`,
  );
  const reasons = lesion.suspicions.map(
    (other) =>
      `${words(other.reason).toLowerCase()} (plausibility ${percent(other.plausibility)}): ${other.evidence.join("; ")}`,
  );
  const correlate = lesion.ct_correlate ? [lesion.ct_correlate] : [];
  return [evidence("CT", correlate), evidence("May also be", [...classes, ...reasons])];
}
