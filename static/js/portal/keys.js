// The list by keys alone.

const KEYS = { 1: "[value=confirmed]", 2: "[data-editor^=refusal], [data-editor='']", 0: "[value=pending]" };

function isTyping(element) {
  return closest(element, "input, select, textarea") !== null;
}

function step(row, by) {
  const all = rows();
  const next = all[all.indexOf(row) + by];
  if (next) focusRow(next);
}

function press(part, selector) {
  const found = part.querySelector(selector);
  found?.click();
  return found !== null;
}

// A letter or digit by its place on the keyboard: „й“ is j, and a layout may want Shift for its digits.
function keyOf(event) {
  const place = /^(?:Key|Digit|Numpad)(.)$/.exec(event.code);
  return place && event.key.length === 1 && !(event.shiftKey && /\D/.test(event.key)) ? place[1] : event.key;
}

document.addEventListener("keydown", (event) => {
  const row = rowOf(event.target);
  const key = keyOf(event);
  let done = true;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "?" && !isTyping(event.target)) done = press(document, "[data-keys]");
  else if (!row) return;
  else if (key === "Escape") closeEditors(row, event.target);
  else if (isTyping(event.target)) return;
  else if (key === "ArrowDown" || key === "J") step(row, 1);
  else if (key === "ArrowUp" || key === "K") step(row, -1);
  else if (event.target !== row || event.repeat) return;
  else if (KEYS[key]) done = press(row, KEYS[key]);
  else return;
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (closest(event.target, "[data-keys]")) later(() => shared.showKeys());
});

function tellOfKeys() {
  const list = document.getElementById("list");
  if (list && window.HTMLDialogElement && list.querySelector("[data-editor]")) {
    list.before(document.importNode(parsed(forms.keys).body.firstChild, true));
  }
}

document.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (row && row.tabIndex !== 0) rove(row);
});
