/* The page "my service" while there is no network: the page as it was last seen, and what it is made of.
   Nothing else passes through here; what is sent waits in the page's own queue. self.VISITS is set by the
   address that serves this worker. */
"use strict";

const { page: PAGE, assets: ASSETS, words: WORDS } = self.VISITS;
const SHELL = "visits-shell", KEPT = "visits-page";
const KEPT_MS = 12 * 3600 * 1000; // as long as a session lasts
const PATIENCE_MS = 6000;
const OWN = new Set(ASSETS.map((address) => new URL(address, self.location.origin).pathname));

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(ASSETS)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    for (const request of await cache.keys()) {
      if (!OWN.has(new URL(request.url).pathname)) await cache.delete(request);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(request, address));
  else if (OWN.has(address.pathname)) event.respondWith(asset(request));
});

function fresh(request) {
  const late = new Promise((_resolve, reject) => { setTimeout(() => reject(new Error("late")), PATIENCE_MS); });
  return Promise.race([fetch(request), late]);
}

async function page(request, address) {
  let answer;
  try {
    answer = await fresh(request);
  } catch {
    return (await lastSeen()) ?? new Response(WORDS, {
      status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" },
    });
  }
  if (answer.status >= 500) return (await lastSeen()) ?? answer; // the server's trouble is like no network
  if (answer.ok && !address.search) await keep(answer.clone());
  else if (shut(answer)) await caches.delete(KEPT); // signed out: the next reader may be somebody else
  return answer;
}

function shut(answer) {
  return answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
}

async function keep(answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  const cache = await caches.open(KEPT);
  await cache.put(PAGE, new Response(await answer.blob(), { status: 200, headers }));
}

async function lastSeen() {
  const found = await (await caches.open(KEPT)).match(PAGE);
  return found && Date.now() - Number(found.headers.get("X-Kept-At")) < KEPT_MS ? found : undefined;
}

async function asset(request) {
  const cache = await caches.open(SHELL);
  try {
    const answer = await fresh(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}
