// A planner's way through one study: look, reject, reclassify, change a margin, undo and redo, sign.
//
//     node journey.mjs ADDRESS FOLDER
//
// ADDRESS is what `isoboost review` printed, FOLDER takes a picture of each step. On stdout: what was
// decided, what was signed, and what was wrong with the pages (accessibility, policy, scripts).

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { openWindow, startBrowser, until, wrongs } from "./lib/browser.mjs";
import { auditBoth } from "./lib/accessibility.mjs";
import { canvas, choose, drawn, introduce, openForm, openStudy, ready, report, saved, settled, stage, state } from "./lib/desk.mjs";

const REVIEWER = "Ada Öztürk";
const COMMENT = "Upper node left out after the tumour board";

/** The margin from CTV to PTV that is set, mm: none that the policy has. */
const PTV_MARGIN_MM = 9;

/** The class that a node is given. */
const NEW_REGION = "prostate_bed";

const [address, folder] = process.argv.slice(2);
if (!address || !folder) throw new Error("usage: node journey.mjs ADDRESS FOLDER");
fs.mkdirSync(folder, { recursive: true });

const browser = await startBrowser();
const { page, watched } = await openWindow(browser, address);
const grave = /** @type {string[]} */ ([]);
let step = 0;

/** Takes a picture and audits the page as it stands. @param {string} name */
async function look(name) {
  step += 1;
  await page.screenshot({ path: path.join(folder ?? "", `${String(step).padStart(2, "0")}-${name}.png`) });
  grave.push(...(await auditBoth(page, name)));
}

async function worklist() {
  await ready(page, "worklist");
  await look("worklist");
  await page.getByRole("button", { name: "Keys" }).click();
  await look("worklist-keys");
  await page.keyboard.press("Escape");
}

/** The cross-hair follows a click: the other planes draw other slices, and the values are told. */
async function moveCrosshair() {
  const before = { coronal: await drawn(page, "coronal"), sagittal: await drawn(page, "sagittal") };
  const at = await canvas(page, "coronal").getAttribute("data-at");
  const box = await canvas(page, "axial").boundingBox();
  assert(box);
  await page.mouse.click(box.x + box.width * 0.4, box.y + box.height * 0.45);
  await until("the other planes follow", async () => (await drawn(page, "coronal")) > before.coronal && (await drawn(page, "sagittal")) > before.sagittal);
  assert.notEqual(await canvas(page, "coronal").getAttribute("data-at"), at);
  await look("crosshair");
}

/** @param {any} lesion */
async function reject(lesion) {
  await choose(page, lesion.id);
  await look("lesion");
  const form = await openForm(page, "Reject");
  await form.getByLabel("Reason").fill("Degenerative change");
  await look("reject-form");
  await saved(page, () => form.getByRole("button", { name: "Reject lesion" }).click());
  const now = await report(page);
  assert(!now.lesions.some((/** @type {any} */ other) => other.id === lesion.id), "the rejected lesion is none any more");
  assert(now.excluded.some((/** @type {any} */ other) => other.id === lesion.id), "it is among the excluded");
  assert.equal(await page.locator(".excluded-as").innerText(), "Excluded", "no certainty of rules is told of a person's rejection");
  await look("rejected");
}

/**
 * Every form of a lesion and of an excluded finding is opened, looked at and left: nothing is decided.
 * @param {any} lesion
 * @param {any} excluded
 */
async function forms(lesion, excluded) {
  const { revision } = await state(page);
  /** @param {string} label @param {(form: import("playwright-core").Locator) => Promise<unknown>} [fill] */
  const visit = async (label, fill) => {
    const form = await openForm(page, label);
    await fill?.(form);
    await look(`${label.toLowerCase().replaceAll(" ", "-")}-form`);
    await form.getByRole("button", { name: "Cancel" }).click();
    await form.waitFor({ state: "detached" });
  };
  const preview = () => page.locator(".form-preview").filter({ hasText: "mL" }).waitFor();
  await choose(page, lesion.id);
  await visit("Outline", async (form) => {
    await form.getByLabel("Rule").selectOption({ index: 1 });
    await preview();
  });
  await visit("Brush", (form) => form.getByRole("button", { name: "Erase" }).click());
  await visit("Dose", (form) => form.getByLabel("Fractions").fill("0"));
  await visit("Merge", async (form) => {
    const other = form.getByRole("checkbox").first();
    await other.check();
    // The phantom's lesions lie too far apart, which the preview tells before anything is sent.
    await page.locator(".form-preview").filter({ hasText: "cannot be merged" }).waitFor();
    await other.uncheck();
    await until("the preview of what is no longer chosen goes", async () => (await page.locator(".form-preview").innerText()) === "");
    await other.check();
    await page.locator(".form-preview").filter({ hasText: "cannot be merged" }).waitFor();
  });
  await visit("Split", async () => {
    await canvas(page, "axial").focus();
    await page.keyboard.press("Enter");
  });
  await visit("Add lesion", async () => {
    await canvas(page, "axial").focus();
    await page.keyboard.press("Enter");
  });
  // Another tool in the hand ends the form whose tool it was.
  const brush = await openForm(page, "Brush");
  await page.getByRole("button", { name: "Distance" }).click();
  await brush.waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await choose(page, excluded.id);
  await look("excluded");
  await visit("Restore", (form) => form.getByLabel("Class").selectOption("pelvic_node"));
  assert.equal((await state(page)).revision, revision, "a form that is left decides nothing");
}

