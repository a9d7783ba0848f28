// @ts-check
/**
 * The audit trail: who decided what and when, with what was taken back.
 * @module
 */

import { h, refill } from "../dom.js";
import { capital, dateTime } from "../format.js";

export class TrailPanel {
  /** @param {import("./desk.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.element = h("div", { class: "trail" });
  }

  fill() {
    const study = this.desk.study.value;
    const entries = [...(study?.decisions ?? [])].reverse();
    const rows = entries.map((entry) =>
      h(
        "li",
        { class: entry.undone ? "undone" : "", data: { entry: String(entry.id) } },
        h("p", {}, capital(entry.sentence), entry.undone ? h("span", { class: "tag" }, "taken back") : null),
        h("p", { class: "quiet" }, `${entry.who} · `, h("time", { dateTime: entry.at }, dateTime(entry.at))),
      ),
    );
    refill(
      this.element,
      study?.signature
        ? h(
            "p",
            { class: "signed-line" },
            `Signed by ${study.signature.reviewer}, ${dateTime(study.signature.at)}${study.status === "signed" ? "" : "; changed since"}`,
          )
        : null,
      rows.length > 0
        ? h("ol", { class: "trail-list", reversed: true }, rows)
        : h(
            "p",
            { class: "quiet" },
            "Nothing was decided yet. Every decision is listed here with who took it and when; nothing is ever deleted.",
          ),
    );
  }
}
