// @ts-check
import { onAction, role } from "./panels.js";

/**
 * What cannot be taken back is asked twice, with the consequence between.
 * @param {HTMLElement} steps
 */
export function askTwice(steps) {
  const [ask] = steps.querySelectorAll("[data-action=ask]");
  const sure = role(steps, "sure");
  const turn = (/** @type {boolean} */ isAsked) => {
    sure.hidden = !isAsked;
    if (ask.parentElement) ask.parentElement.hidden = isAsked;
  };
  ask.addEventListener("click", () => {
    turn(true);
    sure.focus();
  });
  for (const button of sure.querySelectorAll("button")) button.addEventListener("click", () => turn(false));
  onAction(steps, "no", () => /** @type {HTMLElement} */ (ask).focus());
}
