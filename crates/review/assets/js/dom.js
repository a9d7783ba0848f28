// @ts-check
/**
 * Building of elements. Text always goes in as text nodes, so that nothing from a DICOM header is
 * ever read as markup.
 * @module
 */

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * Makes an element. Keys of `properties`: `class`, `data` (dataset), `on` (listeners), names with a
 * dash or `role` (attributes); everything else is set as a property of the element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    setProperty(element, name, value);
  }
  append(element, children);
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function setProperty(element, name, value) {
  if (name === "class") element.className = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (name.includes("-") || ATTRIBUTES.has(name)) element.setAttribute(name, String(value));
  else Reflect.set(element, name, value);
}

const ATTRIBUTES = new Set(["role", "for", "scope", "list", "colspan", "form"]);

/**
 * @param {Element} element
 * @param {(Child|Child[])[]} children
 */
function append(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Replaces what an element holds. The focus stays where it was if an element with the same
 * `data-focus` is there afterwards; the scroll position stays as well.
 * @param {Element} element
 * @param {...(Child|Child[])} children
 */
export function refill(element, ...children) {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && element.contains(active) ? active.dataset.focus : undefined;
  const top = element.scrollTop;
  element.replaceChildren();
  append(element, children);
  element.scrollTop = top;
  if (key === undefined) return;
  const again = element.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/**
 * A button.
 * @param {string} label
 * @param {() => void} act
 * @param {Record<string, any>} [properties]
 */
export function button(label, act, properties = {}) {
  return h("button", { type: "button", ...properties, on: { click: act, ...(properties.on ?? {}) } }, label);
}

let lastId = 0;

/**
 * An id that no other element has.
 * @param {string} name
 */
export function freshId(name) {
  lastId += 1;
  return `${name}-${lastId}`;
}

/**
 * A control with its label, and a hint below.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export function field(label, control, hint) {
  control.id ||= freshId("field");
  const note = hint ? h("span", { class: "field-hint", id: `${control.id}-hint` }, hint) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

/**
 * A choice from a list.
 * @param {[string, string][]} choices  value and label
 * @param {string} chosen
 * @param {Record<string, any>} [properties]
 */
export function select(choices, chosen, properties = {}) {
  const options = choices.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
  return h("select", properties, options);
}
