// @ts-check
/**
 * Who sits at this window, as written into the audit trail.
 * @module
 */

import { button, field, h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { remember, remembered } from "./settings.js";
import { Signal } from "./signal.js";

/** The reviewer's name; empty until it is known. */
export const reviewer = new Signal(remembered("reviewer", ""));

/** A number of this window: two windows of one person are told apart by it. */
export const windowId = freshWindowId();

function freshWindowId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Takes the login name where no name was given before.
 * @param {string|null|undefined} user
 */
export function proposeReviewer(user) {
  if (!reviewer.value && user) reviewer.set(user);
}

/** @param {string} name */
export function setReviewer(name) {
  reviewer.set(name);
  remember("reviewer", name);
}

/**
 * Asks for the reviewer's name.
 * @param {(name: string) => void} [done] called when the dialog is closed; with nothing when no name was given
 */
export function askReviewer(done) {
  const name = h("input", {
    type: "text",
    required: true,
    maxLength: 64,
    value: reviewer.value,
    autocomplete: "name",
  });
  let given = "";
  const take = (/** @type {Event} */ event) => {
    event.preventDefault();
    given = name.value.trim();
    if (given) setReviewer(given);
    dialog.close();
  };
  const form = h(
    "form",
    { class: "dialog-body", on: { submit: take } },
    field("Name", name, "Written beside each of your decisions in the audit trail."),
    h(
      "footer",
      { class: "dialog-actions" },
      button("Cancel", () => dialog.close()),
      h("button", { type: "submit", class: "primary" }, "Use this name"),
    ),
  );
  const dialog = openDialog("Who is reviewing?", [form], {
    class: "dialog-small",
    closed: () => done?.(given),
  });
  name.select();
}
