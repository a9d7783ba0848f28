// Two people at one study: each is told of the other, and nobody overwrites what the other decided.
//
//     node two_windows.mjs ADDRESS FOLDER

import assert from "node:assert/strict";
import path from "node:path";
import fs from "node:fs";
import { openWindow, startBrowser, wrongs } from "./lib/browser.mjs";
import { auditBoth } from "./lib/accessibility.mjs";
import { choose, introduce, openForm, openStudy, report, saved, state } from "./lib/desk.mjs";

const [address, folder] = process.argv.slice(2);
if (!address || !folder) throw new Error("usage: node two_windows.mjs ADDRESS FOLDER");
fs.mkdirSync(folder, { recursive: true });

const browser = await startBrowser();
const first = await openWindow(browser, address);
const second = await openWindow(browser, address);
try {
  await openStudy(first.page);
  await introduce(first.page, "First Reader");
  await openStudy(second.page);
  await introduce(second.page, "Second Reader");
  const present = first.page.locator('[data-banner="others"]');
  await present.filter({ hasText: "Second Reader" }).waitFor({ timeout: 30_000 });
  const grave = await auditBoth(first.page, "somebody else is here");
  await first.page.screenshot({ path: path.join(folder, "others.png") });

  // The second window has a form open on what is still the state of both.
  const [lesion, other] = (await report(second.page)).lesions;
  await choose(second.page, other.id);
  const form = await openForm(second.page, "Reject");
  await form.getByLabel("Reason").fill("Ganglion");

  await choose(first.page, lesion.id);
  await saved(first.page, () => first.page.getByRole("toolbar", { name: "Decisions" }).getByRole("button", { name: "Accept", exact: true }).click());
  const before = await state(first.page);

  // It decides on the old state: by the button where it is still offered, otherwise it was told already.
  const apply = form.getByRole("button", { name: "Reject lesion" });
  if (await apply.isEnabled().catch(() => false)) await apply.click();
  const conflict = second.page.locator('[data-banner="conflict"]');
  await conflict.waitFor();
  await second.page.screenshot({ path: path.join(folder, "conflict.png") });
  grave.push(...(await auditBoth(second.page, "conflict")));
  const after = await state(first.page);
  assert.equal(after.revision, before.revision, "the late decision was not taken");
  assert.equal(after.decisions.length, before.decisions.length);

  // Told so, the second reader loads the newest state and decides again.
  await conflict.getByRole("button", { name: "Load the newest state" }).click();
  await conflict.waitFor({ state: "detached" });
  await saved(second.page, async () => {
    await choose(second.page, other.id);
    const open = second.page.locator("form.decision-form");
    const again = (await open.count()) > 0 ? open : await openForm(second.page, "Reject");
    await again.getByLabel("Reason").fill("Ganglion");
    await again.getByRole("button", { name: "Reject lesion" }).click();
  });
  const both = (await state(first.page)).decisions.map((/** @type {any} */ entry) => [entry.who, entry.decision.kind]);
  const wrong = [...(await wrongs(first.page, first.watched)), ...(await wrongs(second.page, second.watched))];
  console.log(JSON.stringify({ decisions: both, grave, wrong }, null, 1));
} catch (error) {
  await first.page.screenshot({ path: path.join(folder, "failed-first.png") }).catch(() => {});
  await second.page.screenshot({ path: path.join(folder, "failed-second.png") }).catch(() => {});
  throw error;
} finally {
  await browser.close();
}
