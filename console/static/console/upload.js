// A file is sent as soon as it is chosen or dropped, with a bar; the form then names it by its token.

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

for (const form of document.querySelectorAll("form[data-uploads]")) {
  const fields = [...form.querySelectorAll("[data-upload]")].map((box) => takeFiles(form, box));
  if (fields.length) holdBack(form, fields);
}

function takeFiles(form, box) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-files]");
  const isRequired = input.required;
  const pending = new Set();
  const error = document.createElement("p");
  error.className = "error-text";
  error.setAttribute("role", "alert");
  list.after(error);
  const hint = document.createElement("p");
  hint.className = "drop-hint muted small";
  hint.textContent = input.multiple ? "or drop files here" : "or drop a file here";
  input.after(hint);
  box.classList.add("drop");

  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  list.addEventListener("change", settle);
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("over"); });
  box.addEventListener("dragleave", (event) => { if (!box.contains(event.relatedTarget)) box.classList.remove("over"); });
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    take([...event.dataTransfer.files]);
  });

  function take(files) {
    error.textContent = "";
    box.querySelector(".error-text:not([role])")?.remove();
    if (!files.length) return;
    if (files.length > 1 && !input.multiple) { error.textContent = "It takes one file; choose one of them"; return; }
    const refused = files.map((file) => refusal(file, input)).find(Boolean);
    if (refused) { error.textContent = refused; return; }
    if (!input.multiple) { for (const each of pending) each.abort(); list.replaceChildren(); }
    for (const file of files) send(file);
  }

  function send(file) {
    const line = document.createElement("li");
    const bar = document.createElement("progress");
    const stop = document.createElement("button");
    const request = new XMLHttpRequest();
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `Sending ${file.name}`);
    stop.type = "button";
    stop.className = "quiet";
    stop.textContent = "Stop";
    stop.setAttribute("aria-label", `Stop sending ${file.name}`);
    stop.addEventListener("click", () => request.abort());
    line.append(text("span", file.name), text("span", ` ${words(file.size)} `, "muted"), stop, bar);
    list.append(line);
    request.upload.addEventListener("progress", (event) => { bar.value = 100 * event.loaded / event.total; });
    request.addEventListener("load", () => arrived(request, line, file));
    request.addEventListener("error", () => failed(line, `${file.name} could not be sent: the connection was lost; choose it again`));
    request.addEventListener("abort", () => failed(line, ""));
    request.addEventListener("loadend", () => { pending.delete(request); settle(); });
    const body = new FormData();
    body.append("file", file);
    request.open("POST", box.dataset.upload);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.send(body);
    pending.add(request);
    settle();
  }

  function arrived(request, line, file) {
    const answer = request.getResponseHeader("Content-Type")?.startsWith("application/json") ? JSON.parse(request.responseText) : {};
    if (!answer.token) {
      // Who is no longer signed in gets the page to sign in.
      const why = request.status === 200 ? "you are no longer signed in; load this page anew" : `the server answered ${request.status}; choose it again`;
      failed(line, answer.error ?? `${file.name} could not be sent: ${why}`);
      return;
    }
    const label = document.createElement("label");
    const choice = document.createElement("input");
    Object.assign(choice, { type: "checkbox", name: box.dataset.keptName, value: answer.token, checked: true });
    label.append(choice, ` ${answer.name}`);
    line.replaceChildren(label, text("span", ` ${answer.size}, sent`, "muted"));
    line.setAttribute("role", "status");
  }

  function failed(line, sentence) {
    line.remove();
    error.textContent = sentence;
  }

  function settle() {
    input.required = isRequired && !list.querySelector("input:checked, progress");
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("uploads"));
  }

  return { isBusy: () => pending.size > 0, hasFailed: () => error.textContent !== "" };
}

// Who presses a button while a file is on its way has said what to do once it is there.
function holdBack(form, fields) {
  let pressed = null;
  form.addEventListener("submit", (event) => {
    if (!fields.some((field) => field.isBusy())) return;
    event.preventDefault();
    pressed = event.submitter;
    if (pressed) { pressed.disabled = true; }
  });
  form.addEventListener("uploads", () => {
    if (!pressed || fields.some((field) => field.isBusy())) return;
    const button = pressed;
    pressed = null;
    button.disabled = false;
    if (!fields.some((field) => field.hasFailed())) form.requestSubmit(button);
  });
}

function refusal(file, input) {
  const suffixes = input.accept.split(",").filter(Boolean);
  const most = Number(input.dataset.atMost ?? Infinity);
  if (suffixes.length && !suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix))) {
    return `“${file.name}” is no ${listed(suffixes)} file; choose another`;
  }
  if (file.size > most) return `“${file.name}” is too big: it has ${words(file.size)}, and at most ${words(most)} are taken`;
  return file.size ? "" : `“${file.name}” is empty; choose another`;
}

function listed(suffixes) {
  return [suffixes.slice(0, -1).join(", "), suffixes.at(-1)].filter(Boolean).join(" or ");
}

function words(size) {
  let amount = size;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) { amount /= 1000; unit += 1; }
  return `${amount.toFixed(unit && amount < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

function text(tag, words, className = "") {
  const element = document.createElement(tag);
  element.textContent = words;
  element.className = className;
  return element;
}
