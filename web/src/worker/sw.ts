/** The worker behind the operator's page: its files and what it last read of the plant, for when the link is down. */
interface Later extends Event { waitUntil(work: Promise<unknown>): void }
interface Asked extends Later { request: Request; respondWith(answer: Promise<Response>): void }
interface Worker {
  addEventListener(name: "install" | "activate", act: (e: Later) => void): void;
  addEventListener(name: "fetch", act: (e: Asked) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}
/** Written in by the build: every file of the page, and the hash of their names. */
declare const SHELL: { version: string; files: string[] };

const worker = self as unknown as Worker;
const FILES = `andon-files-${SHELL.version}`, READ = "andon-read";
/** What the page cannot open without; everything else it reads anew. */
const KEPT = ["/api/me", "/api/plant", "/api/reasons", "/api/stops", "/api/orders", "/api/products"];
const PATIENCE = 4000;

worker.addEventListener("install", (e) => e.waitUntil(caches.open(FILES).then((c) => c.addAll(["/index.html", ...SHELL.files])).then(() => worker.skipWaiting())));

worker.addEventListener("activate", (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("andon-files-") && name !== FILES) await caches.delete(name);
  await worker.clients.claim();
})()));

worker.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith("/api/")) {
    if (e.request.method === "POST" && url.pathname === "/api/logout") e.waitUntil(caches.delete(READ));
    if (e.request.method === "GET" && KEPT.includes(url.pathname)) e.respondWith(read(e));
    return;
  }
  if (e.request.method !== "GET") return;
  if (e.request.mode === "navigate") e.respondWith(soon(e.request).catch(async () => (await caches.match("/index.html")) ?? Response.error()));
  else e.respondWith(caches.match(e.request, { ignoreVary: true }).then((kept) => kept ?? fetch(e.request)));
});

/** The plant's answer; what it answered last where it cannot be reached. Whoever is not let in finds nothing kept. */
async function read(e: Asked): Promise<Response> {
  const kept = await caches.open(READ);
  try {
    const answer = await soon(e.request);
    if (answer.status === 401 || answer.status === 403) await caches.delete(READ);
    else if (answer.ok) e.waitUntil(kept.put(e.request, answer.clone()));
    return answer;
  } catch (error) {
    const last = await kept.match(e.request);
    if (last) return last;
    throw error;
  }
}

/** The answer, if it comes soon; a plant that cannot be reached through its proxy is as good as none. */
async function soon(request: Request): Promise<Response> {
  const answer = await Promise.race([fetch(request), new Promise<never>((_, no) => setTimeout(() => no(new Error("no answer")), PATIENCE))]);
  if ([502, 503, 504].includes(answer.status)) throw new Error(answer.statusText);
  return answer;
}
