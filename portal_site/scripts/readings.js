// @ts-check

const READING = /\[([^|[\]]+)\|([^|[\]]+)\]/;

/**
 * Shows a text of an agreement, in which `[避難|ひなん]` is a word with its reading.
 * @param {HTMLElement} place
 * @param {string} text
 */
export function putText(place, text) {
  // Split by a pattern with two groups: plain, word, reading, plain, word, reading, …, plain.
  const parts = text.split(READING);
  const nodes = [];
  for (let index = 0; index < parts.length; index += 3) {
    nodes.push(document.createTextNode(parts[index]));
    if (index + 2 < parts.length) nodes.push(ruby(parts[index + 1], parts[index + 2]));
  }
  place.replaceChildren(...nodes);
}

/**
 * @param {string} word
 * @param {string} reading
 */
function ruby(word, reading) {
  const element = document.createElement("ruby");
  const above = document.createElement("rt");
  above.textContent = reading;
  element.append(word, above);
  return element;
}
