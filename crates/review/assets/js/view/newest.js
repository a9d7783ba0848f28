// @ts-check
/**
 * Loading that keeps up with a hand on the wheel: one request under way, only the newest one
 * waiting, neighbours fetched ahead when nothing is asked for, and a bounded memory of what came.
 * @module
 */

import { isAborted } from "../api.js";

/** @typedef {{key: string}} Wanted */

/** After a failure nothing is fetched ahead for so long, ms. */
const PAUSE_MS = 1000;

/**
 * A memory with a bound; what was not used for longest goes first.
 * @template T
 */
export class BoundedCache {
  /**
   * @param {number} bound
   * @param {(value: T) => number} weight
   * @param {(value: T) => void} [drop]
   */
  constructor(bound, weight, drop = () => {}) {
    this.bound = bound;
    this.weight = weight;
    this.drop = drop;
    this.total = 0;
    /** @type {Map<string, T>} */
    this.values = new Map();
  }

  /** @param {string} key */
  get(key) {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    this.values.delete(key);
    this.values.set(key, value);
    return value;
  }

  /** @param {string} key @param {T} value */
  put(key, value) {
    this.remove(key);
    this.values.set(key, value);
    this.total += this.weight(value);
    for (const oldest of this.values.keys()) {
      if (this.total <= this.bound || oldest === key) break;
      this.remove(oldest);
    }
  }

  /** @param {string} key */
  remove(key) {
    const value = this.values.get(key);
    if (value === undefined) return;
    this.values.delete(key);
    this.total -= this.weight(value);
    this.drop(value);
  }

  clear() {
    for (const key of [...this.values.keys()]) this.remove(key);
  }
}

/**
 * @template {Wanted} W
 * @template T
 */
export class NewestLoader {
  /**
   * @param {object} how
   * @param {(wanted: W, signal: AbortSignal) => Promise<T>} how.load
   * @param {(wanted: W, value: T) => void} how.arrived  called for what was asked for, not for what was fetched ahead
   * @param {(error: unknown) => void} how.failed
   * @param {BoundedCache<T>} how.cache
   * @param {AbortSignal} how.until
   */
  constructor({ load, arrived, failed, cache, until }) {
    this.load = load;
    this.arrived = arrived;
    this.failed = failed;
    this.cache = cache;
    this.until = until;
    /** @type {W|null} */
    this.waiting = null;
    /** @type {W[]} */
    this.ahead = [];
    /** @type {W|null} */
    this.underWay = null;
    /** Whether what was asked for last is still to come. */
    this.isOpen = false;
    this.pausedTill = 0;
  }

  /**
   * Asks for something; answers at once when it is remembered.
   * @param {W} wanted
   * @param {W[]} [ahead] what is likely to be asked for next
   */
  want(wanted, ahead = []) {
    this.ahead = ahead;
    const known = this.cache.get(wanted.key);
    this.isOpen = known === undefined;
    if (known !== undefined) {
      this.waiting = null;
      this.arrived(wanted, known);
    } else {
      this.waiting = wanted;
    }
    this.next();
  }

  /** Forgets what was asked for, as when it has become meaningless. */
  reset() {
    this.waiting = null;
    this.isOpen = false;
    this.ahead = [];
    this.cache.clear();
  }

  next() {
    if (this.underWay || this.until.aborted) return;
    const asked = this.waiting;
    const wanted = asked ?? this.nextAhead();
    if (!wanted) return;
    this.waiting = null;
    this.underWay = wanted;
    this.load(wanted, this.until)
      .then((value) => this.take(wanted, value, asked !== null))
      .catch((error) => this.fail(error))
      .finally(() => {
        this.underWay = null;
        this.next();
      });
  }

  /** @returns {W|null} */
  nextAhead() {
    if (Date.now() < this.pausedTill) return null;
    const unknown = this.ahead.find((wanted) => this.cache.get(wanted.key) === undefined);
    return unknown ?? null;
  }

  /** @param {W} wanted @param {T} value @param {boolean} wasAsked */
  take(wanted, value, wasAsked) {
    this.cache.put(wanted.key, value);
    const isAwaited = this.waiting?.key === wanted.key;
    if (isAwaited) this.waiting = null;
    // What was remembered may have answered meanwhile: an older answer must not take its place.
    if ((wasAsked || isAwaited) && this.isOpen) this.arrived(wanted, value);
  }

  /** @param {unknown} error */
  fail(error) {
    if (isAborted(error)) return;
    this.ahead = [];
    this.pausedTill = Date.now() + PAUSE_MS;
    this.failed(error);
  }
}
