// @ts-check
/**
 * What all views of a study share: the cross-hair, the display, the tool in hand, which outlines
 * are shown and which finding is selected.
 * @module
 */

import { remember, remembered } from "../settings.js";
import { Signal } from "../signal.js";
import { GROUPS } from "./contours.js";
import { Display } from "./display.js";
import { NORMAL, inside, sliceStep } from "./geometry.js";

/** @typedef {import("../types.js").Lps} Lps */
/** @typedef {import("../types.js").Plane} Plane */

/**
 * A tool: what the pointer does in a view.
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} hint      shown while it is in hand
 * @property {string} cursor    CSS cursor
 * @property {(view: import("./viewport.js").Viewport, point: [number, number]) => void} press
 * @property {(view: import("./viewport.js").Viewport, point: [number, number], pressed: boolean) => void} move
 * @property {(view: import("./viewport.js").Viewport, point: [number, number]) => void} release
 * @property {(view: import("./viewport.js").Viewport, sheet: import("./painter.js").Sheet) => void} paint
 * @property {() => void} leave  called when another tool is taken
 */

export class LightTable {
  /**
   * @param {import("../types.js").Scene} scene
   * @param {import("../api.js").StudyApi} api
   * @param {AbortSignal} until
   */
  constructor(scene, api, until) {
    this.scene = scene;
    this.api = api;
    this.until = until;
    this.display = new Display(scene.ct !== null);
    this.crosshair = new Signal(/** @type {Lps} */ (scene.start_mm));
    /** The selected finding. */
    this.selected = new Signal(/** @type {number|null} */ (null));
    /** The finding whose outline holds the cross-hair. */
    this.under = new Signal(/** @type {number|null} */ (null));
    this.tool = new Signal(/** @type {Tool|null} */ (null));
    this.visibility = new Signal(startVisibility());
    /** Outlines that a decision would draw. */
    this.preview = new Signal(/** @type {import("../types.js").Preview["planes"]} */ ([]));
    /** Counts how often the outlines became others. */
    this.epoch = new Signal(0);
    /** Something that is drawn over the views changed. */
    this.repaint = new Signal(null);
    /** @type {Map<number, import("../types.js").Target>} */
    this.targets = new Map();
    /** The targets that were drawn last. @type {import("../types.js").Target[]} */
    this.drawn = [];
    /** Findings that are lesions; the others are excluded. @type {Set<number>} */
    this.lesions = new Set();
    /** Position under the pointer. */
    this.pointer = new Signal(/** @type {Lps|null} */ (null));
    /** The view that fills the place of all. */
    this.enlarged = new Signal(/** @type {string|null} */ (null));
    /** The plane that was scrolled last; null when the cross-hair was moved otherwise. */
    this.scrolled = /** @type {Plane|null} */ (null);
  }

  /** @param {Lps} lps */
  moveTo(lps) {
    this.scrolled = null;
    this.place(lps);
  }

  /** @param {Lps} lps */
  place(lps) {
    this.crosshair.set(inside(lps, this.scene.bounds_mm));
  }

  /** The slice that a plane shows. @param {Plane} plane */
  at(plane) {
    return this.crosshair.value[NORMAL[plane]] ?? 0;
  }

  /** @param {Plane} plane @param {number} steps */
  scroll(plane, steps) {
    const next = /** @type {Lps} */ ([...this.crosshair.value]);
    next[NORMAL[plane]] = (next[NORMAL[plane]] ?? 0) + steps * sliceStep(plane, this.scene);
    this.scrolled = plane;
    this.place(next);
  }

  /** Takes a tool into the hand; null is the cross-hair. @param {Tool|null} tool */
  take(tool) {
    const before = this.tool.value;
    if (before === tool) return;
    this.tool.set(tool);
    before?.leave();
    this.repaint.set(null);
  }

  /** @param {import("./contours.js").Group} group */
  toggleGroup(group) {
    const { groups } = this.visibility.value;
    if (!groups.delete(group)) groups.add(group);
    remember("groups", [...groups]);
    this.visibility.set({ ...this.visibility.value, all: true });
  }

  /** @param {number} roi @param {boolean} isShown */
  showRoi(roi, isShown) {
    const { hidden } = this.visibility.value;
    if (isShown) hidden.delete(roi);
    else hidden.add(roi);
    this.visibility.set(this.visibility.value);
  }

  toggleAllOutlines() {
    this.visibility.set({ ...this.visibility.value, all: !this.visibility.value.all });
  }

  /**
   * A decision numbers the volumes anew: the same ones stay hidden, and no other.
   * @param {import("../types.js").Target[]} targets
   */
  keepHidden(targets) {
    const { hidden } = this.visibility.value;
    if (hidden.size === 0) return;
    const before = this.drawn.filter((target) => hidden.has(target.roi_number));
    const after = targets.filter((target) => before.some((old) => isSameVolume(old, target)));
    this.visibility.set({
      ...this.visibility.value,
      hidden: new Set(after.map((target) => target.roi_number)),
    });
  }

  /**
   * The report is another one, and so are the outlines.
   * @param {import("../types.js").Report|null} report
   */
  outlinesChanged(report) {
    const targets = report?.targets ?? [];
    // Between a decision and its volumes there are none; what is drawn meanwhile has its old numbers.
    if (targets.length > 0) {
      this.keepHidden(targets);
      this.drawn = targets;
    }
    this.targets = new Map(targets.map((target) => [target.roi_number, target]));
    this.lesions = new Set((report?.lesions ?? []).map((lesion) => lesion.id));
    this.epoch.set(this.epoch.value + 1);
  }
}

/**
 * Whether two targets of different reports are the same volume: of the same lesions, or by name
 * where it is a whole volume.
 * @param {import("../types.js").Target} a
 * @param {import("../types.js").Target} b
 */
function isSameVolume(a, b) {
  if (a.kind !== b.kind || a.lesion_ids.join() !== b.lesion_ids.join()) return false;
  return a.lesion_ids.length > 0 || a.name === b.name;
}

/** @returns {import("./contours.js").Visibility} */
function startVisibility() {
  const groups = remembered(
    "groups",
    GROUPS.map(({ group }) => group),
  );
  return { all: true, groups: new Set(groups), hidden: new Set() };
}
