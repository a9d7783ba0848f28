// @ts-check
/**
 * What all decision forms have in common: fields, an error line, a button that saves, a preview.
 * @module
 */

import { ApiError, isAborted } from "../api.js";
import { button, freshId, h, refill } from "../dom.js";
import { PLANES } from "../view/geometry.js";
import { previewText } from "./preview_text.js";

/** After the last change of a form its preview is asked for so late, ms. */
const PREVIEW_MS = 220;

/**
 * Where a form belongs.
 * @typedef {object} FormPlace
 * @property {import("../study/desk.js").Desk} desk
 * @property {import("../view/light_table.js").LightTable|null} table  null without pictures
 * @property {number} finding
 * @property {() => void} close
 */

/** @typedef {{decision: import("../types.js").Decision}|{missing: string}} Drafted */

export class DecisionForm {
  /**
   * @param {string} kind
   * @param {string} title
   * @param {string} apply  text of the button that saves
   * @param {FormPlace} place
   */
  constructor(kind, title, apply, place) {
    this.kind = kind;
    this.place = place;
    this.desk = place.desk;
    this.finding = place.finding;
    this.ended = new AbortController();
    this.fields = h("div", { class: "form-fields" });
    this.problem = h("p", { class: "form-problem", role: "alert" });
    this.previewLine = h("div", { class: "form-preview", role: "status" });
    this.apply = h("button", { type: "submit", class: "primary", data: { focus: "form-apply" } }, apply);
    const id = freshId("form");
    this.element = h(
      "form",
      {
        class: "decision-form",
        "aria-labelledby": id,
        noValidate: true,
        data: { form: kind },
        on: { submit: (/** @type {Event} */ event) => this.submit(event) },
      },
      h("h3", { id }, title),
      this.fields,
      this.previewLine,
      this.problem,
      h(
        "div",
        { class: "form-actions" },
        button("Cancel", () => place.close(), { data: { focus: "form-cancel" } }),
        this.apply,
      ),
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      place.close();
    });
    /** What the pointer does in the views while the form is open. @type {import("../view/light_table.js").Tool|null} */
    this.held = null;
    this.previewTimer = 0;
    /** @type {AbortController|null} */
    this.previewing = null;
  }

  /** The decision as the fields have it, or what is missing. @returns {Drafted} */
  draft() {
    return { missing: "Nothing to decide." };
  }

  /** The form is shown: the first field takes the focus. */
  begin() {
    const first = this.fields.querySelector(
      "input:checked, input:not([type=radio]), select, textarea, button",
    );
    if (first instanceof HTMLElement) first.focus();
    else this.apply.focus();
  }

  /**
   * Takes the form's tool into the hand. The form is open as long as it is there: without it, clicks
   * would do nothing.
   * @param {import("../view/light_table.js").Tool|null} tool
   */
  hold(tool) {
    const { table } = this.place;
    if (!tool || !table) return;
    this.held = tool;
    table.take(tool);
    table.tool.listen((now) => {
      if (now !== tool) this.place.close();
    }, this.ended.signal);
  }

  /** The form is gone. */
  end() {
    this.ended.abort();
    if (this.held && this.place.table?.tool.value === this.held) this.place.table.take(null);
    clearTimeout(this.previewTimer);
    this.place.table?.preview.set([]);
  }

  /** The study changed below the form. */
  update() {
    this.apply.disabled = !this.desk.isOpen || this.desk.saving.value.kind === "saving";
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const drafted = this.draft();
    if ("missing" in drafted) {
      this.tell(drafted.missing);
      return;
    }
    this.tell("");
    this.apply.disabled = true;
    try {
      const saved = await this.desk.decide(drafted.decision);
      if (saved) this.saved(drafted.decision);
    } catch (error) {
      if (!isAborted(error)) this.tell(textOf(error));
    }
    this.update();
  }

  /** The decision was saved. @param {import("../types.js").Decision} _decision */
  saved(_decision) {
    this.place.close();
  }

  /** @param {string} text */
  tell(text) {
    this.problem.textContent = text;
  }

  /** Shows what the decision would do, soon; again whenever the slices change. */
  followPreview() {
    const table = this.place.table;
    if (!table) return;
    table.crosshair.listen(() => this.previewLater(), this.ended.signal);
    this.previewSoon();
  }

  /** The fields changed: what was said of them is no longer true. */
  previewSoon() {
    this.tell("");
    this.previewLater();
  }

  previewLater() {
    clearTimeout(this.previewTimer);
    this.previewTimer = window.setTimeout(() => this.preview(), PREVIEW_MS);
  }

  async preview() {
    const table = this.place.table;
    if (!table) return;
    const drafted = this.draft();
    this.previewing?.abort();
    if ("missing" in drafted) {
      // What was drawn belongs to a decision that the form no longer has.
      table.preview.set([]);
      refill(this.previewLine);
      return;
    }
    this.previewing = new AbortController();
    const planes = PLANES.map((plane) => ({ plane, at: table.at(plane) }));
    try {
      const preview = await this.desk.preview(
        drafted.decision,
        planes,
        AbortSignal.any([this.previewing.signal, this.ended.signal]),
      );
      table.preview.set(preview.planes ?? []);
      refill(this.previewLine, previewText(preview, this.desk.report));
    } catch (error) {
      if (isAborted(error)) return;
      table.preview.set([]);
      refill(this.previewLine, h("p", { class: "form-problem" }, textOf(error)));
    }
  }
}

/** @param {unknown} error */
function textOf(error) {
  if (error instanceof ApiError) return [error.message, error.remedy].filter(Boolean).join(" – ");
  return error instanceof Error ? error.message : String(error);
}
