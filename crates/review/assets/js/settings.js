// @ts-check
/**
 * Preferences of this browser: how pictures are shown and who reviews. Nothing of a patient.
 * @module
 */

const PREFIX = "isoboost.";

/**
 * What was kept under a name; the default where nothing was, or the browser keeps nothing.
 * @template T
 * @param {string} name
 * @param {T} otherwise
 * @returns {T}
 */
export function remembered(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/**
 * Keeps a value; a browser that refuses storage just forgets it.
 * @param {string} name
 * @param {unknown} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Private windows may refuse storage: the preference lasts as long as the page then.
  }
}
