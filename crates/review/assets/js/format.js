// @ts-check
/**
 * Numbers, dates and names as people read them. What is absent is shown as a dash.
 * @module
 */

export const ABSENT = "–";

/**
 * A number with so many decimals and a true minus sign.
 * @param {number|null|undefined} value
 * @param {number} [decimals]
 */
export function number(value, decimals = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  return value.toFixed(decimals).replace("-", "−");
}

/**
 * The same with its unit, held together by a no-break space.
 * @param {number|null|undefined} value
 * @param {string} unit
 * @param {number} [decimals]
 */
export function quantity(value, unit, decimals = 1) {
  const text = number(value, decimals);
  return text === ABSENT ? text : `${text}\u00a0${unit}`;
}

/**
 * A volume in mL: two decimals below 10 mL, one above.
 * @param {number|null|undefined} value
 */
export function millilitres(value) {
  if (value === null || value === undefined) return ABSENT;
  return number(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/**
 * As in `81 %`.
 * @param {number|null|undefined} share 0 to 1
 */
export function percent(share) {
  return share === null || share === undefined ? ABSENT : quantity(share * 100, "%", 0);
}

/**
 * A number without needless zeros, as in `60` or `50.4`.
 * @param {number} value
 */
export function plain(value) {
  return String(Math.round(value * 100) / 100).replace("-", "−");
}

/**
 * As in `66 Gy in 30 fractions`.
 * @param {number|null} dose
 * @param {number|null} fractions
 */
export function prescription(dose, fractions) {
  if (dose === null) return ABSENT;
  return fractions === null ? `${plain(dose)}\u00a0Gy` : `${plain(dose)}\u00a0Gy / ${fractions}`;
}

/**
 * A margin: one number where it is the same on all sides.
 * @param {import("./types.js").Margin|null} margin
 */
export function margin(margin) {
  if (!margin) return ABSENT;
  const sides = Object.values(margin);
  if (sides.every((side) => side === sides[0])) return plain(sides[0] ?? 0);
  return `${plain(Math.min(...sides))}–${plain(Math.max(...sides))}`;
}

/**
 * The margin by side in words.
 * @param {import("./types.js").Margin|null} margin
 */
export function marginSides(margin) {
  if (!margin) return "";
  return Object.entries(margin)
    .map(([side, mm]) => `${side} ${plain(mm)}`)
    .join(", ")
    .concat(" mm");
}

/**
 * A moment of today by its time, of another day with its date; local time.
 * @param {string|null|undefined} text RFC 3339
 */
export function moment(text) {
  if (!text) return ABSENT;
  const when = new Date(text);
  if (Number.isNaN(when.getTime())) return text;
  const time = `${two(when.getHours())}:${two(when.getMinutes())}`;
  const isToday = when.toDateString() === new Date().toDateString();
  return isToday ? time : `${localDate(when)} ${time}`;
}

/**
 * Date and time, always both.
 * @param {string} text RFC 3339
 */
export function dateTime(text) {
  const when = new Date(text);
  if (Number.isNaN(when.getTime())) return text;
  return `${localDate(when)} ${two(when.getHours())}:${two(when.getMinutes())}`;
}

/** @param {Date} when */
function localDate(when) {
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, "0");
}

/**
 * A sentence or name with a capital at its beginning.
 * @param {string} text
 */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * As in `1 lesion`, `3 lesions`.
 * @param {number} count
 * @param {string} noun
 */
export function plural(count, noun) {
  return `${count}\u00a0${noun}${count === 1 ? "" : "s"}`;
}

/** How lesions of a region are counted. @type {[string, (count: number) => string][]} */
const REGION_COUNTS = [
  ["prostate_bed", (count) => `${count} in the prostate bed`],
  ["pelvic_node", (count) => plural(count, "pelvic node")],
  ["distant", (count) => `${count} distant`],
  ["undetermined", (count) => `${count} undetermined`],
];

/**
 * What was found in a study, as in `1 in the prostate bed, 3 pelvic nodes; 2 excluded`.
 * @param {{regions: Record<string, number>, excluded: number}} study
 */
export function findings({ regions, excluded }) {
  const parts = REGION_COUNTS.flatMap(([region, text]) => {
    const count = regions[region] ?? 0;
    return count > 0 ? [text(count)] : [];
  });
  const lesions = parts.join(", ") || "No lesion";
  return excluded > 0 ? `${lesions}; ${excluded} excluded` : lesions;
}

/** @type {Record<string, string>} */
const NAMES = {
  pelvic_rt: "Pelvic RT",
  node_boost: "Node boost",
  bed_boost: "Bed boost",
  metastasis_directed: "Metastasis-directed",
  systemic: "Systemic",
  none: "None",
  prostate_bed: "Prostate bed",
  pelvic_node: "Pelvic node",
  new: "New",
  in_review: "In review",
  signed: "Signed",
  failed: "Failed",
  yes: "With warnings",
  no: "Without warnings",
  l5_s1: "L5/S1",
  reviewer: "Rejected by the reviewer",
};

/**
 * A name of the report in plain words, as in `External iliac` for `external_iliac`.
 * @param {string|null|undefined} name
 */
export function words(name) {
  if (!name) return ABSENT;
  const known = NAMES[name];
  if (known) return known;
  return capital(name.replaceAll("_", " "));
}
