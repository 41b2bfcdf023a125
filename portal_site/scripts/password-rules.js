// @ts-check

const SHORTEST = 10;
const SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ";

/**
 * The rules of the citizens' pool, each with the problem that breaking it is.
 * @type {Record<string, { code: string, isKept: (password: string) => boolean }>}
 */
export const RULES = {
  length: { code: "too-short", isKept: (password) => [...password].length >= SHORTEST },
  lower: { code: "needs-lower-case", isKept: (password) => /[a-z]/.test(password) },
  upper: { code: "needs-upper-case", isKept: (password) => /[A-Z]/.test(password) },
  digit: { code: "needs-digit", isKept: (password) => /[0-9]/.test(password) },
  symbol: { code: "needs-symbol", isKept: (password) => [...password].some((each) => SYMBOLS.includes(each)) },
};

/**
 * The problem with a password that our API would refuse, undefined if there is none.
 * @param {string} password
 */
export function passwordProblem(password) {
  return Object.values(RULES).find((rule) => !rule.isKept(password))?.code;
}
