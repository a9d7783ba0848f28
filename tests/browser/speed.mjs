// How fast the desk is: time to the first picture and slices a second while scrolling.
//
//     node speed.mjs ADDRESS
//
// Figures, no judgement: a busy machine is slower. The server is to be started anew for each run, so
// that the first opening finds nothing in its memory.

import { cpus, loadavg } from "node:os";
import { openWindow, startBrowser } from "./lib/browser.mjs";
import { canvas, ready, settled } from "./lib/desk.mjs";

/** How long each view is scrolled, ms. */
const SCROLL_MS = 4000;

const [address] = process.argv.slice(2);
if (!address) throw new Error("usage: node speed.mjs ADDRESS");

/**
 * Runs in the page: turns the wheel by one notch with each frame of the screen, up and back, and
 * notes when the view has drawn a picture. On the way back pictures come from the page's memory, so
 * the different slices are counted apart.
 * @param {Element} canvas
 * @param {number} lasting ms
 */
async function scroll(canvas, lasting) {
  const box = canvas.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
  const times = /** @type {number[]} */ ([]);
  const places = new Set();
  const watcher = new MutationObserver(() => {
    times.push(performance.now());
    places.add(canvas.getAttribute("data-at"));
  });
  watcher.observe(canvas, { attributeFilter: ["data-drawn"] });
  const begun = performance.now();
  const TURN_AFTER = 120;
  let turned = 0;
  while (performance.now() - begun < lasting) {
    const deltaY = Math.floor(turned / TURN_AFTER) % 2 === 0 ? -100 : 100;
    turned += 1;
    canvas.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY }));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  watcher.disconnect();
  const gaps = times.slice(1).map((time, k) => time - (times[k] ?? time)).sort((a, b) => a - b);
  const quantile = (/** @type {number} */ share) => Math.round(gaps[Math.min(Math.floor(gaps.length * share), gaps.length - 1)] ?? 0);
  return {
    pictures_per_s: Math.round((10_000 * times.length) / lasting) / 10,
    screen_frames_per_s: Math.round((10_000 * turned) / lasting) / 10,
    gap_ms: { median: quantile(0.5), p95: quantile(0.95), longest: quantile(1) },
    different_slices_per_s: Math.round((10_000 * places.size) / lasting) / 10,
  };
}

/** Opens the first study and tells how long its first pictures took. @param {import("playwright-core").Page} page */
async function open(page) {
  await ready(page, "worklist");
  const link = page.locator("tr[data-folder] a").first();
  return link.evaluate((element) => {
    const begun = performance.now();
    /** @type {HTMLElement} */ (element).click();
    return new Promise((resolve) => {
      let axial = 0;
      const look = () => {
        const canvas = document.querySelector('canvas[data-view="axial"]');
        if (!axial && Number(canvas?.getAttribute("data-drawn")) > 0) axial = performance.now() - begun;
        if (document.documentElement.dataset.ready === "study") resolve({ first_ms: Math.round(axial), all_views_ms: Math.round(performance.now() - begun) });
        else requestAnimationFrame(look);
      };
      look();
    });
  });
}

const browser = await startBrowser();
const { page } = await openWindow(browser, address);
try {
  const first = await open(page);
  const begun = Date.now();
  const during = await canvas(page, "axial").evaluate(scroll, SCROLL_MS);
  await settled(page);
  const ready_ms = Date.now() - begun;
  const views = /** @type {Record<string, unknown>} */ ({});
  for (const view of /** @type {("axial"|"coronal"|"sagittal")[]} */ (["axial", "coronal", "sagittal"])) {
    views[view] = await canvas(page, view).evaluate(scroll, SCROLL_MS);
  }
  await page.getByRole("link", { name: "Back to the worklist" }).click();
  const again = await open(page);
  console.log(JSON.stringify({ machine: `${cpus().length} × ${cpus()[0]?.model}`, load: loadavg()[0]?.toFixed(2), cold: first, while_analysing: during, decisions_possible_ms: ready_ms, warm: again, scrolling: views }, null, 1));
} finally {
  await browser.close();
}
