// @ts-check
/**
 * What a decision would change, in figures.
 * @module
 */

import { h } from "../dom.js";
import { ABSENT, millilitres, number } from "../format.js";

/**
 * @param {import("../types.js").Preview} preview
 * @param {import("../types.js").Report|null} report as it stands
 */
export function previewText(preview, report) {
  const gone = preview.gone ?? [];
  const stage =
    preview.mi_tnm && preview.mi_tnm !== report?.mi_tnm
      ? h(
          "p",
          {},
          h("span", { class: "before" }, report?.mi_tnm ?? ABSENT),
          " → ",
          h("b", {}, preview.mi_tnm),
        )
      : null;
  const lost = gone.length > 0 ? h("p", { class: "quiet" }, `No more: ${gone.join(", ")}`) : null;
  if (preview.findings.length === 0)
    return [stage, lost ?? h("p", { class: "quiet" }, "No finding would change.")];
  const known = [...(report?.lesions ?? []), ...(report?.excluded ?? [])];
  const rows = preview.findings.map((finding) => {
    const before = known.find((other) => other.id === finding.id);
    const { measures } = finding;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, finding.id),
      change(before ? millilitres(before.volume_ml) : ABSENT, millilitres(measures.volume_ml)),
      change(before ? number(before.suv_mean) : ABSENT, number(measures.suv_mean)),
      change(before ? number(before.threshold_suv) : ABSENT, number(measures.threshold_suv)),
      h("td", {}, finding.mi_tnm ?? ABSENT),
    );
  });
  const heads = ["#", "mL", "SUVmean", "Border", "miTNM"].map((text) => h("th", { scope: "col" }, text));
  const table = h(
    "table",
    { class: "preview-table" },
    h("caption", { class: "visually-hidden" }, "Preview"),
    h("thead", {}, h("tr", {}, heads)),
    h("tbody", {}, rows),
  );
  return [stage, table, lost];
}

/** @param {string} before @param {string} after */
function change(before, after) {
  if (before === after) return h("td", { class: "numeric" }, after);
  return h("td", { class: "numeric" }, h("span", { class: "before" }, before), " → ", h("b", {}, after));
}