/** An enlarged view, and a zoom meanwhile: the others have it when they are back. */
async function enlarge() {
  const box = await canvas(page, "axial").boundingBox();
  assert(box);
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await canvas(page, "sagittal").waitFor({ state: "hidden" });
  const before = { coronal: await drawn(page, "coronal"), sagittal: await drawn(page, "sagittal") };
  await page.keyboard.press("z");
  await look("enlarged");
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await canvas(page, "sagittal").waitFor();
  await until("the other planes are drawn anew", async () => (await drawn(page, "coronal")) > before.coronal && (await drawn(page, "sagittal")) > before.sagittal);
  await look("zoomed");
  await page.keyboard.press("z");
}

/** @param {any} lesion */
async function reclassify(lesion) {
  await choose(page, lesion.id);
  const form = await openForm(page, "Reclassify");
  await form.getByLabel("Class").selectOption(NEW_REGION);
  await look("reclassify-form");
  await saved(page, () => form.getByRole("button", { name: "Save class" }).click());
  const now = (await report(page)).lesions.find((/** @type {any} */ other) => other.id === lesion.id);
  assert.equal(now.region, NEW_REGION);
  await settled(page);
}

/** @param {any} lesion */
async function changeMargin(lesion) {
  await choose(page, lesion.id);
  const form = await openForm(page, "Margins");
  const field = form.locator(".margin-field").nth(1);
  if (await field.getByLabel("by side").isChecked()) await field.getByLabel("by side").uncheck();
  assert.notEqual(await field.getByLabel("CTV to PTV (mm)").first().inputValue(), "", "the form begins with the margin that holds");
  await field.getByLabel("CTV to PTV (mm)").first().fill(String(PTV_MARGIN_MM));
  await look("margins-form");
  await saved(page, () => form.getByRole("button", { name: "Save margins" }).click());
  await settled(page);
}

async function undoAndRedo() {
  const before = await stage(page);
  const decided = JSON.stringify((await report(page)).targets);
  await saved(page, () => page.getByRole("button", { name: "Undo" }).click());
  await settled(page);
  assert.notEqual(JSON.stringify((await report(page)).targets), decided, "undo takes the margin back");
  await saved(page, () => page.getByRole("button", { name: "Redo" }).click());
  await settled(page);
  assert.equal(JSON.stringify((await report(page)).targets), decided, "redo brings it again");
  assert.equal(await stage(page), before);
}

async function panels() {
  await page.getByRole("tab", { name: "Plan" }).click();
  await look("plan");
  await page.getByRole("tab", { name: "Trail" }).click();
  await look("trail");
  const events = await page.locator("[data-event]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-event")));
  assert.deepEqual(events, ["redo", "undo", "decision", "decision", "decision"], "the trail tells everything, the newest first");
  await page.getByRole("tab", { name: "Findings" }).click();
}

async function sign() {
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Comment").fill(COMMENT);
  await dialog.getByRole("checkbox").check();
  await look("sign");
  await dialog.getByRole("button", { name: "Sign and export" }).click();
  await page.locator('[data-signed="yes"]').waitFor({ timeout: 60_000 });
  await look("signed");
  assert.equal(await page.locator('[data-banner="conflict"]').count(), 0, "nobody else has changed anything");
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  assert.equal((await state(page)).status, "signed");
  await page.getByRole("link", { name: "Back to the worklist" }).click();
  await ready(page, "worklist");
  assert.match(await page.locator("tr[data-folder] .headline").first().innerText(), /^2 in the prostate bed, 1\spelvic node; \d+ excluded$/, "what was found is said as it stands now");
  await look("worklist-signed");
}

try {
  await worklist();
  await openStudy(page);
  await introduce(page, REVIEWER);
  await look("study");
  const suggestion = await report(page);
  const nodes = suggestion.lesions.filter((/** @type {any} */ lesion) => lesion.region === "pelvic_node");
  const bed = suggestion.lesions.find((/** @type {any} */ lesion) => lesion.region === "prostate_bed");
  assert(nodes.length >= 3 && bed, "the phantom has three nodes and a recurrence in the bed");
  // The highest node is rejected, the lowest one taken for a recurrence in the bed.
  const [rejected, kept, reclassified] = nodes.sort((/** @type {any} */ a, /** @type {any} */ b) => b.max_mm[2] - a.max_mm[2]);
  await moveCrosshair();
  await enlarge();
  await forms(bed, suggestion.excluded[0]);
  await reject(rejected);
  await reclassify(reclassified);
  await changeMargin(kept);
  await undoAndRedo();
  await panels();
  await sign();
  const told = {
    reviewer: REVIEWER,
    comment: COMMENT,
    rejected: rejected.id,
    reclassified: { finding: reclassified.id, region: NEW_REGION },
    margin: { finding: kept.id, ptv_mm: PTV_MARGIN_MM },
    pictures: step,
    grave,
    wrong: await wrongs(page, watched),
  };
  console.log(JSON.stringify(told, null, 1));
} catch (error) {
  await page.screenshot({ path: path.join(folder, "failed.png") }).catch(() => {});
  throw error;
} finally {
  await browser.close();
}
