// @ts-check
/**
 * The maximum intensity projection that turns about the patient's axis, with the findings' numbers.
 * @module
 */

import { getPicture } from "../api.js";
import { complain } from "../announce.js";
import { button, h } from "../dom.js";
import { BoundedCache, NewestLoader } from "./newest.js";
import { FONT, write } from "./painter.js";

/** Frames per second while it turns by itself. */
const FRAMES_PER_SECOND = 12;

/** Pixels of the pointer's way that turn it by one frame. */
const PIXELS_PER_FRAME = 9;

/** Pixels around a number in which a click takes it. */
const CLICK_PIXELS = 14;

/** @typedef {import("../types.js").MipPlace} Place */
/** @typedef {{bitmap: ImageBitmap, frame: number, findings: Place[], width: number, height: number}} MipFrame */

export class MipView {
  /**
   * @param {import("./light_table.js").LightTable} table
   * @param {(finding: number) => void} chosen
   */
  constructor(table, chosen) {
    this.table = table;
    this.chosen = chosen;
    this.frame = 0;
    this.drawn = 0;
    this.isTurning = false;
    /** @type {MipFrame|null} */
    this.shown = null;
    this.canvas = h("canvas", {
      class: "view-canvas",
      tabIndex: 0,
      role: "application",
      "aria-roledescription": "rotating projection",
      data: { view: "mip", drawn: "0" },
    });
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser draws no canvas");
    this.context = context;
    this.play = button("▶", () => this.turn(!this.isTurning), {
      class: "view-button",
      "aria-label": "Turn the projection",
      "aria-pressed": "false",
      title: "Turn",
    });
    this.loader = this.makeLoader();
    this.listen();
    this.describe();
  }

  makeLoader() {
    const { table } = this;
    return new NewestLoader({
      load: async (/** @type {{key: string, frame: number}} */ { key, frame }, signal) => {
        // One after the other: both need the same projection, and slices shall not wait behind two.
        const bitmap = await getPicture(key.split("#")[0] ?? key, signal);
        const places = await table.api.mip(frame, signal);
        return { bitmap, frame, findings: places.findings, width: places.width_mm, height: places.height_mm };
      },
      arrived: (_, frame) => {
        this.shown = frame;
        this.paint();
      },
      failed: complain,
      cache: new BoundedCache(table.scene.mip_frames * 2, () => 1),
      until: table.until,
    });
  }

