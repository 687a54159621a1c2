// An open page stays true: one stream brings the regions that changed, and times tick between.

import { tick } from "./times.js";

const SILENCE = 12_000; // milliseconds without a word of the server, which says something every five seconds
const BREAK = 3_000; // milliseconds in which a stream that has ended is open again, as a rule
const topics = document.body.dataset.topics.trim().split(/\s+/).filter(Boolean);
const lost = document.getElementById("lost");
const held = new Map();
let source = null;
let heardAt = Date.now();
let brokenAt = null;
let isHeld = false;

function open() {
  if (source || !topics.length || document.hidden) return;
  const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join("&");
  source = new EventSource(`/live/?${query}`);
  source.addEventListener("picture", (event) => { heard(); show(JSON.parse(event.data)); });
  source.addEventListener("beat", heard);
  source.addEventListener("error", () => {
    brokenAt ??= Date.now();
    // A browser tries again by itself, but not after an answer that is no stream.
    if (source?.readyState === EventSource.CLOSED) { close(); setTimeout(open, 2_000); }
  });
}

// Who comes back has lost nothing while the page was away.
function begin() {
  brokenAt = null;
  heardAt = Date.now();
  open();
}

function close() {
  source?.close();
  source = null;
}

function heard() {
  heardAt = Date.now();
  brokenAt = null;
  lost.hidden = true;
}

function watch() {
  const isLost = Date.now() - heardAt > SILENCE || (brokenAt && Date.now() - brokenAt > BREAK);
  if (!topics.length || document.hidden || !isLost || !lost.hidden) return;
  lost.querySelector("time").textContent = new Date(heardAt).toLocaleTimeString([], { hour12: false });
  lost.hidden = false;
}

function show(picture) {
  for (const [name, html] of Object.entries(picture.regions ?? {})) put(name, html);
  if (picture.offers) offer(new Set(picture.offers));
  for (const [name, lines] of Object.entries(picture.lines ?? {})) {
    document.dispatchEvent(new CustomEvent("live:lines", { detail: { name, ...lines } }));
  }
}

function put(name, html) {
  if (isHeld) { held.set(name, html); return; }
  if (name === "title") { document.title = `${plain(html)} · Nightshift`; return; }
  for (const region of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) swap(region, html);
  document.dispatchEvent(new CustomEvent("live:put", { detail: { name } }));
}

// What a reader has opened, scrolled or focused is as it was before.
function swap(region, html) {
  if (region.innerHTML === html) return;
  const focused = region.contains(document.activeElement) ? key(document.activeElement) : null;
  const opened = new Map([...region.querySelectorAll("details")].map((each) => [key(each), each.open]));
  const scrolled = [...region.querySelectorAll("[tabindex]")].map((each) => [key(each), each.scrollTop]);
  region.innerHTML = html;
  const find = (wanted, selector) => [...region.querySelectorAll(selector)].find((each) => key(each) === wanted);
  for (const each of region.querySelectorAll("details")) each.open = opened.get(key(each)) ?? each.open;
  for (const [wanted, top] of scrolled) { const each = find(wanted, "[tabindex]"); if (each && top) each.scrollTop = top; }
  if (focused) find(focused, "a, button, summary, input, [tabindex]")?.focus({ preventScroll: true });
}

function key(element) {
  const own = element.id || element.getAttribute("href") || element.getAttribute("aria-label");
  return `${element.tagName} ${own ?? (element.querySelector("summary") ?? element).textContent.trim()}`;
}

function offer(names) {
  for (const form of document.querySelectorAll("[data-offer]")) {
    const isWanted = names.has(form.dataset.offer);
    if (!isWanted && form.contains(document.activeElement)) document.getElementById("content").focus();
    form.hidden = !isWanted;
  }
}

function plain(html) {
  return new DOMParser().parseFromString(html, "text/html").documentElement.textContent.trim();
}

// While rows are selected nothing moves under the hand; what came meanwhile is shown afterwards.
document.addEventListener("live:hold", (event) => {
  isHeld = event.detail;
  if (isHeld) return;
  for (const [name, html] of held) put(name, html);
  held.clear();
});
document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else begin(); });
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", begin);
setInterval(() => { tick(); watch(); }, 1_000);
begin();
