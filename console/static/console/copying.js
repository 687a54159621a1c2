// The copies follow the form as one types. The server makes them: it alone knows how to quote.

const PAUSE = 250; // milliseconds after a key
const form = document.querySelector("form[data-copy]");
const copies = document.querySelector("[data-copies]");
const said = copies?.querySelector("[data-said]");
const asPreview = copies?.querySelector("[data-as-preview]");
let timer = 0;
let asked = 0;

if (copies) offerButtons();
if (form && copies && form.elements.csrfmiddlewaretoken && !form.querySelector("fieldset.bare:disabled")) follow();

function follow() {
  if (asPreview) {
    asPreview.closest("label").hidden = false;
    asPreview.addEventListener("change", ask);
  }
  const later = () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}

async function ask() {
  const mine = ++asked;
  try {
    const answer = await fetch(form.dataset.copy, { method: "POST", body: values() });
    if (!answer.ok || mine !== asked) return;
    for (const [name, text] of Object.entries(await answer.json())) {
      copies.querySelector(`[data-copied="${name}"]`).textContent = text;
    }
  } catch { /* They stay as they were; the next key asks again. */ }
}

// Files go by their names, and secrets not at all: only that there is one.
function values() {
  const body = new FormData();
  const secrets = new Set([...form.querySelectorAll("input[type=password], textarea[data-secret]")].map((each) => each.name));
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File) { if (value.name) body.append(name, value.name); }
    else if (!secrets.has(name)) body.append(name, value);
    else if (value) body.append(name, "given");
  }
  if (asPreview?.checked) body.append("copy-preview", "true");
  return body;
}

function offerButtons() {
  if (!navigator.clipboard) return;
  for (const box of copies.querySelectorAll(".copy")) {
    const code = box.querySelector("code");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-describedby", box.querySelector("pre").getAttribute("aria-labelledby"));
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        said.textContent = "Copied";
        button.textContent = "Copied";
      } catch {
        said.textContent = "Your browser does not allow it; select the text and copy it";
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2_000);
    });
    box.append(button);
  }
}
