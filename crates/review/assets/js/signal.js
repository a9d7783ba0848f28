// @ts-check
/**
 * A value that tells those who listen when it changes.
 * @template T
 */
export class Signal {
  /** @param {T} value */
  constructor(value) {
    this.value = value;
    /** @type {Set<(value: T) => void>} */
    this.listeners = new Set();
  }

  /**
   * Takes a new value and tells everybody.
   * @param {T} value
   */
  set(value) {
    this.value = value;
    for (const listener of [...this.listeners]) listener(value);
  }

  /**
   * Calls on each change until the abort signal fires.
   * @param {(value: T) => void} listener
   * @param {AbortSignal} until
   */
  listen(listener, until) {
    if (until.aborted) return;
    this.listeners.add(listener);
    until.addEventListener("abort", () => this.listeners.delete(listener), { once: true });
  }
}
