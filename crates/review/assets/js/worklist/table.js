// @ts-check
/**
 * The table of studies.
 * @module
 */

import { h } from "../dom.js";
import { ABSENT, findings, moment, plural, words } from "../format.js";

/** @type {{sort: string, label: string, class?: string}[]} */
const COLUMNS = [
  { sort: "patient", label: "Patient ID" },
  { sort: "date", label: "Study date" },
  { sort: "status", label: "Status" },
  { sort: "mi_tnm", label: "miTNM" },
  { sort: "lesions", label: "Lesions", class: "numeric" },
  { sort: "recommendation", label: "Recommendation" },
  { sort: "warnings", label: "Warnings", class: "numeric" },
];

/**
 * The heads, which sort.
 * @param {import("./query.js").WorklistQuery} query
 * @param {() => void} changed
 */
export function tableHead(query, changed) {
  const cells = COLUMNS.map((column) => {
    const order = query.orderOf(column.sort);
    const sortBy = () => {
      query.sortBy(column.sort);
      changed();
    };
    const arrow = h(
      "span",
      { class: "sort-arrow", "aria-hidden": "true" },
      order === "asc" ? "▲" : order === "desc" ? "▼" : "",
    );
    const control = h(
      "button",
      { type: "button", class: "sort", data: { focus: `sort-${column.sort}` }, on: { click: sortBy } },
      column.label,
      arrow,
    );
    const state = order === "asc" ? "ascending" : order === "desc" ? "descending" : "none";
    return h("th", { scope: "col", class: column.class, "aria-sort": state }, control);
  });
  return h("tr", {}, cells);
}

/**
 * @param {import("../types.js").StudyRow} study
 */
export function tableRow(study) {
  const address = `#/study/${encodeURIComponent(study.folder)}`;
  const name = study.patient_id ?? study.folder;
  const link = h("a", { href: address, class: "row-link", data: { focus: `row-${study.folder}` } }, name);
  const open = (/** @type {Event} */ event) => {
    if (!(event.target instanceof HTMLAnchorElement)) location.hash = address;
  };
  return h(
    "tr",
    { class: "study-row", data: { folder: study.folder }, on: { click: open } },
    h(
      "th",
      { scope: "row" },
      link,
      study.status === "failed" ? null : h("span", { class: "headline" }, findings(study)),
    ),
    h("td", { class: "date" }, study.date ?? ABSENT),
    h("td", {}, statusMark(study)),
    h("td", { class: "stage" }, study.mi_tnm ?? ABSENT),
    h("td", { class: "numeric" }, study.status === "failed" ? ABSENT : study.lesions),
    h("td", {}, recommendation(study)),
    h(
      "td",
      { class: "numeric" },
      study.warnings > 0
        ? h("span", { class: "warning-count", title: plural(study.warnings, "warning") }, study.warnings)
        : ABSENT,
    ),
  );
}


/** @param {import("../types.js").StudyRow} study */
function statusMark(study) {
  const who = study.reviewer ? `${study.reviewer}, ${moment(study.changed_at)}` : "";
  return h(
    "div",
    { class: "status-cell" },
    h("span", { class: `status status-${study.status}` }, words(study.status)),
    who ? h("span", { class: "status-who" }, who) : null,
  );
}

/** @param {import("../types.js").StudyRow} study */
function recommendation(study) {
  if (study.status === "failed")
    return h("span", { class: "failure", title: study.reason ?? "" }, study.reason ?? ABSENT);
  if (study.intensification.length === 0) return h("span", { class: "quiet" }, "None");
  return h(
    "div",
    { class: "chips" },
    study.intensification.map((name) => h("span", { class: "chip" }, words(name))),
  );
}
