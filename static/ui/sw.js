// Keeps three pages for when the network is away: one that says so, the stall's and the door's, which agents open on a tablet
// and which say nothing of anybody. No other page is ever stored: a computer at the town hall is shared.
const CACHE = "hors-ligne-1";
const KEPT = { "/mairie/stand": "stand-1", "/mairie/porte": "porte-1" };
const PATIENCE = 5000;
const filesOf = (text) => [...text.matchAll(/(?:href|src)="(\/(?:static|theme-)[^"]+)"/g)].map((match) => match[1]);

self.addEventListener("install", (event) => {
  event.waitUntil(
    fetch("/hors-ligne").then(async (page) => {
      const cache = await caches.open(CACHE);
      const files = filesOf(await page.clone().text());
      await cache.put("/hors-ligne", page);
      await cache.addAll(files);
    }),
  );
});
self.addEventListener("activate", (event) => {
  const ours = [CACHE, ...Object.values(KEPT)];
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((n) => !ours.includes(n)).map((n) => caches.delete(n)))),
  );
});

// Such a page asks to be kept each time it is open with the network: the page last, once its files are there.
async function keep(path) {
  const page = await fetch(path, { redirect: "manual", credentials: "same-origin" });
  if (page.status !== 200) return false;
  const files = filesOf(await page.clone().text());
  const answers = await Promise.all(files.map((file) => fetch(file)));
  if (answers.some((answer) => !answer.ok)) return false;
  const cache = await caches.open(KEPT[path]);
  await Promise.all(files.map((file, number) => cache.put(file, answers[number])));
  await cache.put(path, page);
  const wanted = [path, ...files].map((one) => new URL(one, self.location.origin).href);
  for (const request of await cache.keys()) if (!wanted.includes(request.url)) await cache.delete(request);
  return true;
}
self.addEventListener("message", (event) => {
  const path = event.data?.keep;
  if (!(path in KEPT)) return;
  const work = keep(path).then((kept) => kept && event.source.postMessage({ kept: path }));
  event.waitUntil(work.catch(() => {}));
});

// The network first, so that whoever may not come any more is asked to sign in; the kept page when it is away or too slow.
async function openKept(path, request) {
  const kept = await caches.match(path, { ignoreVary: true });
  const answered = fetch(request).then(
    (answer) => (answer.status >= 500 && kept ? kept : answer),
    () => kept ?? caches.match("/hors-ligne"),
  );
  if (!kept) return answered;
  return Promise.race([answered, new Promise((done) => setTimeout(done, PATIENCE, kept))]);
}
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate" && event.request.method !== "GET") return; // the browser offers to send it again
  if (event.request.mode === "navigate") {
    const elsewhere = () => fetch(event.request).catch(() => caches.match("/hors-ligne"));
    event.respondWith(pathname in KEPT ? openKept(pathname, event.request) : elsewhere());
  } else if (event.request.method === "GET" && /^\/(static\/|theme-)/.test(pathname)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreSearch: true })));
  }
});
