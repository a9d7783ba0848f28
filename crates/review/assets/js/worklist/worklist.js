// @ts-check
/**
 * The worklist: all studies of the result folder. Sorting, filtering and paging are the server's.
 * @module
 */

import { getStudies, isAborted } from "../api.js";
import { say } from "../announce.js";
import { button, h, refill } from "../dom.js";
import { Shortcuts } from "../shortcuts.js";
import { facetGroups } from "./facets.js";
import { WorklistQuery } from "./query.js";
import { tableHead, tableRow } from "./table.js";

/** The study that was opened last: coming back, its row has the focus. */
let opened = "";

/** Typing pauses so long before the list is asked for, ms. */
const TYPING_MS = 150;

/**
 * @param {HTMLElement} view
 * @param {URLSearchParams} address
 * @param {import("../types.js").Session} session
 * @param {AbortSignal} until
 */
export function showWorklist(view, address, session, until) {
  document.title = "Worklist · isoboost review";
  const worklist = new Worklist(address, session, until);
  view.append(...worklist.parts);
  worklist.load();
}

class Worklist {
  /**
   * @param {URLSearchParams} address
   * @param {import("../types.js").Session} session
   * @param {AbortSignal} until
   */
  constructor(address, session, until) {
    this.query = new WorklistQuery(address);
    this.until = until;
    this.keys = new Shortcuts(until);
    /** @type {AbortController|null} */
    this.asking = null;
    this.filter = this.filterField();
    this.facets = h("form", { class: "facets", "aria-label": "Filters" });
    this.head = h("thead");
    this.body = h("tbody");
    this.count = h("p", { class: "list-count", role: "status" });
    this.pager = h("nav", { class: "pager", "aria-label": "Pages" });
    this.empty = h("div", { class: "empty", hidden: true });
    this.table = h(
      "table",
      { class: "worklist" },
      h("caption", { class: "visually-hidden" }, "Studies"),
      this.head,
      this.body,
    );
    this.parts = this.layout(session);
    this.bindKeys();
    until.addEventListener("abort", () => {
      const folder = /^#\/study\/(.+)$/.exec(location.hash)?.[1];
      if (folder) opened = decodeURIComponent(folder);
    });
  }

  /** @param {import("../types.js").Session} session */
  layout(session) {
    const bar = h(
      "header",
      { class: "top-bar" },
      h("h1", { class: "brand" }, "isoboost ", h("span", {}, "review")),
      h("span", { class: "folder", title: session.folder }, session.folder),
      h("span", { class: "grow" }),
      button("Refresh", () => this.load(), { class: "plain" }),
      button("?", () => this.keys.help(), { class: "plain icon", "aria-label": "Keys" }),
    );
    const side = h(
      "aside",
      { class: "list-side", "aria-label": "Filter the worklist" },
      h("div", { class: "search" }, this.filter),
      this.facets,
    );
    const main = h(
      "main",
      { class: "list-main" },
      h("div", { class: "list-head" }, h("h2", {}, "Worklist"), this.count, this.pager),
      h("div", { class: "table-scroll", tabIndex: -1 }, this.table, this.empty),
    );
    const foot = h("footer", { class: "page-foot" }, `${session.disclaimer} Version ${session.version}.`);
    return [bar, h("div", { class: "list-layout" }, side, main), foot];
  }

  filterField() {
    const input = h("input", {
      type: "search",
      placeholder: "Patient, site, miTNM …",
      "aria-label": "Filter by text",
      value: this.query.text,
      autocomplete: "off",
      spellcheck: false,
    });
    let pause = 0;
    input.addEventListener("input", () => {
      clearTimeout(pause);
      pause = window.setTimeout(() => {
        this.query.set("text", input.value.trim());
        this.query.set("page", "0");
        this.load();
      }, TYPING_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        this.step(0);
      }
    });
    return input;
  }

  bindKeys() {
    this.keys.add("/", "/", "Worklist", "Filter by text", () => this.filter.focus());
    this.keys.add("j ArrowDown", "j ↓", "Worklist", "Next study", () => this.step(1));
    this.keys.add("k ArrowUp", "k ↑", "Worklist", "Previous study", () => this.step(-1));
    this.keys.add("Enter", "Enter", "Worklist", "Open the study", null);
    this.keys.add("PageDown", "PgDn", "Worklist", "Next page", () => this.turn(1));
    this.keys.add("PageUp", "PgUp", "Worklist", "Previous page", () => this.turn(-1));
  }

