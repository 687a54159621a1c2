// The cron line and its five fields say the same, whichever is typed into. Without this the server does it.

const FIELDS = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week"];

for (const part of document.querySelectorAll("[data-cron]")) {
  const input = (name) => part.querySelector(`[name="when-${name}"]`);
  const fields = FIELDS.map(input);
  const line = input("line");
  // Captured, so that both agree before anything else listens to what was typed.
  part.addEventListener("input", ({ target }) => {
    if (target === line) spread(line.value, fields);
    else if (fields.includes(target)) line.value = fields.map((field) => field.value.trim()).join(" ");
  }, true);
}

function spread(text, fields) {
  const parts = text.trim().split(/\s+/);
  if (parts.length === fields.length) fields.forEach((field, at) => { field.value = parts[at]; });
}
