// @ts-check
/**
 * Tells the server every ten seconds that this window shows the study, and learns who else does.
 * @module
 */

import { reviewer, windowId } from "../identity.js";

const EVERY_MS = 10_000;

/** @param {import("./desk.js").Desk} desk */
export function announcePresence(desk) {
  const tell = async () => {
    try {
      const answer = await desk.api.post("presence", { window: windowId, who: reviewer.value }, desk.until);
      desk.others.set(answer.others);
    } catch {
      // The state that is polled tells when the server is gone.
    }
  };
  const timer = setInterval(tell, EVERY_MS);
  desk.until.addEventListener("abort", () => clearInterval(timer));
  tell();
}
