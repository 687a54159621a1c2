// A row is found by typing: what is shown is its name, what is sent is its key. What is typed and not picked is
// sent as it is, as without this script: the server knows keys and names.

const PAUSE = 150; // milliseconds after a key until the server is asked

for (const field of document.querySelectorAll("[data-rows]")) search(field);

function search(field) {
  const isList = field.matches("textarea");
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  const chips = document.createElement("ul");
  const kept = isList ? field : hidden(field.name);
  let options = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  input.id = field.id;
  for (const name of ["aria-describedby", "aria-invalid", "required"]) {
    if (field.hasAttribute(name) && !(isList && name === "required")) input.setAttribute(name, field.getAttribute(name));
  }
  Object.assign(input, { type: "text", autocomplete: "off", placeholder: "Type to search" });
  list.id = `${field.id}_rows`;
  list.className = "rows";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Rows found");
  said.className = "unseen";
  said.setAttribute("role", "status");
  chips.className = "chips";
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  const box = document.createElement("div");
  box.className = "combobox";
  field.before(box);
  box.append(input, list, said);
  if (isList) {
    field.removeAttribute("id");
    field.hidden = true;
    box.append(chips, field);
    for (const key of lines()) chip(key, key);
  } else {
    kept.value = field.value;
    input.value = field.value;
    field.replaceWith(kept);
  }
  name();

  input.addEventListener("input", () => {
    if (!isList) say(input.value);
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("focus", () => { if (!options.length && !input.value) ask(); });
  input.addEventListener("blur", () => close());
  input.addEventListener("keydown", (event) => { if (press(event.key)) event.preventDefault(); });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) pick(options[[...list.children].indexOf(option)]);
  });

  async function ask() {
    const mine = ++asked;
    const found = await fetchRows(field.dataset.rows, input.value);
    if (mine !== asked || document.activeElement !== input) return;
    show(found);
  }

  function show({ rows, has_more: hasMore }) {
    options = rows;
    at = -1;
    list.replaceChildren(...rows.map(({ key, text }, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}_${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = text;
      if (key !== text) option.append(Object.assign(document.createElement("span"), { className: "muted small", textContent: ` ${key}` }));
      return option;
    }));
    said.textContent = rows.length ? `${rows.length} found${hasMore ? ", and more: type on to see fewer" : ""}` : "Nothing is called that";
    open(rows.length > 0);
  }

  function press(key) {
    if (key === "Escape" && !list.hidden) { close(); return true; }
    if (key === "Enter" && !list.hidden && at >= 0) { pick(options[at]); return true; }
    // In a list Enter would send the form, where one only wanted to add a row.
    if (key === "Enter" && isList && input.value) { pick(options[0] ?? { key: input.value, text: input.value }); return true; }
    if (key === "ArrowDown" && list.hidden) { ask(); return true; }
    if (!["ArrowDown", "ArrowUp"].includes(key) || list.hidden) return false;
    move(key === "ArrowDown" ? 1 : -1);
    return true;
  }

  function move(by) {
    at = (at + by + options.length) % options.length;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function pick({ key, text }) {
    if (isList) {
      if (!lines().includes(key)) { say([...lines(), key].join("\n")); chip(key, text); }
      input.value = "";
    } else {
      say(key);
      input.value = text;
    }
    options = [];
    close();
  }

  function chip(key, text) {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    item.className = "chip";
    item.dataset.key = key;
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `Remove ${text}`);
    remove.addEventListener("click", () => {
      say(lines().filter((each) => each !== key).join("\n"));
      item.remove();
      input.focus();
    });
    item.append(Object.assign(document.createElement("span"), { textContent: text }), remove);
    chips.append(item);
  }

  // What is there already is a key: its name is asked for once.
  async function name() {
    for (const key of isList ? lines() : [kept.value].filter(Boolean)) {
      const row = (await fetchRows(field.dataset.rows, key)).rows.find((each) => each.key === key);
      if (!row) continue;
      if (isList) { const span = chips.querySelector(`[data-key="${CSS.escape(key)}"] span`); if (span) span.textContent = row.text; }
      else if (input.value === key) { input.value = row.text; }
    }
  }

  function say(value) {
    kept.value = value;
    kept.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function lines() {
    return kept.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) input.removeAttribute("aria-activedescendant");
  }

  function close() {
    asked += 1;
    open(false);
  }
}

function hidden(name) {
  return Object.assign(document.createElement("input"), { type: "hidden", name });
}

async function fetchRows(address, text) {
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : { rows: [], has_more: false };
  } catch {
    return { rows: [], has_more: false };
  }
}
