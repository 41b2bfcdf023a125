// @ts-check

/** @typedef {{ pointer: string, code: string }} Problem */

/**
 * Says what is wrong where it is wrong, and leads there. Each field stands in a `[data-field]` with a
 * `.field__error`; a form with a `[data-role=summary]` lists all problems on top.
 * @param {HTMLElement} form
 * @param {Problem[]} problems
 * @param {(code: string) => string} words
 */
export function showProblems(form, problems, words) {
  const items = problems.map(({ pointer, code }) => problemAt(form, pointer.replace("#/", ""), words(code)));
  const summary = form.querySelector("[data-role=summary]");
  if (summary instanceof HTMLElement) {
    summary.querySelector("[data-role=summary-list]")?.replaceChildren(...items);
    summary.hidden = false;
    summary.focus();
    return;
  }
  const first = form.querySelector("[aria-invalid]");
  if (first instanceof HTMLElement) first.focus();
}

/** @param {HTMLElement} form */
export function clearProblems(form) {
  for (const part of form.querySelectorAll("[data-role=summary], .field__error")) {
    if (part instanceof HTMLElement) part.hidden = true;
  }
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/**
 * @param {HTMLElement} form
 * @param {string} name
 * @param {string} words
 * @returns {HTMLLIElement} the line of the summary
 */
function problemAt(form, name, words) {
  const item = document.createElement("li");
  const field = name && form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  if (!(field instanceof HTMLElement)) {
    item.textContent = words;
    return item;
  }
  const message = field.querySelector(".field__error");
  if (message instanceof HTMLElement) {
    message.textContent = words;
    message.hidden = false;
  }
  const controls = [...field.querySelectorAll("input, select, textarea")];
  for (const control of controls) control.setAttribute("aria-invalid", "true");
  const link = document.createElement("a");
  link.href = `#${controls[0]?.id}`;
  link.textContent = `${field.dataset.label}: ${words}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (controls[0] instanceof HTMLElement) controls[0].focus();
  });
  item.append(link);
  return item;
}
