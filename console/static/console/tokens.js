// The list of suggestions goes on where one types: a browser alone would compare the whole field with each word.

const MOST = 12;

for (const field of document.querySelectorAll("[data-tokens]")) {
  const words = [...field.list.options].map((option) => option.value);
  const suggest = () => {
    const { head, begun } = split(field.value);
    const found = words.filter((word) => word.startsWith(begun) && word !== begun).slice(0, MOST);
    field.list.replaceChildren(...found.map((word) => new Option("", head + word)));
  };
  field.addEventListener("input", suggest);
  suggest();
}

// What stands before the word that one is about to write, and what there is of it.
function split(text) {
  const at = text.lastIndexOf(" ") + 1;
  return { head: text.slice(0, at), begun: text.slice(at) };
}
