// @ts-check
import { SignInFailed, finishSignIn } from "../../scripts/session.js";
import { takeWay } from "../../scripts/way.js";

/** Takes the answer of the hosted log-in and goes back to where the citizen was, or says why it failed. */
class SignInCallback extends HTMLElement {
  async connectedCallback() {
    const { returnTo, language } = takeWay();
    try {
      await finishSignIn();
      location.replace(returnTo);
    } catch (error) {
      const reason = error instanceof SignInFailed ? error.reason : "unreachable";
      const root = language === "ja" ? "" : `/${language}`;
      location.replace(`${root}/auth/failed/?reason=${reason}`);
    }
  }
}

customElements.define("sign-in-callback", SignInCallback);
