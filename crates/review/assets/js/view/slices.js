// @ts-check
/**
 * Pictures of one plane: which piece of it is asked for, in what size, and what is fetched ahead.
 * @module
 */

import { getPicture } from "../api.js";
import { clamp, extent, sliceStep } from "./geometry.js";
import { BoundedCache, NewestLoader } from "./newest.js";

/** @typedef {{key: string, at: number, rect: import("./geometry.js").Rect}} WantedSlice */
/** @typedef {{bitmap: ImageBitmap, at: number, rect: import("./geometry.js").Rect, key: string}} Picture */

/** Pixels of a view's remembered pictures: 12 million are 48 MB. */
const CACHE_PIXELS = 12e6;

/** A picture has no more pixels than this: on large screens it is drawn a little coarser. */
const MOST_PIXELS = 1.2e6;

/** Slices fetched ahead in the direction of scrolling. */
const AHEAD = 6;

export class SliceSource {
  /**
   * @param {import("../types.js").Plane} plane
   * @param {import("./light_table.js").LightTable} table
   * @param {(picture: Picture) => void} arrived
   * @param {(error: unknown) => void} failed
   */
  constructor(plane, table, arrived, failed) {
    this.plane = plane;
    this.table = table;
    /** @type {Picture|null} */
    this.shown = null;
    this.direction = 1;
    this.extent = extent(plane, table.scene.bounds_mm);
    this.cache = new BoundedCache(
      CACHE_PIXELS,
      (/** @type {Picture} */ picture) => picture.bitmap.width * picture.bitmap.height,
      (picture) => this.release(picture),
    );
    this.loader = new NewestLoader({
      load: async (/** @type {WantedSlice} */ wanted, signal) => ({
        ...wanted,
        bitmap: await getPicture(wanted.key, signal),
      }),
      arrived: (_, picture) => {
        const before = this.shown;
        this.shown = picture;
        if (before && this.cache.get(before.key) !== before) before.bitmap.close();
        arrived(picture);
      },
      failed,
      cache: this.cache,
      until: table.until,
    });
    table.until.addEventListener("abort", () => this.cache.clear());
  }

  /** @param {Picture} picture */
  release(picture) {
    if (picture !== this.shown) picture.bitmap.close();
  }

  /**
   * Asks for what a view shows.
   * @param {import("./geometry.js").Rect} visible screen mm
   * @param {number} mmPerPixel of the device
   * @param {number} at
   * @param {boolean} fetchAhead
   */
  want(visible, mmPerPixel, at, fetchAhead) {
    const piece = this.piece(visible, mmPerPixel);
    if (!piece) return;
    const step = sliceStep(this.plane, this.table.scene);
    const ahead = [];
    for (let k = 1; fetchAhead && k <= AHEAD; k += 1) {
      const next = at + k * step * this.direction;
      if (next >= this.extent.low && next <= this.extent.high) ahead.push(this.wanted(piece, next));
    }
    this.loader.want(this.wanted(piece, at), ahead);
  }

  /**
   * The part of the images that is visible, as whole pixels that are square in mm.
   * @param {import("./geometry.js").Rect} visible
   * @param {number} mmPerPixel
   */
  piece(visible, mmPerPixel) {
    const { rect } = this.extent;
    const left = clamp(visible.left, [rect.left, rect.right]);
    const right = clamp(visible.right, [rect.left, rect.right]);
    const top = clamp(visible.top, [rect.top, rect.bottom]);
    const bottom = clamp(visible.bottom, [rect.top, rect.bottom]);
    const pixels = ((right - left) * (bottom - top)) / mmPerPixel ** 2;
    if (!(pixels > 0)) return null;
    const pitch = pixels > MOST_PIXELS ? mmPerPixel * Math.sqrt(pixels / MOST_PIXELS) : mmPerPixel;
    const width = Math.max(Math.ceil((right - left) / pitch), 1);
    const height = Math.max(Math.ceil((bottom - top) / pitch), 1);
    return { rect: { left, top, right: left + width * pitch, bottom: top + height * pitch }, width, height };
  }

  /**
   * @param {{rect: import("./geometry.js").Rect, width: number, height: number}} piece
   * @param {number} at
   * @returns {WantedSlice}
   */
  wanted({ rect, width, height }, at) {
    const corners = [rect.left, rect.top, rect.right, rect.bottom].map((mm) => mm.toFixed(3));
    const query = `plane=${this.plane}&at=${at.toFixed(3)}&rect=${corners.join(",")}&size=${width},${height}`;
    return { key: `${this.table.api.path}/slice.png?${query}&${this.table.display.query()}`, at, rect };
  }
}
