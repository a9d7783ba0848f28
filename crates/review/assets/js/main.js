// @ts-check
/**
 * The way in: asks for the session and shows the page that the address names.
 * @module
 */

import { getSession } from "./api.js";
import { h } from "./dom.js";
import { proposeReviewer } from "./identity.js";
import { showStudy } from "./study/study.js";
import { showWorklist } from "./worklist/worklist.js";

/** @type {AbortController|null} */
let page = null;

/** @type {import("./types.js").Session|null} */
let session = null;

/**
 * Shows the page of the address' fragment: `#/study/FOLDER`, otherwise the worklist.
 */
function route() {
  const view = document.getElementById("view");
  if (!view || !session) return;
  const [path = "", query = ""] = location.hash.replace(/^#/, "").split("?");
  page?.abort();
  // A dialog belongs to the page that opened it.
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  page = new AbortController();
  delete document.documentElement.dataset.ready;
  view.replaceChildren();
  const study = /^\/study\/(.+)$/.exec(path);
  if (study?.[1]) showStudy(view, decodeURIComponent(study[1]), page.signal);
  else showWorklist(view, new URLSearchParams(query), session, page.signal);
}

async function start() {
  try {
    session = await getSession();
  } catch (error) {
    showFailure(error);
    return;
  }
  proposeReviewer(session.user);
  window.addEventListener("hashchange", () => {
    route();
    document.getElementById("view")?.focus({ preventScroll: true });
  });
  route();
}

/** @param {unknown} error */
function showFailure(error) {
  const view = document.getElementById("view");
  const text = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof Error && "remedy" in error ? String(error.remedy) : "";
  view?.replaceChildren(
    h(
      "main",
      { class: "empty" },
      h("h1", {}, "The review cannot begin"),
      h("p", {}, text),
      h("p", {}, remedy),
    ),
  );
}

start();
