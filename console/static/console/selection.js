// What is selected is counted, and nothing moves meanwhile; without this the boxes and the buttons do the same.

for (const form of document.querySelectorAll("[data-selection]")) {
  const rows = [...form.querySelectorAll("[name=run]")];
  const page = form.querySelector("[data-select-page]");
  const everything = form.querySelector("[data-everything]");
  const said = form.querySelector("[data-selected]");
  const held = form.querySelector("[data-held]");

  const show = () => {
    const count = rows.filter((row) => row.checked).length;
    const isAny = count > 0 || everything.checked;
    page.checked = count === rows.length;
    page.indeterminate = count > 0 && count < rows.length;
    said.textContent = everything.checked ? "Everything that matches:" : count ? `${count} selected:` : "Nothing selected";
    for (const row of rows) row.closest("tr").classList.toggle("chosen", row.checked || everything.checked);
    for (const button of form.querySelectorAll(".bulk button")) button.disabled = !isAny;
    held.hidden = !isAny;
    document.dispatchEvent(new CustomEvent("live:hold", { detail: isAny }));
  };
  page.hidden = false;
  page.addEventListener("change", () => { for (const row of rows) row.checked = page.checked; });
  form.addEventListener("change", show);
  // A browser that goes back to a page may remember its boxes.
  window.addEventListener("pageshow", show);
  show();
}
