// @ts-check
import { spokenValue } from "../../scripts/item-values.js";
import { onAction, role, spokenTime } from "../../scripts/panels.js";
import { copyOf, saveFile } from "../../scripts/personal-page.js";
import { putText } from "../../scripts/readings.js";
import { PREFIX } from "../../scripts/session-state.js";

/** @typedef {import("./consent-centre.js").ConsentCentre} ConsentCentre */
/** @typedef {import("./consent-centre.js").Service} Service */
/** @typedef {{ item: string, necessity: "required" | "optional" }} Requested */
/** @typedef {"give" | "deny"} Verdict */

const RECEIPT = `${PREFIX}receipt`;

/**
 * Puts into a service's card all that it asks for, in the order of the consent screen, with the citizen's own values.
 * @param {ConsentCentre} page
 * @param {HTMLElement} card
 * @param {Service} service
 */
export async function showDetail(page, card, service) {
  const path = `/citizen/v1/consents/${encodeURIComponent(service.application)}`;
  const shown = await page.ask("GET", `${path}?lang=${page.dataset.language}`);
  const { agreement } = shown;
  const values = { ...shown.values, ...(await contact(page, agreement.items)) };
  const form = copyOf(page, "service-detail");
  const isKept = service.state === "given" && !service.needsRenewal;

  role(form, "renewal").hidden = !service.needsRenewal;
  putText(role(form, "purpose"), agreement.purpose);
  putText(role(form, "benefit"), agreement.benefit);
  for (const necessity of ["required", "optional"]) {
    const items = agreement.items.filter((/** @type {Requested} */ each) => each.necessity === necessity);
    role(form, `${necessity}-part`).hidden = items.length === 0;
    const lines = items.map(({ item }) => lineOf(page, service, item, necessity, value(page, item, values)));
    role(form, necessity).replaceChildren(...lines);
  }
  // What was chosen stays chosen; for a new request nothing is chosen beforehand.
  if (isKept) for (const box of boxes(form)) box.checked = service.items.includes(box.value);
  showParties(page, form, agreement);
  role(form, "frequency").textContent = page.words(`often-${agreement.frequency}`);
  role(form, "until").textContent =
    isKept && service.until ? page.words("until-day", spokenTime(service.until, "date")) : page.words("validity", String(agreement.validityDays));
  putText(role(form, "on-refusal"), agreement.onRefusal);
  putText(role(form, "on-withdrawal"), agreement.onWithdrawal);
  role(form, "decision").hidden = isKept;
  role(form, "change").hidden = !isKept || boxes(form).length === 0;
  role(form, "receipt").hidden = service.state !== "given";

  onAction(form, "give", () => decide("give", "gave"));
  onAction(form, "deny", () => decide("deny", "denied"));
  onAction(form, "save", () => decide("give", "saved"));
  onAction(form, "read-receipt", () => page.does(card, () => readReceipt(page, path)));
  onAction(form, "save-receipt", () =>
    page.does(card, async () => saveFile(await page.file(`${path}/receipt?format=jws`), `machi-${service.application}.jws`)),
  );
  role(card, "detail").replaceChildren(form);

  /**
   * @param {Verdict} decision
   * @param {string} said
   */
  function decide(decision, said) {
    const required = agreement.items.filter((/** @type {Requested} */ each) => each.necessity === "required");
    const chosen = boxes(form).filter((box) => box.checked);
    const items = decision === "give" ? [...required.map(({ item }) => item), ...chosen.map((box) => box.value)] : [];
    const body = { revision: agreement.revision, items, decision, language: page.dataset.language };
    return page.does(
      card,
      async () => {
        await page.ask("PUT", path, body);
        await page.tell(page.words(said, service.name));
      },
      ({ status }) => {
        if (status !== 409) return "";
        showDetail(page, card, service).catch(() => {});
        return page.words("changed");
      },
    );
  }
}

/**
 * The address for signing in is with the log-in, not in the profile; only the citizen's own is known here.
 * @param {ConsentCentre} page
 * @param {Requested[]} items
 */
async function contact(page, items) {
  if (page.behalf || !items.some(({ item }) => item === "email")) return {};
  const { signedInEmail } = await import("../../scripts/session.js");
  return { email: { email: await signedInEmail() } };
}

/**
 * @param {ConsentCentre} page
 * @param {string} item
 * @param {Record<string, import("../../scripts/item-values.js").Claims>} values
 */
function value(page, item, values) {
  if (item.includes(".")) return page.words("of-service");
  if (!(item in values) || (page.behalf && item === "email")) return page.words("hidden");
  if (item === "email") return values.email.email || page.words("not-told");
  return spokenValue(item, values[item], (name) => page.words(name)) || page.words("not-told");
}

/**
 * @param {ConsentCentre} page
 * @param {Service} service
 * @param {string} item
 * @param {string} necessity
 * @param {string} says
 */
function lineOf(page, service, item, necessity, says) {
  const isOptional = necessity === "optional";
  const line = document.createElement(isOptional ? "label" : "li");
  line.className = isOptional ? "item-list__item check" : "item-list__item";
  const text = document.createElement("span");
  const name = document.createElement("span");
  name.className = "item-list__name";
  name.textContent = page.itemName(item);
  const now = document.createElement("span");
  now.className = "item-list__value";
  now.textContent = says;
  text.append(name, now);
  if (isOptional) {
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", className: "check__box", value: item, name: `${service.application}-items` });
    line.append(box);
  }
  line.append(text);
  return line;
}

/**
 * @param {ConsentCentre} page
 * @param {HTMLElement} form
 * @param {any} agreement
 */
function showParties(page, form, { source, recipient }) {
  const from = source === "platform" ? page.words("city") : source;
  const country = page.words(recipient.country.toLowerCase()) || recipient.country;
  role(form, "parties").textContent = page.words("from-to", from, recipient.name, country);
  const place = role(form, "contact");
  if (!recipient.contact.startsWith("https://")) {
    place.textContent = recipient.contact;
    return;
  }
  const link = document.createElement("a");
  Object.assign(link, { href: recipient.contact, rel: "noreferrer", textContent: recipient.contact });
  place.replaceChildren(link);
}

/**
 * @param {ConsentCentre} page
 * @param {string} path
 */
async function readReceipt(page, path) {
  const blob = await page.file(`${path}/receipt?format=jws`);
  sessionStorage.setItem(RECEIPT, (await blob.text()).trim());
  location.assign(role(page, "to-receipts").href);
}

/**
 * @param {HTMLElement} form
 * @returns {HTMLInputElement[]}
 */
function boxes(form) {
  return [...form.querySelectorAll("input")];
}
