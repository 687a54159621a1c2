// The log of a run, line by line: followed, searched, and without what nobody wants to see.

const LEVELS = { DEBUG: 0, INFO: 1, WARNING: 2, ERROR: 3, CRITICAL: 3 };
const HEAD = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) /;
const MOST_LINES = 5_000;
const MOST_HITS = 2_000;
// As console/control_codes.py takes them out.
const CODES = /\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const card = document.querySelector("[data-log]");
if (card) start(card);

function start(card) {
  const box = card.querySelector(".log");
  const text = card.querySelector("[data-log-text]");
  const tools = card.querySelector("[data-log-tools]");
  const search = card.querySelector("[data-log-search]");
  const level = card.querySelector("[data-log-level]");
  const follow = card.querySelector("[data-log-follow]");
  const wrap = card.querySelector("[data-log-wrap]");
  const said = card.querySelector("[data-log-hits]");
  const empty = card.querySelector("[data-log-empty]");
  let end = null;
  let lastLevel = 1;
  let here = -1;

  function add(more) {
    const lines = more.replace(CODES, "").replace(/\r\n?/g, "\n").replace(CONTROLS, "").split("\n");
    if (lines.at(-1) === "") lines.pop();
    const made = document.createDocumentFragment();
    for (const line of lines.slice(-MOST_LINES)) made.append(element(line));
    text.append(made);
    while (text.childElementCount > MOST_LINES) text.firstElementChild.remove();
    empty.hidden = text.childElementCount > 0;
    box.hidden = tools.hidden = !empty.hidden;
    box.classList.toggle("short", text.childElementCount < 15);
    if (search.value) count();
    stay();
  }

  function element(line) {
    const made = document.createElement("span");
    const found = HEAD.exec(line);
    if (found) lastLevel = LEVELS[found[1]] ?? 1;
    made.className = "line";
    made.dataset.level = lastLevel;
    made.hidden = lastLevel < Number(level.value);
    write(made, line);
    return made;
  }

  // Never as markup: the pieces between the hits are text, and so are the hits.
  function write(line, content) {
    const wanted = search.value.toLowerCase();
    if (!wanted) { line.textContent = content; return; }
    const lower = content.toLowerCase();
    const parts = [];
    let from = 0;
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
      const mark = document.createElement("mark");
      mark.textContent = content.slice(at, at + wanted.length);
      parts.push(content.slice(from, at), mark);
      from = at + wanted.length;
    }
    line.replaceChildren(...parts, content.slice(from));
  }

  function filter() {
    for (const line of text.children) line.hidden = Number(line.dataset.level) < Number(level.value);
    if (search.value) count();
    stay();
  }

  function find() {
    here = -1;
    for (const line of text.children) write(line, line.textContent);
    count();
  }

  function hits() {
    return [...text.querySelectorAll(".line:not([hidden]) mark")].slice(0, MOST_HITS);
  }

  function count() {
    const found = hits().length;
    const most = found === MOST_HITS ? "+" : "";
    said.textContent = search.value ? `${found}${most} ${found === 1 ? "hit" : "hits"}` : "";
  }

  function step(by) {
    const found = hits();
    if (!found.length) return;
    found[here]?.classList.remove("here");
    here = (here + by + found.length) % found.length;
    found[here].classList.add("here");
    follow.checked = false;
    found[here].scrollIntoView({ block: "center" });
    said.textContent = `${here + 1} of ${found.length}`;
  }

  function stay() {
    if (follow.checked) box.scrollTop = box.scrollHeight;
  }

  const before = text.textContent;
  document.addEventListener("live:lines", ({ detail }) => {
    if (detail.name !== "log") return;
    // Counted as the server does, which takes for one what is two to a string of JavaScript.
    const signs = Array.from(detail.text);
    // A stream that has just been opened tells all of it; what is there already stays where it is.
    const known = end ?? (detail.text.startsWith(before) ? detail.start + Array.from(before).length : -1);
    const isMore = detail.start <= known && known <= detail.start + signs.length;
    if (!isMore) { text.replaceChildren(); lastLevel = 1; }
    end = detail.start + signs.length;
    add(signs.slice(isMore ? known - detail.start : 0).join(""));
  });
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  });
  level.addEventListener("change", filter);
  follow.addEventListener("change", stay);
  wrap.addEventListener("change", () => box.classList.toggle("unwrapped", !wrap.checked));
  // Who scrolls up wants to read; at the end again, to follow.
  box.addEventListener("scroll", () => {
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 8;
    if (isAtEnd !== follow.checked && (isAtEnd || box.matches(":hover, :focus"))) follow.checked = isAtEnd;
  });

  box.classList.add("steady");
  text.replaceChildren();
  add(before);
}
