// How long ago, in the words of console/presentation.py, and how long since.

const UNITS = [[86_400, "d"], [3_600, "h"], [60, "min"], [1, "s"]];

export function tick(now = Date.now()) {
  for (const time of document.querySelectorAll("time[data-ago]")) write(time, ago((now - Date.parse(time.dateTime)) / 1_000));
  for (const time of document.querySelectorAll("time[data-since]")) write(time, length((now - Date.parse(time.dateTime)) / 1_000));
}

function write(time, text) {
  if (time.textContent !== text) time.textContent = text;
}

function ago(seconds) {
  const age = Math.abs(seconds);
  if (age < 5) return "now";
  const [size, unit] = UNITS.find(([size]) => age >= size);
  const words = `${Math.floor(age / size)} ${unit}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

function length(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const at = UNITS.findIndex(([size]) => whole >= size);
  if (at < 0) return "0 s";
  const [size, unit] = UNITS[at];
  const [below, name] = UNITS[at + 1] ?? [1, ""];
  const rest = Math.floor((whole % size) / below);
  return `${Math.floor(whole / size)} ${unit}` + (rest && name ? ` ${rest} ${name}` : "");
}
