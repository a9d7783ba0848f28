// The whole way without a mouse: open, step through findings, reject, undo, accept, sign.
//
//     node keyboard.mjs ADDRESS FOLDER

import assert from "node:assert/strict";
import path from "node:path";
import fs from "node:fs";
import { openWindow, startBrowser, until, wrongs } from "./lib/browser.mjs";
import { canvas, drawn, ready, report, saved, settled, state } from "./lib/desk.mjs";

/** More Tab presses than any page of ours has stops. */
const MOST_STOPS = 120;

const [address, folder] = process.argv.slice(2);
if (!address || !folder) throw new Error("usage: node keyboard.mjs ADDRESS FOLDER");
fs.mkdirSync(folder, { recursive: true });

const browser = await startBrowser();
const { page, watched } = await openWindow(browser, address);

/** Whether the focused element can be seen to be focused: an outline, or another mark by its style. */
function focusIsVisible() {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return true;
  const style = getComputedStyle(element);
  return (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}

/** Walks through all stops of the page; tells those whose focus cannot be seen. */
async function walk() {
  const unseen = [];
  const stops = new Set();
  for (let k = 0; k < MOST_STOPS; k += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      return element && element !== document.body ? `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40)} ${element.getAttribute("data-view") ?? ""}` : null;
    });
    if (stop === null) break;
    stops.add(stop);
    if (!(await page.evaluate(focusIsVisible))) unseen.push(stop);
  }
  return { stops: stops.size, unseen };
}

/** Presses Tab until an element has the focus. @param {string} selector */
async function tabTo(selector) {
  for (let k = 0; k < MOST_STOPS; k += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no Tab leads to ${selector}`);
}

/** @param {string} keys */
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

try {
  await ready(page, "worklist");
  const list = await walk();
  await press("j", "Enter");
  await ready(page, "study");
  await settled(page);
  const study = await walk();

  // A view takes the arrow keys: the slices of the others follow.
  await tabTo('canvas[data-view="axial"]');
  const before = await drawn(page, "axial");
  await press("PageUp");
  await until("the next slice is drawn", async () => (await drawn(page, "axial")) > before);
  const sagittal = await canvas(page, "sagittal").getAttribute("data-at");
  await press("ArrowRight", "ArrowRight", "ArrowRight");
  await until("the cross-hair moves", async () => (await canvas(page, "sagittal").getAttribute("data-at")) !== sagittal);

  await press("?");
  await page.getByRole("dialog").waitFor();
  await page.screenshot({ path: path.join(folder, "keys.png") });
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  const lesions = (await report(page)).lesions.length;
  await press("n", "x");
  await page.keyboard.type("Benign bone lesion");
  // The first decision asks who decides where the name is not known.
  await saved(page, async () => {
    await press("Enter");
    const asked = page.getByRole("dialog");
    if ((await asked.count()) > 0) {
      await page.keyboard.type("Key Board");
      await press("Enter");
    }
  });
  assert.equal((await report(page)).lesions.length, lesions - 1);
  await saved(page, () => press("Control+z"));
  assert.equal((await report(page)).lesions.length, lesions);
  await press("n");
  await saved(page, () => press("a"));
  await settled(page);

  await press("Shift+S");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await tabTo("dialog input[type=checkbox]");
  await press("Space");
  await tabTo("dialog button[type=submit]");
  await press("Enter");
  await page.locator('[data-signed="yes"]').waitFor({ timeout: 60_000 });
  await page.screenshot({ path: path.join(folder, "keyboard-signed.png") });
  await press("Escape");
  const status = (await state(page)).status;
  console.log(JSON.stringify({ list, study, status, wrong: await wrongs(page, watched) }, null, 1));
} catch (error) {
  await page.screenshot({ path: path.join(folder, "failed-keyboard.png") }).catch(() => {});
  throw error;
} finally {
  await browser.close();
}