  listen() {
    const { table, canvas } = this;
    const listening = { signal: table.until };
    table.display.values.listen(() => this.refresh(), table.until);
    table.epoch.listen(() => this.refresh(), table.until);
    table.selected.listen(() => this.paint(), table.until);
    table.visibility.listen(() => this.paint(), table.until);
    const watcher = new ResizeObserver(() => this.resized());
    watcher.observe(canvas);
    table.until.addEventListener("abort", () => {
      watcher.disconnect();
      this.isTurning = false;
    });
    canvas.addEventListener("pointerdown", (event) => this.drag(event), listening);
    canvas.addEventListener(
      "dblclick",
      () => table.enlarged.set(table.enlarged.value === "mip" ? null : "mip"),
      listening,
    );
    canvas.addEventListener("keydown", (event) => this.pressKey(event), listening);
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.step(event.deltaY > 0 ? 1 : -1);
      },
      { ...listening, passive: false },
    );
  }

  resized() {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0) return;
    this.canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(clientHeight * devicePixelRatio);
    if (this.shown) this.paint();
    else this.refresh();
  }

  /** @param {number} by */
  step(by) {
    const { mip_frames: count } = this.table.scene;
    this.frame = (((this.frame + by) % count) + count) % count;
    this.describe();
    this.refresh();
  }

  refresh() {
    const { mip_frames: count } = this.table.scene;
    const ahead = this.isTurning
      ? [1, 2, 3, 4, -1, -2].map((k) => this.wanted((this.frame + k + count) % count))
      : [];
    this.loader.want(this.wanted(this.frame), ahead);
  }

  /** @param {number} frame */
  wanted(frame) {
    const { pet } = this.table.display.values.value;
    // The fragment is not sent: it tells apart the findings of one picture before and after a decision.
    return {
      key: `${this.table.api.path}/mip.png?frame=${frame}&pet=${pet.join(",")}#${this.table.epoch.value}`,
      frame,
    };
  }

  /** @param {boolean} on */
  turn(on) {
    this.isTurning = on;
    this.play.textContent = on ? "❚❚" : "▶";
    this.play.setAttribute("aria-pressed", String(on));
    if (!on) return;
    let last = 0;
    const tick = (/** @type {number} */ now) => {
      if (!this.isTurning) return;
      if (now - last >= 1000 / FRAMES_PER_SECOND && !this.loader.waiting) {
        last = now;
        this.step(1);
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** Where the picture lies on the canvas, CSS pixels. */
  place() {
    const { clientWidth, clientHeight } = this.canvas;
    const width = this.shown?.width ?? 1;
    const height = this.shown?.height ?? 1;
    const scale = Math.min(clientWidth / width, clientHeight / height);
    return { x: (clientWidth - width * scale) / 2, y: (clientHeight - height * scale) / 2, scale };
  }

  paint() {
    const { context, canvas, shown } = this;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    context.font = FONT;
    if (!shown) return;
    const { x, y, scale } = this.place();
    context.drawImage(shown.bitmap, x, y, shown.width * scale, shown.height * scale);
    this.paintFindings(shown);
    // The letters belong to the picture that is seen, which may be behind the one asked for.
    const degrees = this.degrees(shown.frame);
    const [left, right] = SIDES_BY_EIGHTH[Math.round((degrees % 360) / 45) % 8] ?? ["R", "L"];
    context.font = `600 ${FONT}`;
    write(context, left, 6, canvas.clientHeight / 2, "left");
    write(context, right, canvas.clientWidth - 6, canvas.clientHeight / 2, "right");
    // Over white an I without serifs is read as an empty box.
    context.font = "600 15px Georgia, 'DejaVu Serif', serif";
    write(context, "S", canvas.clientWidth / 2, 11, "center");
    write(context, "I", canvas.clientWidth / 2, canvas.clientHeight - 10, "center");
    context.font = FONT;
    write(context, `MIP  ${Math.round(degrees)}°`, 8, 12, "left");
    this.drawn += 1;
    canvas.dataset.drawn = String(this.drawn);
  }

  /** Lesions over what is excluded; what is hidden behind higher uptake is faint. @param {MipFrame} shown */
  paintFindings(shown) {
    const { lesions, visibility } = this.table;
    const { all, groups } = visibility.value;
    if (all && groups.has("EXCLUDED")) {
      for (const place of shown.findings)
        if (!lesions.has(place.finding)) this.paintNumber(place, "#b3bec8", [2, 2]);
    }
    for (const place of shown.findings)
      if (lesions.has(place.finding)) this.paintNumber(place, "#7cc4ff", []);
    this.context.font = FONT;
  }

  /** @param {Place} place @param {string} colour @param {number[]} dashes */
  paintNumber(place, colour, dashes) {
    const { context } = this;
    const [x, y] = this.pixelOf(place);
    const isSelected = place.finding === this.table.selected.value;
    context.globalAlpha = place.visible || isSelected ? 1 : 0.45;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.fillStyle = isSelected ? colour : "rgba(10, 20, 30, 0.75)";
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 1.25;
    context.setLineDash(dashes);
    context.stroke();
    context.setLineDash([]);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = isSelected ? "#06121d" : "#e8edf2";
    context.font = "600 11px system-ui, sans-serif";
    context.fillText(String(place.finding), x, y + 0.5);
    context.globalAlpha = 1;
  }

  /** @param {Place} place @returns {[number, number]} */
  pixelOf(place) {
    const { x, y, scale } = this.place();
    return [x + place.x * scale, y + place.y * scale];
  }

  /** How far a frame is turned. @param {number} frame */
  degrees(frame) {
    return (frame * 360) / this.table.scene.mip_frames;
  }

  /** @param {PointerEvent} begun */
  drag(begun) {
    if (begun.button !== 0) return;
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(begun.pointerId);
    this.turn(false);
    let last = begun.clientX;
    let hasMoved = false;
    const move = (/** @type {PointerEvent} */ event) => {
      const frames = Math.trunc((event.clientX - last) / PIXELS_PER_FRAME);
      if (frames === 0) return;
      hasMoved = true;
      last += frames * PIXELS_PER_FRAME;
      this.step(frames);
    };
    const dragging = new AbortController();
    const listening = { signal: dragging.signal };
    const end = (/** @type {PointerEvent} */ event) => {
      dragging.abort();
      if (!hasMoved) this.choose(event);
    };
    this.canvas.addEventListener("pointermove", move, listening);
    this.canvas.addEventListener("pointerup", end, listening);
    this.canvas.addEventListener("pointercancel", () => dragging.abort(), listening);
  }

  /** @param {PointerEvent} event */
  choose(event) {
    const box = this.canvas.getBoundingClientRect();
    const near = (this.shown?.findings ?? [])
      .map((place) => {
        const [x, y] = this.pixelOf(place);
        return { place, distance: Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top)) };
      })
      .filter(({ distance }) => distance <= CLICK_PIXELS)
      .sort((a, b) => Number(b.place.visible) - Number(a.place.visible) || a.distance - b.distance);
    if (near[0]) this.chosen(near[0].place.finding);
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight")
      this.step(event.key === "ArrowRight" ? 1 : -1);
    else if (event.key === "Enter")
      this.table.enlarged.set(this.table.enlarged.value === "mip" ? null : "mip");
    else if (event.key === " ") this.turn(!this.isTurning);
    else return;
    event.preventDefault();
  }

  describe() {
    this.canvas.setAttribute(
      "aria-label",
      `Projection of the PET, turned by ${Math.round(this.degrees(this.frame))} degrees`,
    );
  }
}

/** What is at the left and right of the screen, for each eighth of a turn. @type {[string, string][]} */
const SIDES_BY_EIGHTH = [
  ["R", "L"],
  ["RA", "LP"],
  ["A", "P"],
  ["LA", "RP"],
  ["L", "R"],
  ["LP", "RA"],
  ["P", "A"],
  ["RP", "LA"],
];
