// @ts-check
import { Refused, call } from "../../scripts/api.js";
import { SignInFailed, finishSignIn } from "../../scripts/session.js";
import { keepWay, takeWay } from "../../scripts/way.js";

const PATIENCE = 6000;

/** Takes the answer of the hosted log-in and goes back to where the citizen was, or says why it failed. */
class SignInCallback extends HTMLElement {
  async connectedCallback() {
    const way = takeWay();
    const root = way.language === "ja" ? "" : `/${way.language}`;
    try {
      await finishSignIn();
    } catch (error) {
      const reason = error instanceof SignInFailed ? error.reason : "unreachable";
      location.replace(`${root}/auth/failed/?reason=${reason}`);
      return;
    }
    const query = await missing();
    if (query === null) location.replace(way.returnTo);
    else {
      keepWay(way);
      location.replace(`${root}/terms/accept/${query}`);
    }
  }
}

/**
 * Whether the terms have to be accepted first. Also makes this device known. If the API cannot say, the citizen goes
 * on: each page asks again for what it needs.
 * @returns {Promise<string | null>} query for the page of the terms
 */
async function missing() {
  const [account] = await Promise.allSettled([
    call("GET", "/account/v1/account", { patience: PATIENCE }),
    call("POST", "/account/v1/devices", { patience: PATIENCE }),
  ]);
  if (account.status === "rejected") return account.reason instanceof Refused && account.reason.status === 404 ? "" : null;
  const { terms, linkOffer } = account.value.body;
  if (terms?.current) return null;
  return linkOffer ? "?offer=link" : "";
}

customElements.define("sign-in-callback", SignInCallback);
