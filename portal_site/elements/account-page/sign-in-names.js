// @ts-check
import { Refused, call } from "../../scripts/api.js";
import { readConfig } from "../../scripts/config.js";
import { onAction, role } from "../../scripts/panels.js";
import { passwordProblem } from "../../scripts/password-rules.js";

/** @typedef {import("./account-page.js").AccountPage} AccountPage */
/** @typedef {import("./account-page.js").Account} Account */

/**
 * E-mail address, login ID, password and passkeys.
 * @param {AccountPage} page
 * @returns {(account: Account) => void} shows an account
 */
export function connectSignInNames(page) {
  on(page, "email", "email", async (form) => {
    await call("PUT", "/account/v1/email", { body: { email: value(form, "email").trim() } });
    const next = formOf(page, "email-code");
    form.hidden = true;
    next.hidden = false;
    next.querySelector("input")?.focus();
  });
  on(page, "email", "email-code", async (form) => {
    const code = value(form, "code").normalize("NFKC").replace(/\s/g, "");
    await call("POST", "/account/v1/email/confirmation", { body: { code } });
    for (const each of [form, formOf(page, "email")]) each.reset();
    form.hidden = true;
    formOf(page, "email").hidden = false;
    return closed(page, "email", "email-changed");
  });
  on(page, "login-id", "login-id", async (form) => {
    await call("PUT", "/account/v1/login-id", { body: { loginId: value(form, "loginId").trim() } });
    form.reset();
    return closed(page, "login-id", "saved");
  });
  onAction(page, "remove-login-id", () =>
    page.does("login-id", async () => {
      await call("DELETE", "/account/v1/login-id");
      return closed(page, "login-id", "login-id-removed");
    }),
  );
  on(page, "password", "password", async (form) => {
    const newPassword = value(form, "newPassword");
    const weak = passwordProblem(newPassword);
    if (weak) throw new Refused(422, "invalid", [{ pointer: "#/newPassword", code: weak }]);
    await call("PUT", "/account/v1/password", { body: { currentPassword: value(form, "currentPassword") || null, newPassword } });
    form.reset();
    return closed(page, "password", "password-changed");
  });
  showPasskeys(page);
  return (account) => show(page, account);
}

/**
 * @param {AccountPage} page
 * @param {Account} account
 */
function show(page, account) {
  role(page, "email").textContent = account.email ?? page.dataset.none ?? "";
  const state = role(page, "email-state");
  state.hidden = !account.email;
  state.textContent = page.dataset[account.emailVerified ? "verified" : "unverified"] ?? "";
  role(page, "login-id").textContent = account.loginId ?? page.dataset.none ?? "";
  role(page, "login-id-removal").hidden = !account.loginId;
  role(page, "no-password").hidden = account.hasPassword;
  role(page, "current-password").hidden = !account.hasPassword;
}

/**
 * The user pool has a page of its own for passkeys; the local stage has none.
 * @param {AccountPage} page
 */
async function showPasskeys(page) {
  const config = await readConfig().catch(() => null);
  if (!config || config.stage === "local") return;
  const query = new URLSearchParams({ client_id: config.client_id, redirect_uri: `${config.portal_url}/auth/callback/` });
  role(page, "passkeys-link").href = `${config.auth_url}/passkeys/add?${query}`;
  page.section("passkeys").hidden = false;
}

/**
 * @param {AccountPage} page
 * @param {string} section
 * @param {string} message
 */
async function closed(page, section, message) {
  for (const details of page.section(section).querySelectorAll("details")) details.open = false;
  await page.load();
  return message;
}

/**
 * @param {AccountPage} page
 * @param {string} section
 * @param {string} name
 * @param {(form: HTMLFormElement) => Promise<string | void>} work
 */
function on(page, section, name, work) {
  const form = formOf(page, name);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    page.does(section, () => work(form), form);
  });
}

/**
 * @param {AccountPage} page
 * @param {string} name
 * @returns {HTMLFormElement}
 */
function formOf(page, name) {
  return /** @type {HTMLFormElement} */ (page.querySelector(`form[data-form=${name}]`));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {string}
 */
function value(form, name) {
  return /** @type {any} */ (form.elements.namedItem(name)).value;
}
