// What is typed into a refusal stays in this tab until it is stored: a reload loses nothing. Of the list alone; what is
// typed into the register never leaves its page.

const PREFIX = "typed:";
const account = owner().split("-")[0];

// A browser that keeps nothing for anybody raises an error at every touch.
function kept(act) {
  try {
    return act(window.sessionStorage);
  } catch (error) {
    return null;
  }
}

const placeOf = (address) => `${PREFIX}${account}:${address}`;
const refusalIn = (part) => {
  const form = closest(part, ".editor form[data-decide]");
  return form?.querySelector("[name=decision][value=refused]") ? form : null;
};

function forget(address) {
  kept((store) => store.removeItem(placeOf(address)));
}

function forgetOthers() {
  kept((store) =>
    Object.keys(store)
      .filter((key) => key.startsWith(PREFIX) && !key.startsWith(placeOf("")))
      .forEach((key) => store.removeItem(key))
  );
}

function keep({ target }) {
  const form = refusalIn(target);
  if (form) keepFields(form.getAttribute("action"), Object.fromEntries(new FormData(form)));
}

function keepFields(address, fields) {
  delete fields.csrf_token;
  kept((store) => store.setItem(placeOf(address), JSON.stringify(fields)));
}

// Into the form below the row, if the row is still the one that it was typed for.
function fill(row) {
  const refusals = editorsOf(row).map((editor) => refusalIn(editor.querySelector("form")));
  const form = refusals.find(Boolean);
  const fields = form && JSON.parse(kept((store) => store.getItem(placeOf(form.getAttribute("action")))) || "null");
  if (!fields || fields.version !== form.elements.version.value) return;
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "submit") continue;
    if (field.type === "checkbox") field.checked = field.name in fields;
    else field.value = fields[field.name] || "";
  }
}

function restore() {
  const page = document.forms.deciding?.getAttribute("action");
  const keys = kept((store) => Object.keys(store)) || [];
  for (const key of page ? keys.filter((key) => key.startsWith(placeOf(page))) : []) {
    const row = document.getElementById(`record-${key.split("/").pop()}`);
    const fields = JSON.parse(kept((store) => store.getItem(key)));
    if (!row) continue;
    const link = row.querySelector("[data-editor^=refusal], [data-editor='']");
    if (row.getAttribute("data-record") !== fields.version) kept((store) => store.removeItem(key));
    else if (link) open(row, link);
  }
}

document.addEventListener("input", keep);
document.addEventListener("change", keep);
document.addEventListener("click", ({ target }) => {
  const form = closest(target, "[data-close]") && refusalIn(target);
  if (form) forget(form.getAttribute("action"));
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const row = ctx.target.id && document.getElementById(ctx.target.id);
  if (!row) return;
  if (!row.matches("[data-record]")) restore();
  else if (!ctx.request.body) fill(row);
  else if (ctx.response.status === 200) forget(ctx.request.action.split("?")[0]);
});

shared.fill = fill;
if (account) forgetOthers();
restore();

// What was typed before this script came.
function isTypedInto({ type, checked, defaultChecked, value, defaultValue = "" }) {
  if (type === "checkbox") return checked !== defaultChecked;
  return type !== "hidden" && type !== "submit" && value !== defaultValue;
}

document.querySelectorAll(".editor form").forEach((form) => {
  if ([...form.elements].some(isTypedInto)) keep({ target: form });
});
