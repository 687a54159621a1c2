// Search as you type: a list that is there already is narrowed, and nobody is asked for it.
// Without a script its form does the same.

const form = document.querySelector("form[data-search]");
const input = form.querySelector("input[type=search]");
const said = document.querySelector("[data-search-said]");
const list = document.querySelector("[data-search-list]");
const empty = document.querySelector("[data-search-empty]");

function narrow() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of document.querySelectorAll("[data-search-group]")) {
    let inGroup = 0;
    for (const item of group.querySelectorAll("[data-search-in]")) {
      item.hidden = !words.every((word) => item.dataset.searchIn.includes(word));
      if (!item.hidden) inGroup += 1;
    }
    group.hidden = inGroup === 0;
    found += inGroup;
  }
  if (list) list.hidden = found === 0;
  if (empty) empty.hidden = found > 0;
  said.textContent = words.length ? `${found} found` : "";
}

// A page that came already narrowed holds only what it found: the whole list is another page.
if (!input.value) {
  form.querySelector("button").hidden = true;
  input.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
}
