// Keys for those who would rather not reach for the mouse; none where one types.

const PLACES = { o: "overview", j: "jobs", r: "runs", s: "schedules", q: "queues" };
const PATIENCE = 1_500; // milliseconds between g and where to go
let wentAt = -PATIENCE;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (act(event)) event.preventDefault();
});

function act({ key, timeStamp }) {
  if (timeStamp - wentAt < PATIENCE && key in PLACES) {
    wentAt = -PATIENCE;
    return go(PLACES[key]);
  }
  if (key === "g") { wentAt = timeStamp; return true; }
  if (key === "?") { document.getElementById("keys")?.showModal(); return true; }
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || target.closest("[hidden]")) return false;
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  return true;
}

function go(place) {
  const link = document.querySelector(`nav [data-place="${place}"]`);
  link?.click();
  return Boolean(link);
}

function isTyping(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select")
    || Boolean(document.querySelector("dialog[open]"));
}
