// @ts-check
/**
 * Outlines of volumes, drawn as vectors over a picture.
 * @module
 */

import { isInside } from "./geometry.js";
import { outline as stroke, write } from "./painter.js";

/** @typedef {import("../types.js").Outline} Outline */
/** @typedef {"GTV"|"CTV"|"PTV"|"WHOLE"|"FIELD"|"EXCLUDED"} Group  what is switched on and off together */

/** @type {{group: Group, label: string, title: string, key: string}[]} */
export const GROUPS = [
  { group: "GTV", label: "GTV", title: "Gross tumour volumes of lesions", key: "g" },
  { group: "CTV", label: "CTV", title: "Clinical target volumes of lesions", key: "t" },
  { group: "PTV", label: "PTV", title: "Planning target volumes of lesions", key: "p" },
  { group: "WHOLE", label: "Whole", title: "Whole volumes: pelvic nodes and prostate bed", key: "w" },
  { group: "FIELD", label: "Field", title: "Pelvic field", key: "f" },
  { group: "EXCLUDED", label: "Excluded", title: "Findings that are excluded", key: "v" },
];

/**
 * @typedef {object} Visibility
 * @property {boolean} all
 * @property {Set<Group>} groups   that are shown
 * @property {Set<number>} hidden  ROI numbers that are not
 */

/**
 * @param {Outline} outline
 * @param {Map<number, import("../types.js").Target>} targets by ROI number
 * @returns {Group}
 */
export function groupOf(outline, targets) {
  if (outline.kind !== "CTV" && outline.kind !== "PTV") return outline.kind;
  const target = outline.roi === null ? undefined : targets.get(outline.roi);
  const isOfLesion = target ? target.lesion_ids.length > 0 : outline.finding !== null;
  return isOfLesion ? outline.kind : "WHOLE";
}

/**
 * The findings that an outline belongs to.
 * @param {Outline} outline
 * @param {Map<number, import("../types.js").Target>} targets
 */
export function findingsOf(outline, targets) {
  const target = outline.roi === null ? undefined : targets.get(outline.roi);
  if (target && target.lesion_ids.length > 0) return target.lesion_ids;
  return outline.finding === null ? [] : [outline.finding];
}

/**
 * @param {Outline} outline
 * @param {Visibility} visibility
 * @param {Map<number, import("../types.js").Target>} targets
 */
export function isShown(outline, visibility, targets) {
  if (!visibility.all || (outline.roi !== null && visibility.hidden.has(outline.roi))) return false;
  return visibility.groups.has(groupOf(outline, targets));
}

/**
 * @param {import("./painter.js").Sheet} sheet
 * @param {Outline} outline
 * @param {{selected: boolean, dashed: boolean}} how
 */
export function paintOutline(sheet, outline, { selected, dashed }) {
  const { context, toPixel } = sheet;
  context.beginPath();
  for (const ring of outline.rings) {
    ring.forEach((point, k) => {
      const [x, y] = toPixel(point);
      if (k === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
  context.setLineDash(dashed ? [5, 4] : dashes(outline.kind));
  stroke(context, lightened(outline.colour), selected ? 2.5 : outline.kind === "GTV" ? 1.75 : 1.25);
  context.setLineDash([]);
}

/** @param {import("../types.js").OutlineKind} kind */
function dashes(kind) {
  if (kind === "EXCLUDED") return [2, 3];
  return kind === "FIELD" ? [10, 4, 2, 4] : [];
}

/**
 * Dark colours are mixed with white: on black pictures they would not be seen.
 * @param {string} colour `#rrggbb`
 */
function lightened(colour) {
  const value = Number.parseInt(colour.slice(1), 16);
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return "#cfd8dc";
  const channels = [value >> 16, (value >> 8) & 255, value & 255];
  const [r = 0, g = 0, b = 0] = channels;
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const share = luminance >= 110 ? 0 : (110 - luminance) / (255 - luminance);
  return `rgb(${channels.map((channel) => Math.round(channel + (255 - channel) * share)).join(", ")})`;
}

/**
 * Writes the number of a finding at the upper right of its outline.
 * @param {import("./painter.js").Sheet} sheet
 * @param {Outline} outline
 */
export function paintNumber(sheet, outline) {
  if (outline.finding === null) return;
  let right = -Infinity;
  let top = Infinity;
  for (const ring of outline.rings) {
    for (const [x, y] of ring) {
      right = Math.max(right, x);
      top = Math.min(top, y);
    }
  }
  if (!Number.isFinite(right)) return;
  const [x, y] = sheet.toPixel([right, top]);
  write(sheet.context, String(outline.finding), x + 3, y - 3, "left");
}

/**
 * The finding whose own outline holds a point; a lesion before an excluded one where both do.
 * @param {[number, number]} point screen mm
 * @param {Outline[]} outlines
 * @returns {number|null}
 */
export function findingAt(point, outlines) {
  const own = outlines.filter(
    (outline) => outline.finding !== null && (outline.kind === "GTV" || outline.kind === "EXCLUDED"),
  );
  const holding = own.filter((outline) => isInside(point, outline.rings));
  return (holding.find((outline) => outline.kind === "GTV") ?? holding[0])?.finding ?? null;
}
