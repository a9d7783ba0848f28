// @ts-check
/**
 * The filters beside the worklist, with the number of studies behind each.
 * @module
 */

import { h } from "../dom.js";
import { words } from "../format.js";
import { FACETS } from "./query.js";

/** @type {Record<string, string>} */
const TITLES = {
  status: "Status",
  intensification: "Recommendation",
  region: "Lesions in",
  warnings: "Warnings",
};

/** Facets whose values have an order of their own; the others go by count. @type {Record<string, string[]>} */
const ORDER = { status: ["new", "in_review", "signed", "failed"], warnings: ["yes", "no"] };

/**
 * @param {import("../types.js").Worklist} list
 * @param {import("./query.js").WorklistQuery} query
 * @param {() => void} changed
 */
export function facetGroups(list, query, changed) {
  return FACETS.map((facet) => group(facet, list.facets[facet] ?? {}, query, changed));
}

/**
 * @param {string} facet
 * @param {Record<string, number>} counts
 * @param {import("./query.js").WorklistQuery} query
 * @param {() => void} changed
 */
function group(facet, counts, query, changed) {
  const chosen = query.chosen(facet);
  const values = [...new Set([...Object.keys(counts), ...chosen])];
  const known = ORDER[facet];
  values.sort((a, b) =>
    known ? known.indexOf(a) - known.indexOf(b) : (counts[b] ?? 0) - (counts[a] ?? 0) || a.localeCompare(b),
  );
  if (values.length === 0) return null;
  const choices = values.map((value) => {
    const box = h("input", {
      type: "checkbox",
      checked: chosen.includes(value),
      data: { focus: `facet-${facet}-${value}` },
      on: {
        change: () => {
          query.toggle(facet, value);
          changed();
        },
      },
    });
    return h(
      "label",
      { class: "facet" },
      box,
      h("span", { class: "grow" }, words(value)),
      h("span", { class: "count" }, counts[value] ?? 0),
    );
  });
  return h("fieldset", { class: "facet-group" }, h("legend", {}, TITLES[facet] ?? words(facet)), choices);
}
