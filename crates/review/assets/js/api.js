// @ts-check
/**
 * The server's HTTP interface; the only place that knows its addresses.
 * @module
 */

/** What the server refused, or that it did not answer. */
export class ApiError extends Error {
  /**
   * @param {number} status HTTP status; 0 without an answer
   * @param {string} code
   * @param {string} text
   * @param {string} remedy
   * @param {any} body
   */
  constructor(status, code, text, remedy, body) {
    super(text);
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.body = body;
  }
}

/** Whether an error only says that the caller no longer wants the answer. @param {unknown} error */
export function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function request(path, init) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...init });
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new ApiError(
      0,
      "no-answer",
      "The server does not answer.",
      "Is `isoboost review` still running? Nothing that was shown as saved is lost.",
      null,
    );
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

/** @param {Response} answer */
async function refusal(answer) {
  /** @type {any} */
  let body = null;
  try {
    body = await answer.json();
  } catch {
    // The body is no JSON, as from a proxy: the status has to say it all.
  }
  const said = body?.error ?? {};
  const text = said.text ?? `The server refused with status ${answer.status}.`;
  const remedy =
    said.remedy ?? (answer.status === 401 ? "Open the address that `isoboost review` printed." : "");
  return new ApiError(answer.status, said.code ?? String(answer.status), text, remedy, body);
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
async function getJson(path, signal) {
  const answer = await request(path, { signal, headers: { Accept: "application/json" } });
  return answer.json();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
async function postJson(path, body, signal) {
  const answer = await request(path, {
    method: "POST",
    signal,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/**
 * A picture, decoded off the page's thread.
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export async function getPicture(path, signal) {
  const answer = await request(path, { signal });
  return createImageBitmap(await answer.blob());
}

/** @param {string} folder */
function studyPath(folder) {
  return `/api/studies/${encodeURIComponent(folder)}`;
}

/** @returns {Promise<import("./types.js").Session>} */
export function getSession() {
  return getJson("/api/session");
}

/**
 * @param {URLSearchParams} query
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Worklist>}
 */
export function getStudies(query, signal) {
  return getJson(`/api/studies?${query}`, signal);
}

/** @returns {Promise<import("./types.js").Options>} */
export function getOptions() {
  return getJson("/api/options");
}

/** The calls about one study. */
export class StudyApi {
  /** @param {string} folder */
  constructor(folder) {
    this.path = studyPath(folder);
  }

  /**
   * @param {string} window the asking window, which is not among the others
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").Study>}
   */
  study(window, signal) {
    return getJson(`${this.path}?window=${window}`, signal);
  }

  /**
   * The study's state, as soon as something is newer than what was seen, or after a while.
   * @param {string} window
   * @param {{revision: number, state: string}} seen
   * @param {AbortSignal} signal
   * @returns {Promise<import("./types.js").StudyStatus>}
   */
  state(window, seen, signal) {
    const since = `since=${seen.revision}&state=${seen.state}`;
    return getJson(`${this.path}/state?window=${window}&${since}`, signal);
  }

  /**
   * @param {import("./types.js").Plane} plane
   * @param {number} at
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").PlaneOutlines>}
   */
  outlines(plane, at, signal) {
    return getJson(`${this.path}/outlines?plane=${plane}&at=${at.toFixed(3)}`, signal);
  }

  /**
   * @param {number} frame
   * @param {AbortSignal} [signal]
   * @returns {Promise<{findings: import("./types.js").MipPlace[], width_mm: number, height_mm: number}>}
   */
  mip(frame, signal) {
    return getJson(`${this.path}/mip?frame=${frame}`, signal);
  }

  /**
   * @param {import("./types.js").Lps} at
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").Probe>}
   */
  probe(at, signal) {
    return getJson(`${this.path}/probe?at=${at.map((mm) => mm.toFixed(2)).join(",")}`, signal);
  }

  /**
   * @param {"decisions"|"undo"|"redo"|"preview"|"presence"|"sign"} action
   * @param {unknown} body
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  post(action, body, signal) {
    return postJson(`${this.path}/${action}`, body, signal);
  }

  /** Address of one of the study's files. @param {string} name */
  file(name) {
    return `${this.path}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  }
}
