// @ts-check
/**
 * The audit trail: who did what and when; undoing, redoing and signing are in it like decisions.
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
    const undone = new Set(study?.decisions.filter((entry) => entry.undone).map((entry) => entry.id));
    const events = [...(study?.events ?? [])].reverse();
    const rows = events.map((event) => {
      const isUndone = undone.has(event.id);
      return h(
        "li",
        {
          class: isUndone ? "undone" : `event-${event.kind}`,
          value: event.revision,
          data: { event: event.kind, entry: String(event.id) },
        },
        h("p", {}, capital(event.sentence), isUndone ? h("span", { class: "tag" }, "taken back") : null),
        h("p", { class: "quiet" }, `${event.who} · `, h("time", { dateTime: event.at }, dateTime(event.at))),
      );
    });
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
            "Nothing was decided yet. Every decision is listed here with who took it and when, and so is what is undone, redone and signed; nothing is ever deleted.",
          ),
    );
  }
}
