// @ts-check
/**
 * What the worklist shows: page, order and filters, kept in the page's address so that going back
 * from a study finds the list as it was left.
 * @module
 */

/** The columns by which the server sorts. */
export const SORTS = ["patient", "date", "status", "mi_tnm", "lesions", "recommendation", "warnings"];

/** The facets, as the server names them. */
export const FACETS = ["status", "intensification", "region", "warnings"];

const DEFAULTS = { page: "0", size: "50", sort: "date", order: "desc" };

/** The question put to the server. */
export class WorklistQuery {
  /** @param {URLSearchParams} address */
  constructor(address) {
    this.values = new URLSearchParams(DEFAULTS);
    for (const name of ["page", "sort", "order", "text", ...FACETS]) {
      const value = address.get(name);
      if (value) this.values.set(name, value);
    }
  }

  get text() {
    return this.values.get("text") ?? "";
  }

  get page() {
    return Number(this.values.get("page")) || 0;
  }

  get size() {
    return Number(this.values.get("size")) || 50;
  }

  /** @param {string} sort */
  orderOf(sort) {
    return this.values.get("sort") === sort ? this.values.get("order") : null;
  }

  /** Sorts by a column, the other way round when it is the one already. @param {string} sort */
  sortBy(sort) {
    const order = this.orderOf(sort) === "asc" ? "desc" : "asc";
    this.set("sort", sort);
    this.set("order", order);
    this.set("page", "0");
  }

  /** @param {string} facet */
  chosen(facet) {
    return (this.values.get(facet) ?? "").split(",").filter(Boolean);
  }

  /** @param {string} facet @param {string} value */
  toggle(facet, value) {
    const chosen = this.chosen(facet);
    const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    this.set(facet, next.join(","));
    this.set("page", "0");
  }

  get isFiltered() {
    return this.text !== "" || FACETS.some((facet) => this.values.has(facet));
  }

  clear() {
    for (const name of ["text", ...FACETS]) this.values.delete(name);
    this.set("page", "0");
  }

  /** @param {string} name @param {string} value */
  set(name, value) {
    if (value === "") this.values.delete(name);
    else this.values.set(name, value);
  }

  /** Writes it into the address, without a step in the history. */
  keep() {
    const kept = new URLSearchParams(this.values);
    for (const [name, value] of Object.entries(DEFAULTS)) if (kept.get(name) === value) kept.delete(name);
    const text = kept.toString();
    history.replaceState(null, "", text ? `#/?${text}` : "#/");
  }
}
