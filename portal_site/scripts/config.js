// @ts-check

/**
 * The stage's addresses; nothing in them is secret.
 * @typedef {object} Config
 * @property {string} stage
 * @property {string} portal_url
 * @property {string} api_url
 * @property {string} auth_url
 * @property {string} issuer
 * @property {string} client_id
 * @property {string} [social_providers] those with whom the stage is registered, as the user pool calls them, separated by commas
 */

/** @type {Promise<Config> | undefined} */
let config;

/**
 * Reads `/config.json`, which the deployment wrote, once a page.
 * @returns {Promise<Config>}
 */
export function readConfig() {
  config ??= fetch("/config.json").then((response) => {
    if (!response.ok) throw new Error(`config.json: ${response.status}`);
    return response.json();
  });
  return config;
}
