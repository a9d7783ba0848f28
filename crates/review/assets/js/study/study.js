// @ts-check
/**
 * The study view: pictures on the left, findings, plan and trail on the right.
 * @module
 */

import { isAborted } from "../api.js";
import { complain } from "../announce.js";
import { h, refill } from "../dom.js";
import { FindingCard } from "../findings/card.js";
import { FindingList } from "../findings/list.js";
import { PlanPanel, intensification, warningTexts } from "../plan/plan.js";
import { Shortcuts } from "../shortcuts.js";
import { banners } from "./banners.js";
import { Desk } from "./desk.js";
import { studyHeader } from "./header.js";
import { bindStudyKeys } from "./keys.js";
import { announcePresence } from "./presence.js";
import { fileLinks, openSignDialog } from "./sign.js";
import { Tabs } from "./tabs.js";
import { TrailPanel } from "./trail.js";
import { Viewer } from "../view/viewer.js";

/**
 * @param {HTMLElement} view
 * @param {string} folder
 * @param {AbortSignal} until
 */
export function showStudy(view, folder, until) {
  const page = new StudyPage(folder, until);
  view.append(...page.parts);
  page.start();
}

class StudyPage {
  /**
   * @param {string} folder
   * @param {AbortSignal} until
   */
  constructor(folder, until) {
    this.until = until;
    this.desk = new Desk(folder, until);
    this.keys = new Shortcuts(until);
    /** @type {Viewer|null} */
    this.viewer = null;
    /** Where the cross-hair was sent by choosing a finding. @type {import("../types.js").Lps|null} */
    this.chosenAt = null;
    /** @type {Set<number>} */
    this.known = new Set();
    const table = () => this.viewer?.table ?? null;
    const choose = (/** @type {number} */ finding) => this.choose(finding);
    this.list = new FindingList(this.desk, { choose, restore: (finding) => this.restore(finding) });
    this.card = new FindingCard(this.desk, table);
    this.plan = new PlanPanel(this.desk, table, choose);
    this.trail = new TrailPanel(this.desk);
    this.glance = h("div", { class: "glance" });
    this.tabs = new Tabs([
      ["findings", "Findings", h("div", { class: "findings-tab" }, this.list.element, this.card.element)],
      ["plan", "Plan", this.plan.element],
      ["trail", "Trail", this.trail.element],
    ]);
    this.place = h(
      "div",
      { class: "viewer-place" },
      h("p", { class: "viewer-wait" }, "Loading the images …"),
    );
    this.parts = this.layout();
    this.listen();
  }

  layout() {
    const header = studyHeader(this.desk, { sign: () => this.sign(), help: () => this.keys.help() });
    const main = h("main", { class: "viewer-main", "aria-label": "Pictures" }, this.place);
    const panel = h(
      "aside",
      { class: "panel", "aria-label": "Findings and plan" },
      this.glance,
      this.tabs.element,
    );
    return [header, banners(this.desk), h("div", { class: "study-layout" }, main, panel)];
  }

  listen() {
    this.desk.study.listen(() => this.fill(), this.until);
    this.desk.saving.listen(() => this.card.form?.update(), this.until);
    this.desk.conflict.listen(() => this.fill(), this.until);
    this.desk.redrawn.listen(() => {
      this.viewer?.table.outlinesChanged(this.desk.report);
      this.plan.fill();
    }, this.until);
  }

  async start() {
    try {
      await this.desk.start();
    } catch (error) {
      if (!isAborted(error)) this.showError(error);
      return;
    }
    announcePresence(this.desk);
    bindStudyKeys(this);
  }

  fill() {
    const study = this.desk.study.value;
    const report = this.desk.report;
    if (!study) return;
    document.documentElement.dataset.state = study.state;
    this.list.fill();
    this.card.fill();
    this.plan.fill();
    this.trail.fill();
    this.followFindings();
    this.tabs.count("findings", report ? report.lesions.length : 0);
    this.tabs.count("plan", report ? warningTexts(report).length : 0, "warnings");
    this.tabs.count("trail", study.events.length);
    if (report) this.fillGlance(report, study);
    if (study.scene && !this.viewer) this.openViewer(study.scene);
    if (study.state === "failed" && !study.scene) this.showNoPictures(study.reason);
  }

