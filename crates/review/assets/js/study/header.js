// @ts-check
/**
 * The bar above a study: who it is, how it stands, whether it is saved, and signing.
 * @module
 */

import { button, h, refill } from "../dom.js";
import { ABSENT, dateTime, moment, words } from "../format.js";
import { askReviewer, reviewer } from "../identity.js";

/**
 * @param {import("./desk.js").Desk} desk
 * @param {{sign: () => void, help: () => void}} actions
 */
export function studyHeader(desk, actions) {
  const name = h("div", { class: "study-name" });
  const mark = h("div", { class: "study-mark" });
  const saved = h("span", { class: "saved", role: "status" });
  const undo = button("Undo", () => desk.undo(), { title: "Undo (Ctrl+Z)" });
  const redo = button("Redo", () => desk.redo(), { title: "Redo (Ctrl+Y)" });
  const who = button("", () => askReviewer(), { class: "plain who", title: "The reviewer's name" });
  const sign = button("Sign …", actions.sign, { class: "primary", "aria-label": "Sign" });
  const help = button("?", actions.help, { class: "plain icon", "aria-label": "Keys", title: "Keys (?)" });
  const fill = () => {
    fillName(name, desk);
    fillMark(mark, desk);
    fillSaved(saved, desk);
    const isSaving = desk.saving.value.kind === "saving";
    const busy = isSaving || !desk.isOpen;
    const canUndo = desk.isOpen || (desk.isStuck && desk.conflict.value === null);
    undo.disabled = isSaving || !canUndo || !desk.study.value?.can_undo;
    const last = desk.decisions.at(-1);
    undo.title = last ? `Undo: ${last.sentence} (Ctrl+Z)` : "Undo (Ctrl+Z)";
    redo.disabled = busy || !desk.study.value?.can_redo;
    sign.disabled = busy || desk.study.value?.state !== "ready";
    sign.title =
      desk.study.value?.state === "planning" ? "The volumes are being drawn" : "Approve and export";
    who.textContent = reviewer.value || "Who reviews?";
  };
  for (const signal of [desk.study, desk.saving, desk.conflict]) signal.listen(fill, desk.until);
  reviewer.listen(fill, desk.until);
  fill();
  return h(
    "header",
    { class: "top-bar study-bar" },
    h("a", { href: "#/", class: "back", "aria-label": "Back to the worklist" }, "‹ Worklist"),
    name,
    mark,
    h("span", { class: "grow" }),
    saved,
    h("div", { class: "segments" }, undo, redo),
    who,
    sign,
    help,
  );
}

/** @param {HTMLElement} box @param {import("./desk.js").Desk} desk */
function fillName(box, desk) {
  const report = desk.report;
  const study = desk.study.value;
  const patient = report?.study.patient_id ?? study?.folder ?? "";
  document.title = `${patient} · isoboost review`;
  refill(
    box,
    h("h1", { title: patient }, patient),
    h("span", { class: "study-date" }, report?.study.date ?? ""),
    h("span", { class: "study-stage", data: { field: "mi_tnm" } }, report?.mi_tnm ?? ABSENT),
  );
}

/** @param {HTMLElement} box @param {import("./desk.js").Desk} desk */
function fillMark(box, desk) {
  const study = desk.study.value;
  if (study?.status === "signed" && study.signature) {
    const { reviewer: who, at } = study.signature;
    refill(
      box,
      h("span", { class: "mark mark-signed", title: dateTime(at) }, `Signed by ${who}, ${moment(at)}`),
    );
    return;
  }
  const since = study?.signature
    ? `Changed since ${study.signature.reviewer} signed, ${dateTime(study.signature.at)}`
    : null;
  refill(box, h("span", { class: "mark mark-suggestion", title: since }, "SUGGESTION – NOT APPROVED"));
}

/** @param {HTMLElement} box @param {import("./desk.js").Desk} desk */
function fillSaved(box, desk) {
  const saving = desk.saving.value;
  const isDrawing = desk.study.value?.state === "planning";
  box.dataset.saving = saving.kind;
  const texts = {
    idle: "",
    saving: "Saving …",
    unsaved: "Not saved",
    saved: saving.kind === "saved" ? `Saved ${moment(saving.at.toISOString())}` : "",
  };
  const text = [texts[saving.kind], isDrawing ? "drawing …" : ""].filter(Boolean).join(" · ");
  box.textContent = text;
  if (!text && desk.study.value) box.textContent = words(desk.study.value.status);
}
