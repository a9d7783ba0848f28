// Accessibility by axe-core, an auditor that knows WCAG 2.2.

import fs from "node:fs";
import { createRequire } from "node:module";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Findings of these impacts fail. */
const GRAVE = ["serious", "critical"];

/**
 * The grave findings of the page as it stands, in the scheme that it is shown in.
 * @param {import("playwright-core").Page} page
 * @param {string} where
 * @returns {Promise<string[]>}
 */
export async function audit(page, where) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { preload: false, resultTypes: ["violations"] }));
  return violations
    .filter((/** @type {any} */ violation) => GRAVE.includes(violation.impact))
    .map((/** @type {any} */ { id, help, nodes }) => `${where}: ${id} (${help}) at ${nodes.slice(0, 3).map((/** @type {any} */ node) => node.target.join(" ")).join(", ")}: ${nodes[0].failureSummary.replaceAll("\n", " ")}`);
}

/**
 * The same in the light and the dark scheme; the page is left in the one that it had.
 * @param {import("playwright-core").Page} page
 * @param {string} where
 * @param {"light"|"dark"} now
 */
export async function auditBoth(page, where, now = "light") {
  const found = [];
  for (const colorScheme of /** @type {("light"|"dark")[]} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await audit(page, `${where}, ${colorScheme}`)));
  }
  await page.emulateMedia({ colorScheme: now });
  return found;
}
