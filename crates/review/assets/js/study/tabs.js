// @ts-check
/**
 * Tabs after the ARIA pattern: arrows move, the panel of the chosen one is shown.
 * @module
 */

import { freshId, h } from "../dom.js";

export class Tabs {
  /** @param {[string, string, HTMLElement][]} tabs name, label, content */
  constructor(tabs) {
    this.tabs = tabs.map(([name, label, content]) => {
      const id = freshId("tab");
      const count = h("span", { class: "tab-count" });
      const tab = h(
        "button",
        {
          type: "button",
          role: "tab",
          id,
          "aria-controls": `${id}-panel`,
          data: { tab: name },
          on: { click: () => this.show(name) },
        },
        label,
        count,
      );
      const panel = h(
        "div",
        { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id, class: "tab-panel", tabIndex: 0 },
        content,
      );
      return { name, tab, panel, count };
    });
    const list = h(
      "div",
      {
        role: "tablist",
        class: "tabs",
        "aria-label": "Parts of the review",
        on: { keydown: (/** @type {KeyboardEvent} */ event) => this.pressKey(event) },
      },
      this.tabs.map(({ tab }) => tab),
    );
    this.element = h(
      "div",
      { class: "tabbed" },
      list,
      this.tabs.map(({ panel }) => panel),
    );
    this.show(tabs[0]?.[0] ?? "");
  }

  /** @param {string} name */
  show(name) {
    this.shown = name;
    for (const entry of this.tabs) {
      const isShown = entry.name === name;
      entry.tab.setAttribute("aria-selected", String(isShown));
      entry.tab.tabIndex = isShown ? 0 : -1;
      entry.panel.hidden = !isShown;
    }
  }

  /** @param {string} name @param {number} count @param {string} [kind] */
  count(name, count, kind = "") {
    const entry = this.tabs.find((tab) => tab.name === name);
    if (!entry) return;
    entry.count.textContent = count > 0 ? String(count) : "";
    entry.count.className = `tab-count ${kind}`;
    entry.count.title = kind ? `${count} ${kind}` : "";
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const now = this.tabs.findIndex(({ name }) => name === this.shown);
    const next = this.tabs[(now + step + this.tabs.length) % this.tabs.length];
    if (!next) return;
    event.preventDefault();
    this.show(next.name);
    next.tab.focus();
  }
}
