// Starts Chromium and opens pages that are watched: what a page must never do is collected.

import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

/** The window in which everything is tried: a common desktop, as a remote one has it. */
const VIEWPORT = { width: 1440, height: 900 };

/** What Chromium needs to run without a graphics card, and as root in a container. */
const FLAGS = ["--disable-gpu", "--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];

/** The Chromium of `ISOBOOST_CHROMIUM`, or the one on the PATH. */
export function findChromium() {
  const given = process.env.ISOBOOST_CHROMIUM;
  if (given) return given;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    for (const folder of folders) if (fs.existsSync(path.join(folder, name))) return path.join(folder, name);
  }
  throw new Error("no Chromium: install Debian's chromium or set ISOBOOST_CHROMIUM");
}

/** @returns {Promise<import("playwright-core").Browser>} */
export function startBrowser() {
  return chromium.launch({ executablePath: findChromium(), headless: true, args: FLAGS });
}

/**
 * A window of its own person: own cookies, own storage.
 * @param {import("playwright-core").Browser} browser
 * @param {string} address  the one that `isoboost review` printed, with its token
 * @param {{colorScheme?: "light"|"dark", viewport?: {width: number, height: number}}} [how]
 */
export async function openWindow(browser, address, { colorScheme = "light", viewport = VIEWPORT } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  await context.addInitScript(collectViolations);
  const page = await context.newPage();
  const watched = watch(page, new URL(address).origin);
  await page.goto(address);
  return { page, watched, close: () => context.close() };
}

/** Runs in the page, before its own scripts. */
function collectViolations() {
  const found = /** @type {string[]} */ ([]);
  Object.defineProperty(window, "policyViolations", { value: found });
  document.addEventListener("securitypolicyviolation", (event) => found.push(`${event.violatedDirective}: ${event.blockedURI}`));
}

/**
 * Collects what the page did that it must not: scripts that failed, dialogs of the browser,
 * requests to elsewhere, answers that the server could not give.
 * @param {import("playwright-core").Page} page
 * @param {string} origin
 */
function watch(page, origin) {
  const watched = { failures: /** @type {string[]} */ ([]), requests: 0 };
  page.on("pageerror", (error) => watched.failures.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    watched.failures.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    watched.requests += 1;
    const address = new URL(request.url());
    if (address.origin !== origin && !["blob:", "data:"].includes(address.protocol)) watched.failures.push(`request to ${address.origin}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) watched.failures.push(`${response.status()} from ${new URL(response.url()).pathname}`);
  });
  return watched;
}

/**
 * What was wrong with a page until now, with what its policy has blocked.
 * @param {import("playwright-core").Page} page
 * @param {{failures: string[]}} watched
 */
export async function wrongs(page, watched) {
  const blocked = await page.evaluate(() => /** @type {any} */ (window).policyViolations);
  return [...watched.failures, ...blocked.map((/** @type {string} */ text) => `policy: ${text}`)];
}

/**
 * Asks again and again until an answer is not false. Playwright's own waiting for functions needs
 * `eval`, which the policy of the pages forbids.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} ask
 * @param {number} [limitMs]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, limitMs = 60_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
