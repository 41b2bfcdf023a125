// @ts-check
import { call, download } from "../../scripts/api.js";
import { onAction, role, spokenTime } from "../../scripts/panels.js";

/** @typedef {import("./account-page.js").AccountPage} AccountPage */
/** @typedef {import("./account-page.js").Account} Account */
/**
 * @typedef {object} Device
 * @property {string} id
 * @property {string | null} application
 * @property {string} name
 * @property {string} lastSeenAt
 * @property {boolean} current
 */

/**
 * Signed-in devices, the citizen's data to take away, and the end of the account.
 * @param {AccountPage} page
 * @returns {(account: Account) => void} shows an account
 */
export function connectLeaving(page) {
  onAction(page, "sign-out-everywhere", () =>
    page.does("devices", async () => {
      await call("DELETE", "/account/v1/devices");
      const { signOut } = await import("../../scripts/session.js");
      await signOut(page.dataset.language ?? "ja");
    }),
  );
  for (const button of page.querySelectorAll("[data-action=download]")) {
    const format = /** @type {HTMLElement} */ (button).dataset.format ?? "json";
    button.addEventListener("click", () => page.does("data", () => save(format)));
  }
  onAction(page, "close", () =>
    page.does("closure", async () => {
      await call("POST", "/account/v1/closure", { body: {} });
      await page.load();
      role(page, "closing").scrollIntoView();
      return "closing";
    }),
  );
  onAction(page, "cancel-closure", () =>
    page.does("closure", async () => {
      await call("DELETE", "/account/v1/closure");
      await page.load();
      return "closure-cancelled";
    }),
  );
  return (account) => {
    page.section("closure").hidden = false;
    for (const steps of page.section("closure").querySelectorAll("[data-two-steps]")) {
      if (steps instanceof HTMLElement) steps.hidden = account.state === "closing";
    }
    page.does("devices", () => showDevices(page));
  };
}

/** @param {AccountPage} page */
async function showDevices(page) {
  const { devices } = (await call("GET", "/account/v1/devices")).body;
  role(page, "devices").replaceChildren(...devices.map((/** @type {Device} */ device) => lineOf(page, device)));
}

/**
 * @param {AccountPage} page
 * @param {Device} device
 */
function lineOf(page, device) {
  const template = /** @type {HTMLTemplateElement} */ (page.querySelector("template[data-role=device]"));
  const line = /** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild;
  if (!(line instanceof HTMLElement)) throw new TypeError("the template has a line");
  role(line, "name").textContent = device.name;
  role(line, "application").textContent = page.getAttribute(`data-application-${device.application}`) ?? device.application ?? "";
  role(line, "current").hidden = !device.current;
  role(line, "seen").textContent = spokenTime(device.lastSeenAt);
  role(line, "sign-out").hidden = device.current;
  onAction(line, "sign-out-device", () =>
    page.does("devices", async () => {
      await call("DELETE", `/account/v1/devices/${encodeURIComponent(device.id)}`);
      await showDevices(page);
      return "device-signed-out";
    }),
  );
  return line;
}

/** @param {string} format */
async function save(format) {
  const blob = await download(`/account/v1/data?format=${format}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `machi-data.${format}`;
  link.click();
  // The browser has taken the file over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return "downloaded";
}
