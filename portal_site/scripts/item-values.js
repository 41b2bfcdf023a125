// @ts-check
import { spokenTime } from "./panels.js";

/** @typedef {Record<string, any>} Claims */

/** @type {Record<string, string>} */
const LANGUAGES = { ja: "日本語", "ja-easy": "やさしい日本語", en: "English", "pt-BR": "Português", "zh-CN": "中文", vi: "Tiếng Việt" };

/**
 * What the claims of one item say, as a person reads it; "" if they say nothing.
 * @param {string} item
 * @param {Claims} claims as a service would receive them
 * @param {(name: string) => string} words texts of the page
 * @returns {string}
 */
export function spokenValue(item, claims, words) {
  switch (item) {
    case "name":
    case "nickname":
      return claims[item] ?? "";
    case "name_kana":
      return claims["name#ja-Kana-JP"] ?? "";
    case "birthdate":
      return claims.birthdate ? spokenTime(`${claims.birthdate}T00:00:00+09:00`, "date") : "";
    case "gender":
      return claims.gender ? words(`gender-${claims.gender}`) : "";
    case "address":
      return claims.address?.formatted ?? "";
    case "phone":
      return (claims.phone_number ?? "").replace(/^\+81/, "0");
    case "ward":
      return claims.ward ? words(`ward-${claims.ward}`) || claims.ward : "";
    case "commute":
      return Object.values(claims.commute ?? {}).join(" ");
    case "interests":
      return (claims.interests ?? []).map((/** @type {string} */ each) => words(`interest-${each}`) || each).join(" / ");
    case "language":
      return LANGUAGES[claims.locale] ?? "";
    case "assurance":
      return claims.assurance_level ? words(`assurance-${claims.assurance_level}`) : "";
    default:
      return "";
  }
}
