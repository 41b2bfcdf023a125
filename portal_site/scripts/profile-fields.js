// @ts-check

/** @typedef {import("./profile.js").Profile} Profile */

const TEXTS = [
  ...["familyName", "givenName", "familyNameKana", "givenNameKana", "nickname", "gender", "ward", "phone"],
  ...["postalCode", "prefecture", "municipality", "street", "building", "commuteMunicipality", "commutePlace"],
];
const LISTS = ["interests", "channels"];

/**
 * Puts a profile into the controls that the form has.
 * @param {HTMLFormElement} form
 * @param {Profile} profile
 */
export function fillFields(form, profile) {
  /** @type {Record<string, any>} */
  const values = { ...profile, postalCode: profile.postalCode?.replace(/^(\d{3})/, "$1-") };
  for (const name of [...TEXTS, "language"]) control(form, name).value = values[name] ?? "";
  for (const name of LISTS) for (const box of boxes(form, name)) box.checked = values[name].includes(box.value);
  const [year = "", month = "", day = ""] = (profile.birthDate ?? "").split("-");
  part(form, "year").value = year;
  part(form, "month").value = month.replace(/^0/, "");
  part(form, "day").value = day.replace(/^0/, "");
}

/**
 * The profile in the controls; null if the date makes no sense.
 * @param {HTMLFormElement} form
 * @returns {Profile | null}
 */
export function readFields(form) {
  const birthDate = readBirthDate(form);
  if (birthDate === undefined) return null;
  const told = TEXTS.map((name) => [name, control(form, name).value.trim() || null]);
  const lists = LISTS.map((name) => [name, boxes(form, name).filter((box) => box.checked).map((box) => box.value)]);
  return { ...Object.fromEntries([...told, ...lists]), birthDate, language: control(form, "language").value };
}

/**
 * Everything typed and chosen, as a text to compare and to keep.
 * @param {HTMLFormElement} form
 */
export function stateOf(form) {
  const controls = [...form.querySelectorAll("input, select")].map((each) => /** @type {HTMLInputElement} */ (each));
  return JSON.stringify(controls.map((each) => [each.id, each.type === "checkbox" ? each.checked : each.value]));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} state from `stateOf`
 */
export function restoreState(form, state) {
  for (const [id, value] of JSON.parse(state)) {
    const found = /** @type {any} */ (form.querySelector(`#${CSS.escape(id)}`));
    if (found?.type === "checkbox") found.checked = value;
    else if (found) found.value = value;
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {string | null | undefined} undefined for half a date or no number
 */
function readBirthDate(form) {
  const parts = ["year", "month", "day"].map((name) => part(form, name).value.normalize("NFKC").trim());
  if (parts.every((each) => each === "")) return null;
  const [year, month, day] = parts;
  if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return undefined;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {any} the input or select
 */
function control(form, name) {
  return form.elements.namedItem(name);
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement[]} the boxes of a list
 */
function boxes(form, name) {
  return [...form.querySelectorAll(`input[name="${name}"]`)].map((box) => /** @type {HTMLInputElement} */ (box));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {any} the input for a part of the date
 */
function part(form, name) {
  return form.querySelector(`[data-part=${name}]`);
}
