// @ts-check
/**
 * Modal dialogs. The browser itself keeps the focus inside and gives it back when they close.
 * @module
 */

import { button, freshId, h } from "./dom.js";

/**
 * Opens a dialog that removes itself when it is closed.
 * @param {string} title
 * @param {import("./dom.js").Child[]} content
 * @param {{class?: string, closed?: () => void}} [how]
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, content, how = {}) {
  const id = freshId("dialog");
  const close = button("×", () => dialog.close(), { class: "dialog-close", "aria-label": "Close" });
  const heading = h("header", { class: "dialog-head" }, h("h2", { id }, title), close);
  const dialog = h(
    "dialog",
    { class: `dialog ${how.class ?? ""}`, "aria-labelledby": id },
    heading,
    ...content,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    how.closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  const first = dialog.querySelector(".dialog-body :is(input, textarea, select), .dialog-actions .primary");
  if (first instanceof HTMLElement) first.focus();
  return dialog;
}

/** Whether a dialog is open, so that single keys do nothing behind it. */
export function isDialogOpen() {
  return document.querySelector("dialog[open]") !== null;
}
