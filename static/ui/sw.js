// Keeps one page for when the network is away. Nothing else is stored: a computer at the town hall is shared.
const CACHE = "hors-ligne-1";
self.addEventListener("install", (event) => {
  event.waitUntil(
    fetch("/hors-ligne").then(async (page) => {
      const cache = await caches.open(CACHE);
      const text = await page.clone().text();
      const files = [...text.matchAll(/(?:href|src)="(\/(?:static|theme-)[^"]+)"/g)].map((match) => match[1]);
      await cache.put("/hors-ligne", page);
      await cache.addAll(files);
    }),
  );
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n)))));
});
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/hors-ligne")));
  } else if (event.request.method === "GET" && new URL(event.request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreSearch: true })));
  }
});
