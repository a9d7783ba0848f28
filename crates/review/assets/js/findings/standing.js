// @ts-check
/**
 * How each finding stands in the review: untouched, accepted, changed, added.
 * @module
 */

/** @typedef {"open"|"accepted"|"changed"|"added"} Standing */

/**
 * @param {import("../study/desk.js").Desk} desk
 * @returns {(finding: number) => Standing}
 */
export function standings(desk) {
  const study = desk.study.value;
  const suggested = new Set(
    [...(study?.suggestion?.lesions ?? []), ...(study?.suggestion?.excluded ?? [])].map(
      (finding) => finding.id,
    ),
  );
  /** @type {Map<number, Standing>} */
  const found = new Map();
  for (const { decision } of desk.decisions) {
    const findings = decision.findings ?? [decision.finding];
    for (const finding of findings)
      if (typeof finding === "number")
        found.set(finding, decision.kind === "accept" ? "accepted" : "changed");
  }
  return (finding) => found.get(finding) ?? (suggested.has(finding) ? "open" : "added");
}

/** @type {Record<Standing, string>} */
export const STANDING_TEXT = {
  open: "not decided on yet",
  accepted: "accepted",
  changed: "changed by the reviewer",
  added: "added by the reviewer",
};

/** @type {Record<Standing, string>} */
export const STANDING_MARK = { open: "", accepted: "✓", changed: "✎", added: "+" };
