// @ts-check
/**
 * Messages to everybody: shown for a while, and read by screen readers.
 * @module
 */

import { button, h } from "./dom.js";

/** How long a notice stays, ms. Errors stay until they are closed. */
const NOTICE_MS = 6000;

/**
 * Says something to screen readers alone.
 * @param {string} text
 */
export function say(text) {
  const region = document.getElementById("polite");
  if (!region) return;
  region.textContent = "";
  region.textContent = text;
}

/**
 * Shows a notice for a while.
 * @param {string} text
 */
export function notify(text) {
  say(text);
  const box = show("notice", text, "");
  setTimeout(() => box?.remove(), NOTICE_MS);
}

/**
 * Shows an error with its remedy until it is closed.
 * @param {unknown} error
 */
export function complain(error) {
  const text = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof Error && "remedy" in error ? String(error.remedy) : "";
  const region = document.getElementById("assertive");
  if (region) region.textContent = `${text} ${remedy}`;
  show("error", text, remedy);
}

/**
 * @param {string} kind
 * @param {string} text
 * @param {string} remedy
 */
function show(kind, text, remedy) {
  const messages = document.getElementById("messages");
  if (!messages) return null;
  for (const old of messages.querySelectorAll(`.message-${kind}`)) old.remove();
  const close = button("×", () => box.remove(), {
    class: "message-close",
    "aria-label": "Close the message",
  });
  const box = h(
    "div",
    { class: `message message-${kind}` },
    h("p", {}, text, remedy ? h("span", { class: "message-remedy" }, remedy) : null),
    close,
  );
  messages.append(box);
  return box;
}
