// @ts-check
/**
 * The decisions that a reviewer can take, each with its form.
 * @module
 */

import { AddForm } from "./add.js";
import { BrushForm } from "./brush.js";
import { DelineateForm } from "./delineate.js";
import { DoseForm } from "./dose.js";
import { MarginsForm } from "./margins.js";
import { MergeForm } from "./merge.js";
import { ReclassifyForm, RejectForm, RestoreForm } from "./classify.js";
import { SplitForm } from "./split.js";

/**
 * @typedef {object} FormKind
 * @property {string} label  on its button
 * @property {string} title
 * @property {string} key    that opens it
 * @property {(place: import("./form.js").FormPlace) => import("./form.js").DecisionForm} make
 */

/** @type {Record<string, FormKind>} */
export const FORMS = {
  reject: { label: "Reject", title: "Take the lesion out", key: "x", make: (place) => new RejectForm(place) },
  reclassify: {
    label: "Reclassify",
    title: "Change class or station",
    key: "c",
    make: (place) => new ReclassifyForm(place),
  },
  delineate: {
    label: "Outline",
    title: "Change the rule of the outline",
    key: "o",
    make: (place) => new DelineateForm(place),
  },
  brush: { label: "Brush", title: "Paint on the outline", key: "b", make: (place) => new BrushForm(place) },
  margins: {
    label: "Margins",
    title: "Change the margins of CTV and PTV",
    key: "m",
    make: (place) => new MarginsForm(place),
  },
  dose: { label: "Dose", title: "Change the dose level", key: "d", make: (place) => new DoseForm(place) },
  merge: {
    label: "Merge",
    title: "Make one of several lesions",
    key: "",
    make: (place) => new MergeForm(place),
  },
  split: { label: "Split", title: "Make two of one lesion", key: "", make: (place) => new SplitForm(place) },
  restore: {
    label: "Restore",
    title: "Take the finding for a lesion",
    key: "r",
    make: (place) => new RestoreForm(place),
  },
  add: {
    label: "Add lesion",
    title: "Add a lesion at a point",
    key: "i",
    make: (place) => new AddForm(place),
  },
};
