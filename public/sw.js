// Keeps registers, and the page of a kiosk, on the device for when there is no network. Registered by the
// register's pages and the kiosk's (src/attendance/pages/line.rs); everything else passes by untouched.
//
// What is kept, per person: the page of every half-day of a delivery and the data that the page asks for
// when one goes from tab to tab; and once, what these pages are made of (script, style, fonts). Marks are
// not kept here: they are in IndexedDB, and only the page sends them.
//
// Pages hold names. They are kept only where the server answered 200, under the person's id; they go when
// anybody signs in or out, when the server no longer lets the person in (it is asked each time that this
// worker starts, when a line comes back and when a mark or the stream is refused: the session may have been
// ended elsewhere), and a week after the delivery. The
// page of a kiosk names nobody; it goes when the kiosk has ended.
"use strict";

const SHELL = "magistra-shell";
const REGISTER = "magistra-register ";
const KIOSK = "magistra-kiosk";
const KIOSK_PAGE = "/kiosk";
const PAGE = /^\/deliveries\/([0-9a-f-]{36})\/register(?:\/([0-9a-f-]{36}))?$/;
const DATA = "/_fn/attendance/register";
// Says who is signed in, or null.
const ME = "/_fn/people/me";
const PART = /^\/(?:(?:pkg|fonts)\/.+|icons\.svg|favicon\.\w+)$/;
// A line so bad that a page takes longer is none.
const PATIENCE = 4000;
// Within this time only the half-day that was opened is read again.
const FRESH = 5 * 60 * 1000;
// A delivery of hundreds of half-days: those nearest to today.
const MOST = 60;

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const pagePath = (delivery, slot) => `/deliveries/${delivery}/register/${slot}`;
const dataPath = (delivery, slot) => `${DATA}?delivery=${delivery}&slot=${slot}`;
const notePath = (delivery) => `/kept/${delivery}`;

const registers = async () => (await caches.keys()).filter((name) => name.startsWith(REGISTER));
const wipe = async () => Promise.all((await registers()).map((name) => caches.delete(name)));

/** Asks whether whoever is signed in here still is; where not, the names go. Marks not yet sent stay: they are the page's. */
async function ask() {
  if (!(await registers()).length) return;
  try {
    const response = await fetch(ME, { method: "POST", credentials: "same-origin", body: new URLSearchParams() });
    if (response.ok && (await response.json()) === null) await wipe();
  } catch {
    // No line: it is asked again when there is one.
  }
}

async function note(cache, delivery) {
  const found = await cache.match(notePath(delivery));
  return found && found.json();
}

// --- keeping ---

class Refused extends Error {}

/** What a page is made of: what its head names, and the parts of the browser half that the server announces. */
function madeOf(html, response) {
  const named = [...html.matchAll(/\s(?:href|src)="(\/[^"#]+)/g)].map((match) => match[1].replaceAll("&amp;", "&"));
  const announced = [...(response.headers.get("link") ?? "").matchAll(/<(\/[^>]+)>/g)].map((match) => match[1]);
  return [...new Set([...named, ...announced])].filter((path) => PART.test(path.split("?")[0]));
}

async function fetched(path) {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) throw new Refused(path);
  if (response.status !== 200) throw new Error(`${response.status} ${path}`);
  return response;
}

/** Keeps the page and the data of a half-day; returns what the page is made of. */
async function keepSlot(cache, delivery, slot) {
  const [page, data] = await Promise.all([fetched(pagePath(delivery, slot)), fetched(dataPath(delivery, slot))]);
  const parts = madeOf(await page.clone().text(), page);
  await cache.put(pagePath(delivery, slot), page);
  await cache.put(dataPath(delivery, slot), data);
  return parts;
}

async function keepParts(parts) {
  const shell = await caches.open(SHELL);
  for (const path of parts) {
    if (await shell.match(path)) continue;
    const response = await fetch(path);
    if (response.ok) await shell.put(path, response);
  }
}

/** The note about the kiosk that is kept; nothing when its time is over. */
async function kioskNote() {
  const found = await (await caches.open(KIOSK)).match(notePath("kiosk"));
  const noted = found && (await found.json());
  return noted && noted.until > Date.now() ? noted : undefined;
}

/** Keeps the page of a kiosk, or forgets it where there is none. */
async function keepKiosk(wish, page) {
  if (!wish.kiosk) return caches.delete(KIOSK);
  try {
    const response = await fetched(KIOSK_PAGE);
    const parts = madeOf(await response.clone().text(), response);
    await keepParts(parts);
    const cache = await caches.open(KIOSK);
    await cache.put(KIOSK_PAGE, response);
    await cache.put(notePath("kiosk"), new Response(JSON.stringify({ until: wish.until, parts })));
    const [name] = await registers();
    await tidy(name && (await caches.open(name)));
    page?.postMessage(wish.kiosk);
  } catch {
    // The line broke: what is kept already stays, and the next visit goes on.
  }
}

/** What no kept page is made of any more goes; deliveries that are long over go. */
async function tidy(cache) {
  const used = new Set((await kioskNote())?.parts ?? []);
  for (const request of cache ? await cache.keys() : []) {
    const path = new URL(request.url).pathname;
    if (!path.startsWith("/kept/")) continue;
    const delivery = path.slice("/kept/".length);
    const noted = await note(cache, delivery);
    if (noted && noted.until > Date.now()) {
      noted.parts.forEach((part) => used.add(part));
      continue;
    }
    for (const kept of await cache.keys()) if (kept.url.includes(delivery)) await cache.delete(kept);
  }
  const shell = await caches.open(SHELL);
  for (const request of await shell.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!used.has(pathname + search)) await shell.delete(request);
  }
}

