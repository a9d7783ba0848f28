// @ts-check
/**
 * What a reviewer must know at once: somebody else is here, somebody else has decided, the study
 * cannot be opened, the server is gone.
 * @module
 */

import { button, h, refill } from "../dom.js";
import { moment } from "../format.js";

/** @param {import("./desk.js").Desk} desk */
export function banners(desk) {
  const box = h("div", { class: "banners", "aria-live": "polite" });
  let shown = "";
  const fill = () => {
    const all = [unreachable(desk), conflict(desk), failure(desk), others(desk), opening(desk)].filter(
      (banner) => banner !== null,
    );
    const text = all.map((banner) => banner.textContent).join("|");
    // Screen readers read what is replaced: only what changed is.
    if (text === shown) return;
    shown = text;
    refill(box, all);
  };
  for (const signal of [desk.study, desk.conflict, desk.others, desk.isReachable])
    signal.listen(fill, desk.until);
  return box;
}

/**
 * @param {string} kind
 * @param {string} title
 * @param {string} text
 * @param {HTMLElement|null} action
 */
function banner(kind, title, text, action = null) {
  return h(
    "div",
    { class: `banner banner-${kind}`, data: { banner: kind } },
    h("p", {}, h("strong", {}, title), ` ${text}`),
    action,
  );
}

/** @param {import("./desk.js").Desk} desk */
function unreachable(desk) {
  if (desk.isReachable.value) return null;
  return banner(
    "error",
    "The server does not answer.",
    "Everything that was shown as saved is kept; start `isoboost review` again and open its address.",
  );
}

/** @param {import("./desk.js").Desk} desk */
function conflict(desk) {
  const found = desk.conflict.value;
  if (!found) return null;
  const who = found.others.map((other) => other.who).join(", ");
  const text = `${found.text} ${found.remedy}${who ? ` Also here: ${who}.` : ""}`;
  return banner(
    "conflict",
    "Changed by somebody else.",
    text,
    button("Load the newest state", () => desk.reload(), {
      class: "primary",
      data: { focus: "load-newest" },
    }),
  );
}

/** @param {import("./desk.js").Desk} desk */
function failure(desk) {
  const study = desk.study.value;
  if (study?.state !== "failed") return null;
  if (desk.isStuck)
    return banner(
      "error",
      "The volumes of the last decision cannot be drawn; undo it to go on.",
      study.reason ?? "",
    );
  return banner(
    "error",
    study.suggestion ? "Nothing can be decided here." : "This study has no result.",
    study.reason ?? "",
  );
}

/** @param {import("./desk.js").Desk} desk */
function others(desk) {
  const found = desk.others.value;
  if (found.length === 0) return null;
  const who = found.map((other) => `${other.who} (since ${moment(other.since)})`).join(", ");
  return banner(
    "others",
    found.length === 1
      ? "Somebody else is looking at this study too:"
      : "Others are looking at this study too:",
    who,
  );
}

/** @param {import("./desk.js").Desk} desk */
function opening(desk) {
  const state = desk.study.value?.state;
  if (state === "loading") return banner("quiet", "Loading the images …", "");
  if (state === "looking" || state === "analysing")
    return banner(
      "quiet",
      "The analysis is being reopened.",
      "You can look at everything; decisions are possible in a moment.",
    );
  return null;
}
