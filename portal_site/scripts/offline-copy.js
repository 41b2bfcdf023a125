// @ts-check

/**
 * Keeps the list of places to flee to on this device, in the language being read, for when the network is gone.
 * Not for readers who asked their browser to save data.
 */
async function keepShelters() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  await navigator.serviceWorker.register("/sw.js");
  // @ts-expect-error TS2339: not in every browser, nor in the type library
  if (navigator.connection?.saveData) return;
  const { active } = await navigator.serviceWorker.ready;
  const language = document.documentElement.dataset.language ?? "ja";
  active?.postMessage({ keep: `${language === "ja" ? "" : `/${language}`}/shelters/` });
}

if (document.readyState === "complete") keepShelters();
else window.addEventListener("load", keepShelters);