async function keep(wish, page) {
  for (const name of await registers()) if (name !== REGISTER + wish.person) await caches.delete(name);
  const cache = await caches.open(REGISTER + wish.person);
  const now = Date.now() + wish.zone;
  const away = ([, from, to]) => (now < from ? from - now : Math.max(0, now - to));
  const slots = [...wish.slots].sort((a, b) => away(a) - away(b)).slice(0, MOST);
  const noted = await note(cache, wish.delivery);
  try {
    const parts = new Set(await keepSlot(cache, wish.delivery, wish.slot));
    const known = noted && Date.now() - noted.kept < FRESH && [...parts].every((part) => noted.parts.includes(part));
    const has = known ? new Set(noted.slots.map(([slot]) => slot)) : new Set();
    // Three at a time: others use the line too.
    const todo = slots.map(([slot]) => slot).filter((slot) => slot !== wish.slot && !has.has(slot));
    const work = async () => {
      for (let slot = todo.shift(); slot; slot = todo.shift()) {
        for (const part of await keepSlot(cache, wish.delivery, slot)) parts.add(part);
      }
    };
    await Promise.all([work(), work(), work()]);
    if (known) noted.parts.forEach((part) => parts.add(part));
    await keepParts(parts);
    const kept = known ? noted.kept : Date.now();
    const written = { until: wish.until, zone: wish.zone, kept, slots, parts: [...parts] };
    await cache.put(notePath(wish.delivery), new Response(JSON.stringify(written)));
    await tidy(cache);
    page?.postMessage(wish.delivery);
  } catch (error) {
    if (error instanceof Refused) await wipe();
    // Otherwise the line broke: what is kept already stays, and the next visit goes on.
  }
}

// One after the other: two half-days opened quickly would tidy away what the other keeps.
let last = Promise.resolve();
addEventListener("message", (event) => {
  const wish = JSON.parse(event.data);
  const kept = () => ("ask" in wish ? ask : "kiosk" in wish ? keepKiosk : keep)(wish, event.source);
  last = last.then(kept).catch(() => {});
  event.waitUntil(last);
});

// --- giving back ---

/** What is kept of a delivery: its note and where to look; nothing when its time is over. */
async function keptOf(delivery) {
  for (const name of await registers()) {
    const cache = await caches.open(name);
    const noted = await note(cache, delivery);
    if (noted && noted.until > Date.now()) return { cache, noted };
  }
  return undefined;
}

/** The half-day that one means who names none: the one that runs, or else the nearest (as model::nearest). */
function nearest({ noted }) {
  const now = Date.now() + noted.zone;
  const away = ([, from, to]) => (now < from ? from - now : Math.max(0, now - to));
  return [...noted.slots].sort((a, b) => away(a) - away(b))[0]?.[0];
}

async function network(request, patience) {
  const answer = fetch(request);
  if (!patience) return answer;
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error("too late")), patience);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** From the network; from what is kept where there is none, or nobody at its other end. */
async function first(request, delivery, fromKept) {
  const kept = await keptOf(delivery);
  const copy = kept && (await fromKept(kept));
  try {
    const response = await network(request, copy ? PATIENCE : 0);
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) await wipe();
    return copy && [502, 503, 504].includes(response.status) ? copy : response;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

const page = (request, url, delivery, slot) =>
  first(request, delivery, async (kept) => {
    const meant = slot ?? nearest(kept);
    const copy = meant && (await kept.cache.match(pagePath(delivery, meant)));
    // Only the plain page is kept, without an order or a language of its own.
    const plain = meant === slot && !url.search;
    return copy && (plain ? copy : Response.redirect(new URL(pagePath(delivery, meant), location.origin), 302));
  });

/** The page of the kiosk, whichever way people go: the page itself knows which was chosen. */
const kiosk = async (request) => {
  const copy = (await kioskNote()) && (await (await caches.open(KIOSK)).match(KIOSK_PAGE));
  try {
    const response = await network(request, copy ? PATIENCE : 0);
    return copy && [502, 503, 504].includes(response.status) ? copy : response;
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
};

const data = (request, url) => {
  const delivery = url.searchParams.get("delivery");
  return first(request, delivery, async (kept) => {
    const slot = url.searchParams.get("slot") || nearest(kept);
    return slot && kept.cache.match(dataPath(delivery, slot));
  });
};

const part = async (request) => {
  const shell = await caches.open(SHELL);
  return (await shell.match(request, { ignoreVary: true })) ?? fetch(request);
};

// Once each time that the worker starts.
let asked;
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (!asked) {
    asked = last = last.then(ask).catch(() => {});
    event.waitUntil(asked);
  }
  if (request.method === "POST") {
    // Whoever signs in or out leaves no names behind; the request itself goes its way.
    const person = /people(?:%2F|\/)(?:sign-in|sign-out|set-password)/;
    if (person.test(url.pathname)) event.waitUntil(wipe());
    else if (request.mode === "navigate" && request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
      event.waitUntil(request.clone().text().then((body) => person.test(body) && wipe()));
    }
    return;
  }
  if (request.method !== "GET") return;
  const wanted = PAGE.exec(url.pathname);
  if (wanted && request.mode === "navigate") event.respondWith(page(request, url, wanted[1], wanted[2]));
  else if (url.pathname === KIOSK_PAGE && request.mode === "navigate") event.respondWith(kiosk(request));
  else if (url.pathname === DATA && url.searchParams.get("delivery")) event.respondWith(data(request, url));
  else if (PART.test(url.pathname)) event.respondWith(part(request));
});