  /** @param {import("../types.js").Report} report @param {import("../types.js").Study} study */
  fillGlance(report, study) {
    const signed = study.status === "signed" && study.signature;
    refill(
      this.glance,
      h("div", { class: "chips" }, intensification(report)),
      h("p", { class: "sentence", title: report.stage.sentence }, report.stage.sentence),
      signed
        ? h(
            "details",
            { class: "signed-files" },
            h("summary", {}, "Signed files"),
            fileLinks(this.desk, signed),
          )
        : null,
    );
  }

  /** @param {import("../types.js").Scene} scene */
  openViewer(scene) {
    const viewer = new Viewer(scene, this.desk, this.until, (finding) => this.choose(finding));
    this.viewer = viewer;
    refill(this.place, viewer.element);
    viewer.table.outlinesChanged(this.desk.report);
    viewer.table.under.listen((finding) => this.crosshairIn(finding), this.until);
    this.plan.fill();
    viewer.ready.then(() => {
      if (!this.until.aborted) document.documentElement.dataset.ready = "study";
    });
  }

  /** @param {string|null} reason */
  showNoPictures(reason) {
    refill(
      this.place,
      h("div", { class: "viewer-wait" }, h("p", {}, "The images cannot be shown."), h("p", {}, reason ?? "")),
    );
    document.documentElement.dataset.ready = "study";
  }

  /** @param {unknown} error */
  showError(error) {
    complain(error);
    const remedy = error instanceof Error && "remedy" in error ? String(error.remedy) : "";
    refill(
      this.place,
      h(
        "div",
        { class: "viewer-wait" },
        h("p", {}, error instanceof Error ? error.message : String(error)),
        h("p", {}, remedy),
      ),
    );
    document.documentElement.dataset.ready = "study";
  }

  /** A finding that the cross-hair was moved into is selected, unless one is being worked on. @param {number|null} finding */
  crosshairIn(finding) {
    this.list.under = finding;
    this.list.mark();
    const table = this.viewer?.table;
    const wasChosen = table?.crosshair.value === this.chosenAt;
    if (!table || finding === null || wasChosen || this.card.form || table.tool.value) return;
    this.card.select(finding);
    this.list.select(finding);
    table.selected.set(finding);
  }

  /** A finding that a decision made is selected; one that is gone is no longer. */
  followFindings() {
    const order = this.list.order();
    const fresh = order.filter((finding) => !this.known.has(finding));
    const isOwn = this.known.size > 0 && this.desk.saving.value.kind === "saved";
    this.known = new Set(order);
    if (isOwn && fresh[0] !== undefined) {
      this.choose(fresh[0]);
    } else if (this.list.selected !== null && !this.known.has(this.list.selected)) {
      this.card.select(null);
      this.list.select(null);
      this.viewer?.table.selected.set(null);
    }
  }

  /** Selects a finding: list, card and pictures show it. @param {number} finding */
  choose(finding) {
    const report = this.desk.report;
    const found = [...(report?.lesions ?? []), ...(report?.excluded ?? [])].find(
      (other) => other.id === finding,
    );
    if (!found) return;
    this.tabs.show("findings");
    this.card.select(finding);
    this.list.select(finding);
    const table = this.viewer?.table;
    if (!table) return;
    table.selected.set(finding);
    table.moveTo(found.max_mm);
    this.chosenAt = table.crosshair.value;
  }

  /** Selects the next or the previous finding. @param {number} by */
  step(by) {
    const order = this.list.order();
    const now = order.indexOf(this.list.selected ?? -1);
    const next = now < 0 ? 0 : (now + by + order.length) % order.length;
    if (order[next] !== undefined) this.choose(order[next]);
  }

  /** @param {number} finding */
  restore(finding) {
    this.choose(finding);
    if (this.card.form?.kind !== "restore") this.card.open("restore");
  }

  sign() {
    if (
      this.desk.isOpen &&
      this.desk.study.value?.state === "ready" &&
      this.desk.saving.value.kind !== "saving"
    )
      openSignDialog(this.desk);
  }
}
