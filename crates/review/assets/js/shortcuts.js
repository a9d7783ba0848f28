// @ts-check
/**
 * Keys: what each does is written where it is bound, and `?` lists them all.
 * @module
 */

import { button, h } from "./dom.js";
import { isDialogOpen, openDialog } from "./dialog.js";
import { remember, remembered } from "./settings.js";

/**
 * @typedef {object} Shortcut
 * @property {string} keys   what is pressed, as `KeyboardEvent.key`; several apart by a space; `Ctrl+` and `Shift+` before
 * @property {string} shown  how it is written in the help
 * @property {string} group
 * @property {string} text   what it does
 * @property {(() => void)|null} act  null where the key belongs to a focused element and is only listed
 */

let singleKeys = remembered("singleKeys", true);

/** The keys of one page. */
export class Shortcuts {
  /** @param {AbortSignal} until */
  constructor(until) {
    /** @type {Shortcut[]} */
    this.all = [];
    document.addEventListener("keydown", (event) => this.press(event), { signal: until });
    this.add("?", "?", "General", "Show the keys", () => this.help());
  }

  /**
   * @param {string} keys
   * @param {string} shown
   * @param {string} group
   * @param {string} text
   * @param {(() => void)|null} act
   */
  add(keys, shown, group, text, act) {
    this.all.push({ keys, shown, group, text, act });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.defaultPrevented || event.altKey || event.metaKey || isDialogOpen()) return;
    const pressed = nameOf(event);
    const isSingle = !event.ctrlKey;
    if (isSingle && (isTyping(event.target) || !(singleKeys || event.key === "?" || event.key === "Escape")))
      return;
    if (event.ctrlKey && isTyping(event.target)) return;
    const found = this.all.find((shortcut) => shortcut.act && shortcut.keys.split(" ").includes(pressed));
    if (!found) return;
    event.preventDefault();
    found.act?.();
  }

  /** Lists all keys in a dialog. */
  help() {
    const groups = [...new Set(this.all.map((shortcut) => shortcut.group))];
    const lists = groups.map((group) =>
      h(
        "section",
        {},
        h("h3", {}, group),
        h("dl", { class: "keys" }, this.all.filter((shortcut) => shortcut.group === group).flatMap(row)),
      ),
    );
    const toggle = h("input", {
      type: "checkbox",
      checked: singleKeys,
      on: { change: () => setSingleKeys(toggle.checked) },
    });
    const footer = h(
      "footer",
      { class: "dialog-actions" },
      h(
        "label",
        { class: "check grow" },
        toggle,
        "Single keys act (turn off when a screen reader or speech control types)",
      ),
      button("Close", () => dialog.close(), { class: "primary" }),
    );
    const dialog = openDialog("Keys", [h("div", { class: "dialog-body key-groups" }, lists), footer], {
      class: "dialog-wide",
    });
  }
}

/** @param {Shortcut} shortcut */
function row(shortcut) {
  const keys = shortcut.shown.split(" ").map((key) => h("kbd", {}, key));
  return [h("dt", {}, keys), h("dd", {}, shortcut.text)];
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isLetter = /^[a-z]$/.test(key);
  return `${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey && isLetter ? "Shift+" : ""}${key}`;
}

/** @param {EventTarget|null} target */
function isTyping(target) {
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "range"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** @param {boolean} on */
function setSingleKeys(on) {
  singleKeys = on;
  remember("singleKeys", on);
}
