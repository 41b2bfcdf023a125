// @ts-check

const EARTH_RADIUS = 6371008.8;

/**
 * Metres between two points on the ground as the crow flies (haversine, mean radius).
 * @param {{ latitude: number, longitude: number }} here
 * @param {{ latitude: number, longitude: number }} there
 * @returns {number}
 */
export function distance(here, there) {
  const radians = Math.PI / 180;
  const north = (there.latitude - here.latitude) * radians;
  const east = (there.longitude - here.longitude) * radians;
  const half =
    Math.sin(north / 2) ** 2 +
    Math.cos(here.latitude * radians) * Math.cos(there.latitude * radians) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(half));
}

/**
 * A distance as people say it: to 10 m below a kilometre, to 100 m above.
 * @param {number} metres
 * @param {string} lang of the page
 * @returns {string}
 */
export function spoken(metres, lang) {
  const near = metres < 995;
  return new Intl.NumberFormat(lang, {
    style: "unit",
    unit: near ? "meter" : "kilometer",
    unitDisplay: "short",
    maximumFractionDigits: near ? 0 : 1,
  }).format(near ? Math.round(metres / 10) * 10 : metres / 1000);
}
