// @ts-check

/**
 * Shows one `[data-panel]` of an element and hides the others; a panel that can take the focus gets it.
 * @param {HTMLElement} host
 * @param {string} name
 */
export function showPanel(host, name) {
  for (const each of host.querySelectorAll("[data-panel]")) {
    if (each instanceof HTMLElement) each.hidden = each.dataset.panel !== name;
  }
  const shown = host.querySelector(`[data-panel=${name}][tabindex]`);
  if (shown instanceof HTMLElement) shown.focus();
}

/**
 * @param {HTMLElement} host
 * @param {string} action
 * @param {(event: Event) => void} listener
 */
export function onAction(host, action, listener) {
  for (const button of host.querySelectorAll(`[data-action=${action}]`)) button.addEventListener("click", listener);
}

/**
 * @param {Element} host
 * @param {string} name
 * @returns {any} the element that has this part to play
 */
export function role(host, name) {
  return host.querySelector(`[data-role=${name}]`);
}

/**
 * Marks what can be pressed as busy while something is on its way. Pressing it then does nothing.
 * @param {HTMLElement} host
 * @param {() => Promise<void>} work
 */
export async function busyWhile(host, work) {
  if (host.getAttribute("aria-busy") === "true") return;
  host.setAttribute("aria-busy", "true");
  const buttons = [...host.querySelectorAll("button")];
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    host.removeAttribute("aria-busy");
    for (const button of buttons) button.removeAttribute("aria-disabled");
  }
}

/**
 * @param {string | Date} moment
 * @param {"date" | "time"} [detail]
 * @returns {string} in the page's language, as clocks in Japan show it
 */
export function spokenTime(moment, detail = "time") {
  const timeStyle = detail === "time" ? "short" : undefined;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle, timeZone: "Asia/Tokyo" });
  return format.format(new Date(moment));
}

/**
 * @param {unknown} error
 * @returns {number} HTTP status, 0 if there was no answer
 */
export function statusOf(error) {
  return error instanceof Error && "status" in error ? Number(error.status) : 0;
}

/**
 * @param {unknown} error
 * @returns {{ pointer: string, code: string }[]}
 */
export function problemsOf(error) {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
}
