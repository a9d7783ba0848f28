// @ts-check
/**
 * The review of one study as the server has it: what holds, and every change of it. Nothing is
 * shown as saved before the server has said so.
 * @module
 */

import { ApiError, StudyApi, getOptions, isAborted } from "../api.js";
import { complain, say } from "../announce.js";
import { askReviewer, reviewer, windowId } from "../identity.js";
import { Signal } from "../signal.js";

/** While work goes on that the server tells of late, the state is asked for so often, ms. */
const POLL_MS = 400;

/** The same while the page is hidden or the server does not answer. */
const SLOW_POLL_MS = 5000;

/** @typedef {{kind: "idle"}|{kind: "saving"}|{kind: "saved", at: Date}|{kind: "unsaved"}} Saving */
/** @typedef {{others: import("../types.js").Other[], revision: number, text: string, remedy: string}} Conflict */

export class Desk {
  /**
   * @param {string} folder
   * @param {AbortSignal} until
   */
  constructor(folder, until) {
    this.api = new StudyApi(folder);
    this.until = until;
    this.study = new Signal(/** @type {import("../types.js").Study|null} */ (null));
    this.saving = new Signal(/** @type {Saving} */ ({ kind: "idle" }));
    this.conflict = new Signal(/** @type {Conflict|null} */ (null));
    this.others = new Signal(/** @type {import("../types.js").Other[]} */ ([]));
    /** The outlines are others now. */
    this.redrawn = new Signal(null);
    this.isReachable = new Signal(true);
    /** @type {Promise<import("../types.js").Options>|null} */
    this.optionsAsked = null;
  }

  /** The report that holds: with the decisions, or the suggestion where there are none. */
  get report() {
    const study = this.study.value;
    return study ? (study.current ?? study.suggestion) : null;
  }

  /** The decisions that hold, without those taken back. */
  get decisions() {
    return (this.study.value?.decisions ?? []).filter((entry) => !entry.undone);
  }

  /** Whether decisions are possible. */
  get isOpen() {
    const state = this.study.value?.state;
    return (state === "ready" || state === "planning") && this.conflict.value === null;
  }

  /** Whether the volumes of the last decision cannot be drawn, so that it has to be undone. */
  get isStuck() {
    return this.study.value?.state === "failed" && this.study.value.current !== null;
  }

  options() {
    this.optionsAsked ??= getOptions().catch((error) => {
      this.optionsAsked = null;
      throw error;
    });
    return this.optionsAsked;
  }

  /** Loads everything and follows the server from then on. */
  async start() {
    this.study.set(await this.api.study(windowId, this.until));
    this.redrawn.set(null);
    window.addEventListener(
      "beforeunload",
      (event) => {
        if (this.saving.value.kind === "saving") event.preventDefault();
      },
      { signal: this.until },
    );
    this.follow();
  }

  /** Loads everything anew, as after somebody else's decision. */
  async reload() {
    try {
      this.study.set(await this.api.study(windowId, this.until));
      this.conflict.set(null);
      this.saving.set({ kind: "idle" });
      this.redrawn.set(null);
    } catch (error) {
      if (!isAborted(error)) complain(error);
    }
  }

  async follow() {
    while (!this.until.aborted) {
      try {
        await this.look();
        this.isReachable.set(true);
      } catch (error) {
        if (this.until.aborted || isAborted(error)) return;
        if (this.isReachable.value) this.isReachable.set(false);
        await pause(SLOW_POLL_MS);
      }
    }
  }

  /** One question for what is new. */
  async look() {
    const study = this.study.value;
    if (!study) return;
    if (document.hidden) await pause(SLOW_POLL_MS);
    const asked = { revision: study.revision, state: study.state };
    const begun = performance.now();
    const state = await this.api.state(windowId, asked, this.until);
    await this.take(state);
    // A server that answers at once although nothing is new is not asked without a pause.
    if (performance.now() - begun < POLL_MS) await pause(POLL_MS);
  }

  /** @param {import("../types.js").StudyStatus} state */
  async take(state) {
    const study = this.study.value;
    if (!study || this.saving.value.kind === "saving") return;
    this.others.set(state.others);
    // Asked before the last decision and answered after it.
    if (state.revision < study.revision) return;
    const isSame = state.revision === study.revision && state.state === study.state;
    if (
      isSame &&
      (state.scene === null) === (study.scene === null) &&
      state.signature?.at === study.signature?.at
    )
      return;
    if (state.revision > study.revision) {
      this.overtaken(state);
      return;
    }
    const isDrawn = state.state === "ready" && study.state !== "ready";
    if (!isDrawn) {
      this.study.set({ ...study, ...state });
      return;
    }
    const whole = await this.api.study(windowId, this.until);
    // A decision that was sent meanwhile brings its own answer.
    if (this.study.value !== study) return;
    this.study.set(whole);
    this.redrawn.set(null);
  }

