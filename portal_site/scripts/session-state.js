// @ts-check

/** What the tab remembers starts with this. */
export const PREFIX = "machi.";

const USER = `${PREFIX}user:`;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("machi-session") : null;

/** @type {Set<() => void>} */
const listeners = new Set();

channel?.addEventListener("message", (event) => {
  if (event.data !== "signed-out") return;
  forgetUser();
  for (const listener of listeners) listener();
});

/**
 * Whether this tab holds a citizen's tokens. They may have expired; only the API knows.
 * @returns {boolean}
 */
export function isSignedIn() {
  return userKeys().length > 0;
}

/** Drops the tokens of this tab. */
export function forgetUser() {
  for (const key of userKeys()) sessionStorage.removeItem(key);
}

/**
 * Calls back after a sign-in or sign-out in this tab, or a sign-out in another.
 * @param {() => void} listener
 */
export function onSessionChange(listener) {
  listeners.add(listener);
}

/** Tells this page, and every other tab of the portal, that the citizen is gone. */
export function announceSignedOut() {
  forgetUser();
  channel?.postMessage("signed-out");
  for (const listener of listeners) listener();
}

/** @returns {string[]} */
function userKeys() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(USER));
  } catch {
    // Storage is forbidden in this browser: nobody can be signed in.
    return [];
  }
}
