// A study whose headers hold markup: the pages show it as text, and nothing of it runs.
//
//     node hostile.mjs ADDRESS FOLDER

import assert from "node:assert/strict";
import path from "node:path";
import fs from "node:fs";
import { openWindow, startBrowser, wrongs } from "./lib/browser.mjs";
import { choose, introduce, openForm, openStudy, ready, report, saved } from "./lib/desk.mjs";

/** Elements that no page of ours makes: what a header or a reason would have brought in. */
const FOREIGN = "img, iframe, object, embed, svg, style, script:not([type=module]), [onerror], [onload], [onclick]";

const [address, folder] = process.argv.slice(2);
if (!address || !folder) throw new Error("usage: node hostile.mjs ADDRESS FOLDER");
fs.mkdirSync(folder, { recursive: true });

const browser = await startBrowser();
const { page, watched } = await openWindow(browser, address);
try {
  await ready(page, "worklist");
  const seen = [await page.locator("tr[data-folder] th").first().innerText()];
  const foreign = [await page.locator(FOREIGN).count()];
  await page.screenshot({ path: path.join(folder, "hostile-worklist.png") });

  await openStudy(page);
  seen.push(await page.locator("h1").innerText());
  await introduce(page, "<img src=x onerror=alert(1)>");
  const [lesion] = (await report(page)).lesions;
  await choose(page, lesion.id);
  const form = await openForm(page, "Reject");
  await form.getByLabel("Reason").fill("</script><script>alert(2)</script><img src=x onerror=alert(3)>");
  await saved(page, () => form.getByRole("button", { name: "Reject lesion" }).click());
  await page.getByRole("tab", { name: "Trail" }).click();
  seen.push(await page.getByRole("tabpanel").innerText());
  foreign.push(await page.locator(FOREIGN).count());
  await page.screenshot({ path: path.join(folder, "hostile-study.png") });

  // The report of the study, which the server hands out as a page.
  const name = decodeURIComponent(new URL(page.url()).hash.replace("#/study/", ""));
  const answer = await page.goto(new URL(`/api/studies/${encodeURIComponent(name)}/files/report.html`, page.url()).href);
  const hasReport = answer?.ok() ?? false;
  const scripts = await page.locator("script, iframe, object, embed, [onerror], [onload]").count();
  assert.equal(scripts, 0, "report.html holds a script");
  await page.screenshot({ path: path.join(folder, "hostile-report.png") });
  console.log(JSON.stringify({ seen, foreign, hasReport, wrong: await wrongs(page, watched) }, null, 1));
} finally {
  await browser.close();
}
