// Deciding on a row: what is sent, and what opens below it.

// The list's buttons belong to one form, and name their row's address.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const pressed = event.submitter;
  const row = rowOf(form.id === "deciding" ? pressed : form);
  if (event.defaultPrevented || !row || !form.hasAttribute("data-decide")) return;
  event.preventDefault();
  const values = new FormData(form);
  new FormData(document.forms.deciding).forEach((value, name) => {
    values.set(name, value); // today's token and filter
  });
  if (pressed?.name) values.set(pressed.name, pressed.value);
  const address = pressed?.getAttribute("formaction") || form.getAttribute("action");
  ask("POST", address, row, Object.fromEntries(values));
});

function ask(verb, address, row, values) {
  if (row.classList.contains("is-saving")) return;
  htmx.ajax(verb, address, { source: row, target: row, values }).catch(() => {});
}

document.addEventListener("click", (event) => {
  const link = closest(event.target, "[data-editor], [data-close]");
  const row = rowOf(link);
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.hasAttribute("data-close")) closeEditors(row, link);
  else open(row, link);
});

function open(row, link) {
  const kind = link.getAttribute("data-editor");
  const days = /^(refusal-distance)-(\d+)$/.exec(kind);
  const form = forms[days ? days[1] : kind];
  let there = editorsOf(row).find((editor) => editor.getAttribute("data-kind") === kind);
  if (!form && !there) {
    return ask("GET", link.getAttribute("href"), row, {});
  }
  if (!there) {
    there = filled(form, row, days && days[2]);
    there.setAttribute("data-kind", kind);
    row.after(there);
  }
  there.hidden = false;
  later(() => shared.fill(row));
  rove(row);
  focusField(there);
}

// In a form stand marks for what is the row's: that goes in as text, never as markup.
function filled(form, row, days) {
  const part = document.importNode(parsed(`<table>${form}`).querySelector("tr"), true);
  const own = { id: row.id.replace("record-", ""), version: row.getAttribute("data-record"), days };
  own.page = document.forms.deciding.getAttribute("action");
  function put(place) {
    if (place.nodeValue === null) return; // an element: it has its turn
    place.nodeValue = place.nodeValue.replace(/\{(\w+)\}/g, (mark, name) => own[name]);
  }
  part.querySelectorAll("*").forEach((element) => {
    [...element.attributes].forEach(put);
    element.childNodes.forEach(put);
  });
  return part;
}