  /** Somebody else has decided: told, and loaded only when the reviewer wants it. @param {import("../types.js").StudyStatus} state */
  overtaken(state) {
    if (this.conflict.value?.revision === state.revision) return;
    const last = state.decisions.at(-1);
    const text = last
      ? `${last.who} changed this study: ${last.sentence}.`
      : "This study was changed elsewhere.";
    this.conflict.set({
      others: state.others,
      revision: state.revision,
      text,
      remedy: "Nothing was overwritten.",
    });
  }

  /**
   * Sends a decision. Tells whether it was saved; throws what a form has to show.
   * @param {import("../types.js").Decision} decision
   */
  decide(decision) {
    return this.send("decisions", { decision });
  }

  undo() {
    return this.step("undo");
  }

  redo() {
    return this.step("redo");
  }

  /** @param {"undo"|"redo"} action */
  async step(action) {
    try {
      return await this.send(action, {});
    } catch (error) {
      complain(error);
      return false;
    }
  }

  /**
   * @param {"decisions"|"undo"|"redo"} action
   * @param {object} body
   * @returns {Promise<boolean>}
   */
  async send(action, body) {
    if (!(await hasReviewer())) return false;
    const study = this.study.value;
    const before = this.saving.value;
    if (!study || before.kind === "saving") return false;
    this.saving.set({ kind: "saving" });
    const sent = { window: windowId, who: reviewer.value, base_revision: study.revision, ...body };
    try {
      // Leaving the study does not take it back: it goes on, and its failure is told elsewhere.
      const answer = await this.api.post(action, sent);
      this.accept(answer);
      return true;
    } catch (error) {
      this.refused(error, before);
      if (this.until.aborted) {
        complain(error);
        return false;
      }
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  }

  /**
   * The server has saved a decision, and tells all that holds with it.
   * @param {import("../types.js").Decided} answer
   */
  accept({ entry, ...state }) {
    this.saving.set({ kind: "saved", at: new Date() });
    say(entry ? `${entry.undone ? "Undone" : "Saved"}: ${entry.sentence}` : "Saved");
    const study = this.study.value;
    if (!study) return;
    this.study.set({ ...study, ...state });
    this.redrawn.set(null);
  }

  /**
   * A form shows by itself why a decision is impossible; that something is not saved is said where
   * it could be taken for saved.
   * @param {unknown} error
   * @param {Saving} before
   */
  refused(error, before) {
    if (error instanceof ApiError && error.status === 422) {
      this.saving.set(before);
      return;
    }
    if (error instanceof ApiError && error.status === 409) {
      this.saving.set({ kind: "unsaved" });
      const { others = [], revision = 0 } = error.body ?? {};
      this.conflict.set({ others, revision, text: error.message, remedy: error.remedy });
      return;
    }
    this.saving.set({ kind: "unsaved" });
  }

  /**
   * What a decision would do.
   * @param {import("../types.js").Decision} decision
   * @param {{plane: import("../types.js").Plane, at: number}[]} planes
   * @param {AbortSignal} signal
   * @returns {Promise<import("../types.js").Preview>}
   */
  async preview(decision, planes, signal) {
    const body = { base_revision: this.study.value?.revision ?? 0, decision, planes };
    return this.api.post("preview", body, AbortSignal.any([signal, this.until]));
  }

  /**
   * @param {string} name
   * @param {string} comment
   * @returns {Promise<import("../types.js").Signature>}
   */
  async sign(name, comment) {
    const base = this.study.value?.revision ?? 0;
    const before = this.saving.value;
    this.saving.set({ kind: "saving" });
    try {
      const answer = await this.api.post("sign", {
        window: windowId,
        who: name,
        base_revision: base,
        reviewer: name,
        comment,
      });
      // The study may have been left meanwhile: it is signed all the same.
      if (this.until.aborted) return answer.signature;
      // Still saving until the new state is here: what is polled meanwhile must not look like
      // somebody else's change.
      this.study.set(await this.api.study(windowId, this.until));
      this.saving.set({ kind: "saved", at: new Date() });
      return answer.signature;
    } catch (error) {
      this.refused(error, before);
      throw error;
    }
  }
}

/** Asks who decides where that is not known; whether it is known then. */
function hasReviewer() {
  if (reviewer.value) return Promise.resolve(true);
  return new Promise((resolve) => askReviewer((name) => resolve(name !== "")));
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
