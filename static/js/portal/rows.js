// The rows of a list, or of the register: which is whose, where one is, and where one goes on.

const movedTo = {}; // row id → the row that got the focus when this one was sent

// Also of what stands open below a row.
function rowOf(element) {
  let row = closest(element, "[data-record], .editor");
  while (row?.matches(".editor")) row = row.previousElementSibling;
  return row;
}

// What stands open, or was closed with something in it.
function editorsOf(row) {
  const found = [];
  for (let next = row.nextElementSibling; next?.matches(".editor"); next = next.nextElementSibling) found.push(next);
  return found;
}

function within(row, selector) {
  return [row, ...editorsOf(row)].map((part) => part.querySelector(selector)).find(Boolean);
}

function rows() {
  return [...document.querySelectorAll("[data-record]")];
}

function nameOf(row) {
  return row.querySelector("th").firstChild.textContent.trim();
}

// The row's heading says to eyes whose button it is; one by one, buttons are heard alone.
function sayWhose(row) {
  if (!row.getAttribute("data-record")) return; // the register's say it themselves
  const name = nameOf(row);
  row.querySelectorAll(".decide .button, .decide a").forEach((choice) => {
    choice.setAttribute("aria-label", `${choice.textContent.trim().replace("…", "")}: ${name}`);
  });
}

// Among the rows, Tab stops at one; the arrows choose which.
function rove(row) {
  document.querySelectorAll("[data-record][tabindex='0']").forEach((other) => {
    if (other !== row) other.tabIndex = -1;
  });
  row.tabIndex = 0;
}

function focusRow(row, quietly) {
  rove(row);
  row.focus({ preventScroll: true });
  if (!quietly) row.scrollIntoView({ block: "nearest" });
}

function nextPending(row) {
  const all = [...document.querySelectorAll("[data-record].is-pending:not(.is-saving)")];
  return all.find((other) => row.compareDocumentPosition(other) === Node.DOCUMENT_POSITION_FOLLOWING);
}

// Whether the person is still where this row left them; someone who moved on is not called back.
function stillHere(row) {
  const now = document.activeElement;
  return !now || now === document.body || rowOf(now) === row || now === movedTo[row.id];
}

function focusField(part) {
  part.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

// What was typed stays in it, and comes back when it is opened again.
function closeEditors(row, element) {
  const details = closest(element, "details[open]") || row.querySelector("details[open]");
  if (details) details.open = false;
  editorsOf(row).forEach((editor) => {
    editor.hidden = true;
  });
  focusRow(row);
}