  /** Moves the focus along the rows. @param {number} by */
  step(by) {
    /** @type {HTMLAnchorElement[]} */
    const links = [...this.body.querySelectorAll("a")];
    const now = links.findIndex((link) => link === document.activeElement);
    const next = now < 0 ? 0 : Math.min(Math.max(now + by, 0), links.length - 1);
    links[next]?.focus();
    links[next]?.closest("tr")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} by */
  turn(by) {
    const last = Math.max(Math.ceil(this.matching / this.query.size) - 1, 0);
    const page = Math.min(Math.max(this.query.page + by, 0), last);
    if (page === this.query.page) return;
    this.query.set("page", String(page));
    this.load();
  }

  matching = 0;

  /** Asks for the list; an older question still under way is dropped. */
  async load() {
    // A pause in typing may end when a study was opened already: its address is not ours.
    if (this.until.aborted) return;
    this.query.keep();
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.table.setAttribute("aria-busy", "true");
    try {
      const list = await getStudies(this.query.values, AbortSignal.any([asking.signal, this.until]));
      this.show(list);
    } catch (error) {
      if (!isAborted(error)) this.showError(error);
    }
  }

  /** @param {import("../types.js").Worklist} list */
  show(list) {
    this.matching = list.matching;
    const changed = () => this.load();
    refill(this.head, tableHead(this.query, changed));
    refill(this.body, list.studies.map(tableRow));
    refill(
      this.facets,
      facetGroups(list, this.query, changed),
      this.query.isFiltered ? button("Clear all filters", () => this.clear(), { class: "plain" }) : null,
    );
    this.showCount(list);
    this.showEmpty(list);
    this.table.removeAttribute("aria-busy");
    this.focusOpened();
    document.documentElement.dataset.ready = "worklist";
  }

  focusOpened() {
    const row = opened ? this.body.querySelector(`tr[data-folder="${CSS.escape(opened)}"]`) : null;
    opened = "";
    const link = row?.querySelector("a");
    link?.focus();
    row?.scrollIntoView({ block: "center" });
  }

  /** @param {import("../types.js").Worklist} list */
  showCount(list) {
    const first = list.page * list.size + 1;
    const last = first + list.studies.length - 1;
    const all =
      list.matching === list.total
        ? list.total === 1
          ? "1\u00a0study"
          : `${list.total}\u00a0studies`
        : `${list.matching} of ${list.total}\u00a0studies`;
    this.count.textContent = all;
    const isPaged = list.matching > list.size;
    const range = `${first}–${last} of ${list.matching}`;
    refill(
      this.pager,
      isPaged
        ? [
            button("‹", () => this.turn(-1), {
              class: "plain icon",
              "aria-label": "Previous page",
              disabled: list.page === 0,
              data: { focus: "page-back" },
            }),
            h("span", {}, range),
            button("›", () => this.turn(1), {
              class: "plain icon",
              "aria-label": "Next page",
              disabled: last >= list.matching,
              data: { focus: "page-on" },
            }),
          ]
        : null,
    );
    say(all);
  }

  /** @param {import("../types.js").Worklist} list */
  showEmpty(list) {
    this.empty.hidden = list.studies.length > 0;
    if (list.studies.length > 0) return;
    const none = [
      h("h3", {}, "No study in this folder yet"),
      h(
        "p",
        {},
        "Results of `isoboost run … --out` into this folder are listed here; press Refresh when a run has finished.",
      ),
    ];
    const filtered = [
      h("h3", {}, "No study fits the filters"),
      button("Clear all filters", () => this.clear(), { class: "primary" }),
    ];
    refill(this.empty, this.query.isFiltered ? filtered : none);
  }

  clear() {
    this.query.clear();
    this.filter.value = "";
    this.load();
  }

  /** @param {unknown} error */
  showError(error) {
    const text = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof Error && "remedy" in error ? String(error.remedy) : "";
    this.body.replaceChildren();
    this.empty.hidden = false;
    refill(
      this.empty,
      h("h3", {}, "The list cannot be shown"),
      h("p", {}, text),
      h("p", {}, remedy),
      button("Try again", () => this.load(), { class: "primary" }),
    );
    this.table.removeAttribute("aria-busy");
    document.documentElement.dataset.ready = "worklist";
  }
}
