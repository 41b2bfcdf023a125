// @ts-check
import { ErrorResponse, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { readConfig } from "./config.js";
import { PREFIX, announceSignedOut } from "./session-state.js";
import { keepWay } from "./way.js";

/** @typedef {"cancelled" | "refused" | "expired" | "invalid" | "unreachable"} Reason */

const SECONDS_LEFT = 30;

const AREAS = ["profile", "account", "consents"];
const SCOPE = ["openid", "email", "profile", ...AREAS.flatMap((area) => [`machi/${area}.read`, `machi/${area}.write`])].join(" ");

// Languages of the hosted log-in; it shows English for any other.
/** @type {Record<string, string>} */
const LOGIN_LANGUAGES = { ja: "ja", "ja-easy": "ja", en: "en", "pt-BR": "pt-BR", "zh-CN": "zh-CN" };

/** Why a log-in did not come about. */
export class SignInFailed extends Error {
  /** @param {Reason} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Leaves for the hosted log-in: authorization code with PKCE, state and nonce.
 * @param {string} language
 * @param {object} [how]
 * @param {string} [how.returnTo] path to come back to, this page if none is given
 * @param {string} [how.provider] somebody else's ID to sign in with, as the user pool calls it
 * @param {boolean} [how.again] prove once more who it is, even if the hosted log-in remembers
 */
export async function signIn(language, how = {}) {
  const { returnTo = location.pathname + location.search + location.hash, provider, again = false } = how;
  const manager = await userManager();
  keepWay({ returnTo, language });
  await manager.signinRedirect({
    nonce: randomText(),
    ...(again && { prompt: "login" }),
    extraQueryParams: {
      lang: LOGIN_LANGUAGES[language] ?? "en",
      ...(provider && { identity_provider: provider }),
    },
  });
}

/**
 * Takes the answer of the hosted log-in, which is in the page's address, and keeps the tokens.
 * @throws {SignInFailed}
 */
export async function finishSignIn() {
  const config = await readConfig();
  const manager = await userManager();
  let user;
  try {
    user = await manager.signinRedirectCallback();
  } catch (error) {
    throw new SignInFailed(reasonOf(error));
  }
  // The library has compared state and nonce. The end of the ID token is not looked at: it came this moment from
  // the issuer itself, and a citizen whose clock is wrong must be able to sign in.
  if (user.profile.iss !== config.issuer || user.profile.aud !== config.client_id) {
    await manager.removeUser();
    throw new SignInFailed("invalid");
  }
}

/**
 * Forgets the tokens here and in other tabs, makes the refresh token useless, and ends the hosted log-in.
 * @param {string} language
 */
export async function signOut(language) {
  const config = await readConfig();
  const manager = await userManager();
  const user = await manager.getUser();
  await manager.removeUser();
  announceSignedOut();
  for (const kept of ["draft", "pending"]) sessionStorage.removeItem(`${PREFIX}${kept}`);
  if (user?.refresh_token) revoke(config, user.refresh_token);
  keepWay({ returnTo: "/", language });
  const query = new URLSearchParams({
    client_id: config.client_id,
    logout_uri: `${config.portal_url}/auth/signed-out/`,
  });
  location.assign(`${config.auth_url}/logout?${query}`);
}

/**
 * A token for the API, renewed if it is about to end; null if the citizen has to sign in again.
 * @returns {Promise<string | null>}
 */
export async function accessToken() {
  const manager = await userManager();
  const user = await manager.getUser();
  if (!user) return null;
  if ((user.expires_in ?? 0) > SECONDS_LEFT) return user.access_token;
  if (!user.refresh_token) return endSession(manager);
  try {
    return (await manager.signinSilent())?.access_token ?? null;
  } catch (error) {
    if (error instanceof ErrorResponse) return endSession(manager);
    throw error;
  }
}

/**
 * The address the citizen signed in with, "" if the log-in did not say.
 * @returns {Promise<string>}
 */
export async function signedInEmail() {
  const user = await (await userManager()).getUser();
  return user?.profile.email ?? "";
}

/** @param {UserManager} manager */
async function endSession(manager) {
  await manager.removeUser();
  announceSignedOut();
  return null;
}

/**
 * @param {import("./config.js").Config} config
 * @param {string} token
 */
function revoke(config, token) {
  const body = new URLSearchParams({ token, client_id: config.client_id });
  // Signing out goes on whether or not this arrives: the tab has forgotten the token.
  fetch(`${config.auth_url}/oauth2/revoke`, { method: "POST", body, keepalive: true }).catch(() => undefined);
}

/** @returns {Promise<UserManager>} */
async function userManager() {
  const config = await readConfig();
  const store = new WebStorageStateStore({ store: sessionStorage, prefix: PREFIX });
  return new UserManager({
    authority: config.issuer,
    client_id: config.client_id,
    redirect_uri: `${config.portal_url}/auth/callback/`,
    response_type: "code",
    scope: SCOPE,
    // Given here, not discovered: one request less, and no other origin to trust.
    metadata: {
      issuer: config.issuer,
      authorization_endpoint: `${config.auth_url}/oauth2/authorize`,
      token_endpoint: `${config.auth_url}/oauth2/token`,
    },
    userStore: store,
    stateStore: store,
    automaticSilentRenew: false,
    monitorSession: false,
    loadUserInfo: false,
  });
}

/**
 * @param {unknown} error
 * @returns {Reason}
 */
function reasonOf(error) {
  if (error instanceof ErrorResponse) return error.error === "access_denied" ? "cancelled" : "refused";
  if (error instanceof TypeError) return "unreachable";
  return error instanceof Error && error.message.includes("state") ? "expired" : "invalid";
}

function randomText() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
