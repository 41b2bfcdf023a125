// @ts-check
import { readConfig } from "./config.js";

/** @typedef {{ pointer: string, code: string }} Problem */
/** @typedef {{ body: any, headers: Headers }} Answer */

const PATIENCE = 20_000;

/** The API refused or could not; `status` 0 means that it was not reached, 401 that the citizen has to sign in. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} [type] last part of the problem's type
   * @param {Problem[]} [errors]
   */
  constructor(status, type = "", errors = []) {
    super(`${status} ${type}`);
    this.status = status;
    this.type = type;
    this.errors = errors;
  }
}

/**
 * One call of our API as the citizen who is signed in.
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, headers?: Record<string, string>, patience?: number }} [options] patience in ms
 * @returns {Promise<Answer>}
 * @throws {Refused}
 */
export async function call(method, path, options = {}) {
  let token;
  try {
    const { accessToken } = await import("./session.js");
    token = await accessToken();
  } catch {
    throw new Refused(0);
  }
  if (!token) throw new Refused(401);
  return answerOf(await send(method, path, options, { Authorization: `Bearer ${token}` }));
}

/**
 * One call before there is an account.
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown }} [options]
 * @returns {Promise<Answer>}
 * @throws {Refused}
 */
export async function callAnonymously(method, path, options = {}) {
  return answerOf(await send(method, path, options, {}));
}

/**
 * A file from the API, for the citizen to keep.
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Blob>}
 * @throws {Refused}
 */
export async function download(path, headers = {}) {
  const { accessToken } = await import("./session.js");
  const token = await accessToken().catch(() => null);
  if (!token) throw new Refused(401);
  const response = await send("GET", path, { headers }, { Authorization: `Bearer ${token}` });
  if (!response.ok) await answerOf(response);
  return response.blob();
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ body?: unknown, headers?: Record<string, string>, patience?: number }} options
 * @param {Record<string, string>} authority
 */
async function send(method, path, { body, headers = {}, patience = PATIENCE }, authority) {
  try {
    const { api_url: api } = await readConfig();
    const all = { ...headers, ...authority, ...(body !== undefined && { "Content-Type": "application/json" }) };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signal = AbortSignal.timeout(patience);
    return await fetch(api + path, { method, headers: all, body: text, cache: "no-store", signal });
  } catch {
    throw new Refused(0);
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function answerOf(response) {
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, String(body?.type ?? "").split(/[/:]/).pop(), body?.errors);
  return { body, headers: response.headers };
}
