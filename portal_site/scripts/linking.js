// @ts-check
import { PREFIX } from "./session-state.js";

/** @typedef {{ provider: string, language: string }} Linking */

const LINKING = `${PREFIX}linking`;

/**
 * Remembers, in this tab, with whom the citizen went to link an ID.
 * @param {string} provider
 * @param {string} language
 */
export function keepLinking(provider, language) {
  sessionStorage.setItem(LINKING, JSON.stringify({ provider, language }));
}

/**
 * What was remembered, once.
 * @returns {Linking | null}
 */
export function takeLinking() {
  const kept = sessionStorage.getItem(LINKING);
  sessionStorage.removeItem(LINKING);
  return kept ? JSON.parse(kept) : null;
}
