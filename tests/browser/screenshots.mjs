// The pictures of the documentation: docs/review-*.png.
//
//     node screenshots.mjs ADDRESS FOLDER STUDY

import path from "node:path";
import { openWindow, startBrowser } from "./lib/browser.mjs";
import { canvas, choose, introduce, openForm, openStudy, ready, report, saved, settled } from "./lib/desk.mjs";

const [address, folder, study] = process.argv.slice(2);
if (!address || !folder || !study) throw new Error("usage: node screenshots.mjs ADDRESS FOLDER STUDY");

const browser = await startBrowser();
const { page } = await openWindow(browser, address);

/** @param {string} name */
async function picture(name) {
  // The pointer away from the pictures, and notices gone.
  await page.mouse.move(5, 5);
  for (const close of await page.getByRole("button", { name: "Close the message" }).all()) await close.click();
  await page.waitForLoadState("networkidle").catch(() => {});
  await page.screenshot({ path: path.join(folder ?? "", `review-${name}.png`) });
}

try {
  // Some of the worklist is under review already.
  await openStudy(page, study);
  await introduce(page, "Ada Reader");
  const { lesions } = await report(page);
  const bed = lesions.find((/** @type {any} */ lesion) => lesion.region === "prostate_bed");
  const node = lesions.find((/** @type {any} */ lesion) => lesion.region === "pelvic_node");
  await choose(page, bed.id);
  await saved(page, () => page.getByRole("toolbar", { name: "Decisions" }).getByRole("button", { name: "Accept", exact: true }).click());
  await settled(page);
  await picture("study");

  await choose(page, node.id);
  await canvas(page, "axial").focus();
  await page.keyboard.press("z");
  const form = await openForm(page, "Outline");
  await form.getByLabel("Rule").selectOption({ index: 1 });
  await page.locator(".form-preview").filter({ hasText: "mL" }).waitFor();
  await picture("outline");
  await form.getByRole("button", { name: "Cancel" }).click();
  await page.keyboard.press("z");

  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("tab", { name: "Plan" }).click();
  await picture("plan-dark");
  await page.emulateMedia({ colorScheme: "light" });

  await page.getByRole("link", { name: "Back to the worklist" }).click();
  await ready(page, "worklist");
  await picture("worklist");
} finally {
  await browser.close();
}
