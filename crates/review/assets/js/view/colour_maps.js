// @ts-check
/**
 * The colour maps of the PET, for the colour bar alone: pictures come coloured from the server.
 * @module
 */

/** Name on the wire and name for people. @type {[string, string][]} */
export const COLOUR_MAPS = [
  ["hot", "Hot"],
  ["inverse_grey", "Inverse grey"],
  ["inferno", "Inferno"],
  ["viridis", "Viridis"],
];

/** Inferno of matplotlib (CC0) at nine equal steps. */
const INFERNO = [
  [0, 0, 4],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
];

/**
 * @param {string} map
 * @param {number} value 0 to 1
 */
export function colourAt(map, value) {
  const [r = 0, g = 0, b = 0] = channels(map, value).map((channel) => Math.round(channel));
  return `rgb(${r}, ${g}, ${b})`;
}

/** Viridis of the same. */
const VIRIDIS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** @param {string} map @param {number} value */
function channels(map, value) {
  if (map === "inverse_grey") return [255 - 255 * value, 255 - 255 * value, 255 - 255 * value];
  if (map === "hot") return [ramp(value, 0, 1 / 3), ramp(value, 1 / 3, 2 / 3), ramp(value, 2 / 3, 1)];
  const steps = map === "viridis" ? VIRIDIS : INFERNO;
  const place = value * (steps.length - 1);
  const low = Math.min(Math.floor(place), steps.length - 2);
  const from = steps[low] ?? [];
  const to = steps[low + 1] ?? [];
  return from.map((channel, k) => channel + ((to[k] ?? channel) - channel) * (place - low));
}

/** @param {number} value @param {number} from @param {number} to */
function ramp(value, from, to) {
  return 255 * Math.min(Math.max((value - from) / (to - from), 0), 1);
}
