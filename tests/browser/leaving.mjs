// A decision that is under way when the study is left reaches the server all the same.
//
//     node leaving.mjs ADDRESS FOLDER

import path from "node:path";
import { openWindow, startBrowser, until, wrongs } from "./lib/browser.mjs";
import { choose, introduce, openStudy, ready, report, state } from "./lib/desk.mjs";

/** So long a slow line holds the decision back, ms. */
const HELD_MS = 500;

const [address, folder] = process.argv.slice(2);
if (!address || !folder) throw new Error("usage: node leaving.mjs ADDRESS FOLDER");

const browser = await startBrowser();
const { page, watched } = await openWindow(browser, address);
try {
  await openStudy(page);
  await introduce(page, "Ada Reader");
  const [lesion] = (await report(page)).lesions;
  const study = page.url();
  let isSent = false;
  await page.route("**/decisions", async (route) => {
    isSent = true;
    await new Promise((resolve) => setTimeout(resolve, HELD_MS));
    await route.continue().catch(() => {});
  });
  await choose(page, lesion.id);
  await page.keyboard.press("a");
  await until("the decision is sent", async () => isSent);
  await page.getByRole("link", { name: "Back to the worklist" }).click();
  await ready(page, "worklist");
  await page.waitForTimeout(2 * HELD_MS);
  await page.goto(study);
  await ready(page, "study");
  const decisions = (await state(page)).decisions.map((/** @type {any} */ entry) => [entry.who, entry.decision.kind]);
  console.log(JSON.stringify({ decisions, wrong: await wrongs(page, watched) }, null, 1));
} catch (error) {
  await page.screenshot({ path: path.join(folder, "failed-leaving.png") }).catch(() => {});
  throw error;
} finally {
  await browser.close();
}
