// @ts-check
import { PREFIX } from "./session-state.js";

/** @typedef {{ returnTo: string, language: string }} Way */

const WAY = `${PREFIX}way`;
const LANGUAGE = /^[A-Za-z]{2}(-[A-Za-z]{2,4})?$/;

/**
 * Remembers, in this tab, where the citizen was before leaving for the hosted log-in, and in which language.
 * @param {Way} way
 */
export function keepWay(way) {
  sessionStorage.setItem(WAY, JSON.stringify(way));
}

/**
 * Where to come back to, if something was remembered; it stays remembered.
 * @returns {string | undefined}
 */
export function peekWay() {
  const kept = sessionStorage.getItem(WAY);
  return kept ? ownPath(String(JSON.parse(kept).returnTo)) : undefined;
}

/**
 * What was remembered, once; home in Japanese if nothing was.
 * @returns {Way}
 */
export function takeWay() {
  const kept = sessionStorage.getItem(WAY);
  sessionStorage.removeItem(WAY);
  const { returnTo = "/", language = "ja" } = kept ? JSON.parse(kept) : {};
  return { returnTo: ownPath(String(returnTo)), language: LANGUAGE.test(language) ? language : "ja" };
}

/**
 * The path if it lies on this site and is no step of the log-in, else home.
 * @param {string} path
 */
function ownPath(path) {
  const url = new URL(path, location.origin);
  const own = url.origin === location.origin && !url.pathname.includes("/auth/");
  return own ? url.pathname + url.search + url.hash : "/";
}
