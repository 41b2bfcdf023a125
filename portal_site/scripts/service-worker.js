// The rest of the worker stands above: SETTINGS, written by the build.
// Pages come from the network as long as there is one; what was read before, and the list of places to flee to,
// stays for later. Nothing personal is kept: only files of this site, and of its pages only the open ones.

const NETWORK_PATIENCE = 6000;
const PRIVATE = /\/(mypage|auth|account|consents|guardians|history|receipts|requests|register|reset-password|sign-in|terms|welcome)\//;
const LANGUAGE = /^\/([A-Za-z]{2}(?:-[A-Za-z]+)?)\//;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SETTINGS.store).then((store) => store.addAll(SETTINGS.kept)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldStores().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (typeof event.data?.keep === "string") event.waitUntil(keep(event.data.keep));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
});

async function dropOldStores() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SETTINGS.store).map((name) => caches.delete(name)));
}

async function keep(path) {
  const store = await caches.open(SETTINGS.store);
  if (path.endsWith("/shelters/") && !(await store.match(path))) await store.add(path);
}

async function page(request, url) {
  const store = await caches.open(SETTINGS.store);
  const kept = await store.match(url.pathname);
  try {
    // A slow network is better than an error, but not better than a page that is here already.
    const response = await (kept ? fetch(request, { signal: AbortSignal.timeout(NETWORK_PATIENCE) }) : fetch(request));
    if (response.ok && !response.redirected && !PRIVATE.test(url.pathname)) await store.put(url.pathname, response.clone());
    return response;
  } catch {
    return kept ?? (await offlinePage(store, url)) ?? Response.error();
  }
}

async function offlinePage(store, url) {
  const language = LANGUAGE.exec(url.pathname)?.[1];
  return (language && (await store.match(`/${language}/errors/offline.html`))) || store.match("/errors/offline.html");
}

async function asset(request) {
  const store = await caches.open(SETTINGS.store);
  const kept = await store.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await store.put(request, response.clone());
  return response;
}
