// What a reply has changed: what is heard of it, where the focus goes, and the bar's numbers.

// Other rows, after a filter or a search.
function listed(part) {
  const said = part.querySelector("[data-said]");
  const first = part.querySelector("[data-record]");
  rows().forEach(sayWhose);
  if (first) rove(first);
  part.querySelector("[data-focus]")?.focus();
  if (said && !rowOf(said)) say(said.textContent.trim());
}

function drawn(row, status, wasHere, asked) {
  const beside = saidBeside(row);
  const said = row.querySelector("[data-said]") || beside?.content;
  if (beside?.hasAttribute("data-counts")) recount(beside.getAttribute("data-counts").split(" "));
  sayWhose(row);
  const moved = movedTo[row.id];
  delete movedTo[row.id];
  if (said) say(said.textContent.trim());
  if (!wasHere) return;
  const invalid = status === 422 && within(row, "[aria-invalid=true]");
  if (invalid) {
    const details = closest(invalid, "details");
    if (details) details.open = true;
    rove(row);
    invalid.focus();
    invalid.scrollIntoView({ block: "nearest" }); // htmx may have given it the focus, and scrolls nowhere
  } else if (asked) shown(row);
  else if (status >= 400 || row.classList.contains("is-pending")) focusRow(row);
  else if (!moved || !document.contains(moved)) focusRow(nextPending(row) || row, true);
}

// A row that was opened to be read or corrected, or closed again: nothing was saved, so nobody moves on.
function shown(row) {
  const opened = row.querySelector("[data-opened]");
  focusRow(row);
  if (opened) opened.focus();
  else editorsOf(row).forEach(focusField);
}

// What a reply says of the row for ears stands behind it, once.
function saidBeside(row) {
  let next = row.nextElementSibling;
  while (next?.matches(".editor")) next = next.nextElementSibling;
  if (!next?.matches("[data-said]")) return null;
  next.remove();
  return next;
}

// Answers overtake one another: what the bar shows is never older than what it has shown.
function isOld(at) {
  return Number(at) < Number(document.getElementById("counts").getAttribute("data-at"));
}

// The bar's numbers: those that are left, confirmed, refused; and of which version of the list.
function recount(numbers) {
  const bar = document.getElementById("counts");
  recountRest(bar.querySelector(".is-secondary"), document.querySelector("[data-rest]"));
  if (isOld(numbers[3])) return;
  bar.setAttribute("data-at", numbers[3]);
  bar.querySelectorAll("p:first-child strong").forEach((place, at) => {
    place.textContent = numbers[at];
  });
  bar.querySelector("p:first-child span").textContent = numbers[0] === "1" ? "остава" : "остават";
  bar.querySelector("progress").value = Number(numbers[1]) + Number(numbers[2]);
}

// How many may be confirmed together: of a class that is shown, and of the whole list where all of it is.
function recountRest(all, shown) {
  const rest = document.querySelectorAll("#list [value=confirmed]").length;
  if (shown) shown.textContent = rest;
  if (!all) return;
  const part = document.querySelector(".shown");
  all.hidden = !rest && !part;
  all.lastElementChild.textContent = part ? "" : `(${rest})`;
}
