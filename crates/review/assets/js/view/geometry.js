// @ts-check
/**
 * From patient to screen and back. Screen millimetres: axial x = L, y = P; coronal x = L, y = −S;
 * sagittal x = P, y = −S. So the patient's right is on the left of the screen, the head is up, and
 * on sagittal planes the front is on the left.
 * @module
 */

/** @typedef {import("../types.js").Plane} Plane */
/** @typedef {import("../types.js").Lps} Lps */
/** @typedef {[number, number]} Point  screen mm */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Rect  screen mm */

/** @type {Plane[]} */
export const PLANES = ["axial", "coronal", "sagittal"];

/** The LPS axis along which the slices of a plane lie. */
export const NORMAL = { axial: 2, coronal: 1, sagittal: 0 };

/** Its name. */
export const NORMAL_NAME = { axial: "S", coronal: "P", sagittal: "L" };

/** What is at the left, right, top and bottom of the screen. */
export const SIDES = {
  axial: { left: "R", right: "L", top: "A", bottom: "P" },
  coronal: { left: "R", right: "L", top: "S", bottom: "I" },
  sagittal: { left: "A", right: "P", top: "S", bottom: "I" },
};

/**
 * @param {Plane} plane
 * @param {Lps} lps
 * @returns {Point}
 */
export function screenOf(plane, [l, p, s]) {
  if (plane === "axial") return [l, p];
  return plane === "coronal" ? [l, -s] : [p, -s];
}

/**
 * @param {Plane} plane
 * @param {Point} point
 * @param {number} at  coordinate along the normal
 * @returns {Lps}
 */
export function lpsOf(plane, [x, y], at) {
  if (plane === "axial") return [x, y, at];
  return plane === "coronal" ? [x, at, -y] : [at, x, -y];
}

/**
 * What the images cover on a plane, and from where to where its slices go.
 * @param {Plane} plane
 * @param {import("../types.js").Scene["bounds_mm"]} bounds
 * @returns {{rect: Rect, low: number, high: number}}
 */
export function extent(plane, bounds) {
  const l = sorted(bounds.left, bounds.right);
  const p = sorted(bounds.anterior, bounds.posterior);
  const s = sorted(bounds.inferior, bounds.superior);
  if (plane === "axial") return { rect: rectOf(l, p), low: s[0], high: s[1] };
  const up = /** @type {[number, number]} */ ([-s[1], -s[0]]);
  if (plane === "coronal") return { rect: rectOf(l, up), low: p[0], high: p[1] };
  return { rect: rectOf(p, up), low: l[0], high: l[1] };
}

/**
 * @param {number} a
 * @param {number} b
 * @returns {[number, number]}
 */
function sorted(a, b) {
  return a < b ? [a, b] : [b, a];
}

/**
 * @param {[number, number]} x
 * @param {[number, number]} y
 * @returns {Rect}
 */
function rectOf(x, y) {
  return { left: x[0], right: x[1], top: y[0], bottom: y[1] };
}

/**
 * The distance from slice to slice when scrolling: that of the finer of the two images, 1 mm at least.
 * @param {Plane} plane
 * @param {import("../types.js").Scene} scene
 */
export function sliceStep(plane, scene) {
  const spacing = (scene.ct ?? scene.pet).spacing_mm[NORMAL[plane]] ?? 1;
  return Math.max(Math.min(spacing, scene.pet.spacing_mm[NORMAL[plane]] ?? spacing), 1);
}

/**
 * Keeps a position inside of the images.
 * @param {Lps} lps
 * @param {import("../types.js").Scene["bounds_mm"]} bounds
 * @returns {Lps}
 */
export function inside(lps, bounds) {
  const l = sorted(bounds.left, bounds.right);
  const p = sorted(bounds.anterior, bounds.posterior);
  const s = sorted(bounds.inferior, bounds.superior);
  return [clamp(lps[0], l), clamp(lps[1], p), clamp(lps[2], s)];
}

/**
 * @param {number} value
 * @param {[number, number]} range
 */
export function clamp(value, [low, high]) {
  return Math.min(Math.max(value, low), high);
}

/**
 * Whether a point is inside of closed rings, by the even-odd rule.
 * @param {Point} point
 * @param {Point[][]} rings
 */
export function isInside([x, y], rings) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = /** @type {Point} */ (ring[i]);
      const [xj, yj] = /** @type {Point} */ (ring[j]);
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}
