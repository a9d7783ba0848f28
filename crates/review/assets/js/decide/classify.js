// @ts-check
/**
 * Reject, restore, reclassify.
 * @module
 */

import { field, h, select } from "../dom.js";
import { words } from "../format.js";
import { DecisionForm } from "./form.js";

/** Reasons that come up again and again; any other can be written. */
const REASONS = [
  "Physiological uptake",
  "Urine in the ureter",
  "Benign bone lesion",
  "Degenerative change",
  "Ganglion",
  "Inflammation",
  "Artefact",
];

export class RejectForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("reject", `Reject lesion ${place.finding}`, "Reject lesion", place);
    const list = h(
      "datalist",
      { id: "reject-reasons" },
      REASONS.map((reason) => h("option", { value: reason })),
    );
    this.reason = h("input", { type: "text", maxLength: 200, list: list.id, autocomplete: "off" });
    this.fields.append(
      field("Reason", this.reason, "It goes to the excluded findings with this reason and can be restored."),
      list,
    );
  }

  draft() {
    return { decision: { kind: "reject", finding: this.finding, reason: this.reason.value.trim() } };
  }
}

export class RestoreForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("restore", `Restore finding ${place.finding} as a lesion`, "Restore finding", place);
    /** @type {[string, string][]} */
    const regions = [
      ["", "as judged by its place"],
      ...["prostate_bed", "pelvic_node", "distant", "undetermined"].map(
        (region) => /** @type {[string, string]} */ ([region, words(region)]),
      ),
    ];
    this.region = select(regions, "");
    this.region.addEventListener("change", () => this.previewSoon());
    this.fields.append(field("Class", this.region));
  }

  begin() {
    super.begin();
    this.followPreview();
  }

  draft() {
    return { decision: { kind: "restore", finding: this.finding, region: this.region.value || null } };
  }
}

export class ReclassifyForm extends DecisionForm {
  /** @param {import("./form.js").FormPlace} place */
  constructor(place) {
    super("reclassify", `Reclassify lesion ${place.finding}`, "Save class", place);
    const lesion = this.desk.report?.lesions.find((other) => other.id === place.finding);
    this.before = lesion;
    this.region = select(
      [
        ["prostate_bed", "Prostate bed"],
        ["pelvic_node", "Pelvic node"],
        ["distant", "Distant"],
        ["undetermined", "Undetermined"],
      ],
      lesion?.region ?? "undetermined",
    );
    this.station = h("select");
    this.category = select(
      [
        ["", "by its place"],
        ["M1a", "M1a – node"],
        ["M1b", "M1b – bone"],
        ["M1c", "M1c – organ"],
      ],
      "",
    );
    this.stationField = field("Station", this.station);
    this.categoryField = field("Category", this.category);
    this.region.addEventListener("change", () => this.fillStations());
    for (const control of [this.region, this.station, this.category])
      control.addEventListener("change", () => this.previewSoon());
    this.fields.append(field("Class", this.region), this.stationField, this.categoryField);
    /** @type {import("../types.js").Options["stations"]} */
    this.stations = [];
  }

  async begin() {
    super.begin();
    try {
      const options = await this.desk.options();
      this.stations = options.stations;
      this.fillStations();
      this.followPreview();
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** Only the stations of the class are offered. */
  fillStations() {
    const region = this.region.value;
    const fitting = this.stations.filter((station) => station.region === region);
    const now = this.before?.region === region ? (this.before?.station ?? "") : "";
    const none = h("option", { value: "" }, region === "distant" ? "no node" : "not given");
    this.station.replaceChildren(
      none,
      ...fitting.map((station) =>
        h("option", { value: station.name, selected: station.name === now }, words(station.name)),
      ),
    );
    this.stationField.hidden = fitting.length === 0;
    this.categoryField.hidden = region !== "distant";
  }

  draft() {
    const region = this.region.value;
    const before = this.before?.region === region ? (this.before?.station ?? null) : null;
    const chosen = this.stationField.hidden ? null : this.station.value || null;
    // Until the stations are there, the lesion keeps its own.
    const station = this.stations.length === 0 ? before : chosen;
    const category = region === "distant" ? this.category.value || null : null;
    return { decision: { kind: "reclassify", finding: this.finding, region, station, category } };
  }
}
