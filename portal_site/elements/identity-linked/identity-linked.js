// @ts-check
import { Refused, call } from "../../scripts/api.js";
import { takeLinking } from "../../scripts/linking.js";

/** Takes the answer of somebody else's log-in to our API, which links the two IDs, and goes back to the account. */
class IdentityLinked extends HTMLElement {
  async connectedCallback() {
    const query = new URLSearchParams(location.search);
    // The code in the address works once, but need not stay in the list of visited pages.
    history.replaceState(null, "", location.pathname);
    const linking = takeLinking();
    const result = linking ? await confirm(linking.provider, query) : "failed";
    const root = !linking || linking.language === "ja" ? "" : `/${linking.language}`;
    location.replace(`${root}/account/?linking=${result}`);
  }
}

/**
 * @param {string} provider
 * @param {URLSearchParams} query of the answer
 * @returns {Promise<"done" | "cancelled" | "elsewhere" | "failed">}
 */
async function confirm(provider, query) {
  const [code, state] = [query.get("code"), query.get("state")];
  if (query.get("error") === "access_denied") return "cancelled";
  if (!code || !state) return "failed";
  try {
    await call("POST", `/account/v1/identities/${encodeURIComponent(provider)}/confirmation`, { body: { code, state } });
    return "done";
  } catch (error) {
    return error instanceof Refused && error.status === 409 ? "elsewhere" : "failed";
  }
}

customElements.define("identity-linked", IdentityLinked);
