// @ts-check
/**
 * SUV, HU and position under the pointer; at the cross-hair when the pointer is elsewhere.
 * @module
 */

import { isAborted } from "../api.js";
import { h } from "../dom.js";
import { ABSENT, number, quantity } from "../format.js";
import { BoundedCache, NewestLoader } from "./newest.js";

/** @typedef {{key: string, at: import("../types.js").Lps, place: string}} Asked */

/** Values of so many places are remembered. */
const REMEMBERED = 500;

export class Readout {
  /** @param {import("./light_table.js").LightTable} table */
  constructor(table) {
    this.table = table;
    this.place = h("span", { class: "readout-place" });
    this.suv = h("b");
    this.hu = h("b");
    this.position = h("b");
    this.inside = h("span", { class: "readout-inside" });
    this.element = h(
      "div",
      { class: "readout", role: "group", "aria-label": "Values" },
      this.place,
      h("span", { class: "readout-suv" }, "SUV ", this.suv),
      h("span", { class: "readout-hu" }, "HU ", this.hu),
      h("span", { class: "readout-lps" }, "LPS ", this.position),
      this.inside,
    );
    this.loader = new NewestLoader({
      load: (/** @type {Asked} */ { at }, signal) => table.api.probe(at, signal),
      arrived: (asked, probe) => this.show(asked, probe),
      failed: (error) => {
        if (!isAborted(error)) this.show(this.asked(), { suv: null, hu: null, inside: [] });
      },
      cache: new BoundedCache(REMEMBERED, () => 1),
      until: table.until,
    });
    for (const signal of [table.pointer, table.crosshair, table.epoch])
      signal.listen(() => this.ask(), table.until);
    this.ask();
  }

  ask() {
    this.loader.want(this.asked());
  }

  /** @returns {Asked} */
  asked() {
    const { pointer, crosshair, epoch } = this.table;
    const at = pointer.value ?? crosshair.value;
    const place = pointer.value ? "Pointer" : "Cross-hair";
    return { key: `${epoch.value}|${at.map((mm) => mm.toFixed(1)).join()}`, at, place };
  }

  /** Values are shown with the place that they were asked for, never with a later one. @param {Asked} asked @param {import("../types.js").Probe} probe */
  show({ at, place }, { suv, hu, inside }) {
    this.place.textContent = place;
    this.position.textContent = `${at.map((mm) => number(mm)).join("  ")} mm`;
    this.suv.textContent = number(suv, 2);
    this.hu.textContent = hu === null ? ABSENT : quantity(hu, "", 0).trim();
    this.inside.textContent = inside.length > 0 ? `in ${inside.join(", ")}` : "";
  }
}
