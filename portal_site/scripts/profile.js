// @ts-check
import { readConfig } from "./config.js";
import { accessToken } from "./session.js";

/**
 * What a citizen tells about themselves; null where they do not.
 * @typedef {object} Profile
 * @property {string | null} familyName
 * @property {string | null} givenName
 * @property {string | null} familyNameKana
 * @property {string | null} givenNameKana
 * @property {string | null} nickname
 * @property {string | null} birthDate YYYY-MM-DD
 * @property {string | null} ward id of the city's file
 * @property {string} language
 * @property {boolean} notifyByEmail
 */
/** @typedef {Profile & { updatedAt: string | null }} StoredProfile */
/** @typedef {{ profile: StoredProfile, version: string }} Versioned */

/** The API refused or could not; `status` 0 means that it was not reached, 401 that the citizen has to sign in. */
export class ProfileRefused extends Error {
  /**
   * @param {number} status
   * @param {{ pointer: string, code: string }[]} errors
   */
  constructor(status, errors = []) {
    super(`profile: ${status}`);
    this.status = status;
    this.errors = errors;
  }
}

/**
 * @returns {Promise<Versioned>}
 * @throws {ProfileRefused}
 */
export async function readProfile() {
  return call("GET");
}

/**
 * @param {Profile} profile
 * @param {string} version of the profile that was changed
 * @returns {Promise<Versioned>}
 * @throws {ProfileRefused}
 */
export async function saveProfile(profile, version) {
  return call("PUT", { "Content-Type": "application/json", "If-Match": version }, JSON.stringify(profile));
}

/**
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {string} [body]
 * @returns {Promise<Versioned>}
 */
async function call(method, headers = {}, body = undefined) {
  const response = await send(method, headers, body);
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new ProfileRefused(response.status, problem.errors);
  }
  return { profile: await response.json(), version: response.headers.get("ETag") ?? "" };
}

/**
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {string} [body]
 */
async function send(method, headers, body) {
  let token;
  try {
    token = await accessToken();
    if (token) {
      const { api_url: api } = await readConfig();
      const all = { ...headers, Authorization: `Bearer ${token}` };
      return await fetch(`${api}/citizen/v1/profile`, { method, headers: all, body, cache: "no-store" });
    }
  } catch {
    throw new ProfileRefused(0);
  }
  throw new ProfileRefused(401);
}
