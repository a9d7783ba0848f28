// The planner's desk as a person uses it: worklist, study, findings, decisions.

import { until } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * The page has drawn what it shows first.
 * @param {Page} page
 * @param {"worklist"|"study"} which
 */
export async function ready(page, which) {
  await page.locator(`html[data-ready="${which}"]`).waitFor({ state: "attached", timeout: 60_000 });
}

/**
 * The study takes decisions, and its volumes are drawn.
 * @param {Page} page
 */
export async function settled(page) {
  await until("the study settles", async () => {
    const state = await page.locator("html").getAttribute("data-state");
    if (state === "failed") throw new Error(`the study failed: ${await page.locator(".banners").innerText()}`);
    return state === "ready";
  });
}

/**
 * Opens a study from the worklist, by a click on its row.
 * @param {Page} page
 * @param {string|null} folder  null: the first
 */
export async function openStudy(page, folder = null) {
  await ready(page, "worklist");
  const row = folder ? page.locator(`tr[data-folder="${folder}"]`) : page.locator("tr[data-folder]").first();
  await row.locator("a").click();
  await ready(page, "study");
  await settled(page);
}

/**
 * Says who decides.
 * @param {Page} page
 * @param {string} name
 */
export async function introduce(page, name) {
  await page.getByTitle("The reviewer's name").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Use this name" }).click();
}

/**
 * Chooses a finding in the list.
 * @param {Page} page
 * @param {number} finding
 */
export async function choose(page, finding) {
  await page.locator(`tr[data-finding="${finding}"] .choose`).click();
}

/**
 * A view's canvas.
 * @param {Page} page
 * @param {"axial"|"coronal"|"sagittal"|"mip"} view
 */
export function canvas(page, view) {
  return page.locator(`canvas[data-view="${view}"]`);
}

/**
 * How many pictures a view has drawn.
 * @param {Page} page
 * @param {"axial"|"coronal"|"sagittal"|"mip"} view
 */
export async function drawn(page, view) {
  return Number(await canvas(page, view).getAttribute("data-drawn"));
}

/**
 * Opens the form of a decision on the chosen finding.
 * @param {Page} page
 * @param {string} label  of its button
 */
export async function openForm(page, label) {
  await page.getByRole("toolbar", { name: "Decisions" }).getByRole("button", { name: label, exact: true }).click();
  return page.locator("form.decision-form");
}

/**
 * Does something that the server has to save, and waits until the page says that it is saved.
 * @param {Page} page
 * @param {() => Promise<void>} act
 */
export async function saved(page, act) {
  const before = await revision(page);
  await act();
  await until("the decision is saved", async () => (await revision(page)) !== before);
  await page.locator('[data-saving="saved"]').waitFor();
}

/**
 * Entries of the trail, as the server tells them: count and how many are taken back.
 * @param {Page} page
 */
async function revision(page) {
  return (await state(page)).revision;
}

/**
 * The study as the server has it now.
 * @param {Page} page
 * @returns {Promise<any>}
 */
export async function state(page) {
  const folder = decodeURIComponent(new URL(page.url()).hash.replace("#/study/", "").split("?")[0] ?? "");
  const answer = await page.request.get(new URL(`/api/studies/${encodeURIComponent(folder)}`, page.url()).href);
  if (!answer.ok()) throw new Error(`the study's state: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/**
 * The report that holds now.
 * @param {Page} page
 */
export async function report(page) {
  const study = await state(page);
  return study.current ?? study.suggestion;
}

/** The miTNM in the page's head. @param {Page} page */
export function stage(page) {
  return page.locator('[data-field="mi_tnm"]').innerText();
}
