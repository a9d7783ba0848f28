// @ts-check
/**
 * Signing: what changed, who approves it, and where the exported files are.
 * @module
 */

import { ApiError } from "../api.js";
import { complain } from "../announce.js";
import { button, field, h } from "../dom.js";
import { openDialog } from "../dialog.js";
import { capital, dateTime, plural } from "../format.js";
import { reviewer, setReviewer } from "../identity.js";
import { standings } from "../findings/standing.js";

/** The exported files, and what each is for. @type {[string, string][]} */
const FILES = [
  ["rtstruct.dcm", "RTSTRUCT, approved"],
  ["seg.dcm", "DICOM SEG of the lesions"],
  ["sr.dcm", "DICOM SR of the measurements"],
  ["report.html", "Report to read or print"],
  ["report.json", "Report as data"],
  ["lesions.csv", "Table of the lesions"],
  ["changes.json", "What changed from the suggestion"],
];

/** @param {import("./desk.js").Desk} desk */
export function openSignDialog(desk) {
  const name = h("input", {
    type: "text",
    required: true,
    maxLength: 64,
    value: reviewer.value,
    autocomplete: "name",
  });
  const comment = h("textarea", { rows: 3, maxLength: 1024 });
  const confirm = h("input", { type: "checkbox", required: true });
  const problem = h("p", { class: "form-problem", role: "alert" });
  const sign = h("button", { type: "submit", class: "primary" }, "Sign and export");
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    sign.disabled = true;
    problem.textContent = "";
    try {
      const signature = await desk.sign(name.value.trim(), comment.value.trim());
      setReviewer(name.value.trim());
      dialog.close();
      showSigned(desk, signature);
    } catch (error) {
      // Closed meanwhile, it has no place to tell it.
      if (!dialog.isConnected) complain(error);
      problem.textContent =
        error instanceof ApiError ? [error.message, error.remedy].filter(Boolean).join(" – ") : String(error);
      sign.disabled = false;
    }
  };
  const form = h(
    "form",
    { class: "dialog-body", data: { form: "sign" }, on: { submit } },
    changesSection(desk),
    openFindings(desk),
    field("Reviewer", name, "Written into the DICOM objects as Reviewer Name."),
    field("Comment", comment),
    h(
      "label",
      { class: "check" },
      confirm,
      "I have looked at every finding and every target, and approve them as they stand.",
    ),
    problem,
    h(
      "footer",
      { class: "dialog-actions" },
      button("Cancel", () => dialog.close()),
      sign,
    ),
  );
  const dialog = openDialog("Sign and export", [form]);
}

/** @param {import("./desk.js").Desk} desk */
function changesSection(desk) {
  const changes = desk.decisions.filter(({ decision }) => decision.kind !== "accept");
  const list =
    changes.length > 0
      ? h(
          "ol",
          { class: "changes" },
          changes.map((entry) => h("li", {}, capital(entry.sentence))),
        )
      : h("p", { class: "quiet" }, "Nothing: the suggestion is signed as it is.");
  return h("section", {}, h("h3", {}, "Changed from the suggestion"), list);
}

/** Lesions that nobody has decided on are named, for the last look. @param {import("./desk.js").Desk} desk */
function openFindings(desk) {
  const standing = standings(desk);
  const open = (desk.report?.lesions ?? []).filter((lesion) => standing(lesion.id) === "open");
  if (open.length === 0) return null;
  const names = open.map((lesion) => `${lesion.id} (${lesion.site})`).join(", ");
  return h(
    "p",
    { class: "note" },
    `${plural(open.length, "lesion")} neither accepted nor changed: ${names}.`,
  );
}

/**
 * Shows what was signed, with the files.
 * @param {import("./desk.js").Desk} desk
 * @param {import("../types.js").Signature} signature
 */
export function showSigned(desk, signature) {
  const done = button("Close", () => dialog.close(), { class: "primary" });
  const body = h(
    "div",
    { class: "dialog-body", data: { signed: "yes" } },
    h(
      "p",
      {},
      `Signed by ${signature.reviewer}, ${dateTime(signature.at)}. The suggestion is kept beside it, untouched.`,
    ),
    h("h3", {}, "Exported files"),
    fileLinks(desk, signature),
    h("p", { class: "quiet" }, "In the result folder: ", h("code", {}, signature.folder)),
    h("footer", { class: "dialog-actions" }, done),
  );
  const dialog = openDialog("Signed", [body]);
  done.focus();
}

/**
 * @param {import("./desk.js").Desk} desk
 * @param {import("../types.js").Signature} signature
 */
export function fileLinks(desk, signature) {
  const count = signature.folder.replaceAll("\\", "/").replace(/\/$/, "").split("/").at(-1) ?? "1";
  const links = FILES.map(([file, text]) =>
    h(
      "li",
      {},
      h(
        "a",
        {
          href: desk.api.file(`signed/${count}/${file}`),
          target: file.endsWith(".html") ? "_blank" : "",
          rel: "noopener",
        },
        file,
      ),
      h("span", { class: "quiet" }, text),
    ),
  );
  return h("ul", { class: "files" }, links);
}
