// @ts-check
import { takeWay } from "../../scripts/way.js";

/**
 * The hosted log-in comes back to the Japanese page; a reader of another language belongs on theirs.
 * Loaded on the Japanese page only.
 */
class SignedOutLanguage extends HTMLElement {
  connectedCallback() {
    const { language } = takeWay();
    if (language !== "ja") location.replace(`/${language}/auth/signed-out/`);
  }
}

customElements.define("signed-out-language", SignedOutLanguage);
