// @ts-check
import { call } from "./api.js";

/**
 * What a citizen tells about themselves; null or an empty list where they do not.
 * @typedef {object} Profile
 * @property {string | null} familyName
 * @property {string | null} givenName
 * @property {string | null} familyNameKana
 * @property {string | null} givenNameKana
 * @property {string | null} nickname
 * @property {string | null} birthDate YYYY-MM-DD
 * @property {string | null} gender
 * @property {string | null} postalCode seven digits
 * @property {string | null} prefecture
 * @property {string | null} municipality
 * @property {string | null} street
 * @property {string | null} building
 * @property {string | null} ward id of the city's file
 * @property {string | null} phone
 * @property {string | null} commuteMunicipality
 * @property {string | null} commutePlace
 * @property {string[]} interests ids of the city's file
 * @property {string} language
 * @property {string[]} channels
 */
/** @typedef {Profile & { updatedAt: string | null }} StoredProfile */
/** @typedef {{ profile: StoredProfile, version: string }} Versioned */

const PATH = "/citizen/v1/profile";

/**
 * @returns {Promise<Versioned>}
 * @throws {import("./api.js").Refused}
 */
export async function readProfile() {
  return versioned(await call("GET", PATH));
}

/**
 * @param {Profile} profile
 * @param {string} version of the profile that was changed
 * @returns {Promise<Versioned>}
 * @throws {import("./api.js").Refused}
 */
export async function saveProfile(profile, version) {
  return versioned(await call("PUT", PATH, { body: profile, headers: { "If-Match": version } }));
}

/**
 * @param {import("./api.js").Answer} answer
 * @returns {Versioned}
 */
function versioned({ body, headers }) {
  return { profile: body, version: headers.get("ETag") ?? "" };
}
