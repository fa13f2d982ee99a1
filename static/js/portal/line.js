// Rows that a bad line kept from being saved: counted in the bar, and sent again by themselves when it is back. That
// what was stored after all is not stored twice, the version sees to.

const PAUSE = 5000; // milliseconds between two looks whether the portal can be reached
const LONGEST = 30000;

const waiting = new Map(); // row id → the address and the fields that did not get through
let pause = PAUSE;
let timer = 0;

const LISTED = "#list [data-record], .returned [data-record]"; // the register's rows do not go by themselves

function tell() {
  const bar = document.getElementById("counts");
  if (!bar) return;
  const gone = [...waiting.keys()].filter((id) => !document.getElementById(id));
  const count = document.querySelectorAll(".record.is-failed").length + gone.length;
  let place = bar.querySelector(".unsaved");
  if (!count) return place && place.remove();
  if (!place) {
    place = document.createElement("p");
    place.className = "unsaved";
    bar.insertBefore(place, bar.children[1]);
  }
  place.textContent = count === 1 ? "1 ред не е записан" : count + " реда не са записани";
}

function later() {
  clearTimeout(timer);
  if (waiting.size) timer = setTimeout(look, pause);
}

// A small question first: a row that fails again would be told again, too.
async function look() {
  clearTimeout(timer);
  if (!waiting.size) return;
  const reached = await fetch("/healthz", { cache: "no-store", credentials: "omit" })
    .then((reply) => reply.text())
    .then((text) => text.trim() === "ok", () => false);
  pause = Math.min(pause * 2, LONGEST);
  if (reached) for (const [id, sent] of waiting) again(id, sent);
  later();
}

function again(id, sent) {
  const row = document.getElementById(id);
  const token = document.forms.deciding && document.forms.deciding.elements.csrf_token;
  if (token) sent.fields.csrf_token = token.value;
  if (row && row.classList.contains("is-saving")) return;
  if (row) {
    row.isAgain = true; // nobody has pressed anything: the focus stays where it is
    htmx.ajax("POST", sent.address, { source: row, target: row, values: sent.fields }).catch(() => {});
  } else unseen(id, sent);
}

// The filter shows other rows by now.
function unseen(id, sent) {
  const options = { method: "POST", body: new URLSearchParams(sent.fields), redirect: "manual" };
  fetch(sent.address, { ...options, headers: { ...headers(), "HX-Request": "true" } }).then(
    (reply) => {
      if (reply.ok || reply.status === 409) waiting.delete(id);
      tell();
    },
    () => {}
  );
}

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const row = ctx.sourceElement;
  if (!row.matches || !row.matches(LISTED) || !ctx.request.body) return tell();
  const status = ctx.response ? ctx.response.status : 0;
  delete row.isAgain;
  if (row.isConnected && row.classList.contains("is-failed") && (status < 400 || status > 501)) {
    waiting.set(row.id, { address: ctx.request.action, fields: Object.fromEntries(ctx.request.body) });
    later();
  } else {
    waiting.delete(row.id);
    if (status) pause = PAUSE;
  }
  tell();
});
// Whoever goes on with a row decides anew: what was pressed before is not sent behind their back.
function takeBack({ target }) {
  const row = rowOf(target);
  if (row) waiting.delete(row.id);
}

document.addEventListener("input", takeBack);
document.addEventListener("click", (event) => {
  if (closest(event.target, "[data-editor]")) takeBack(event);
});
document.addEventListener("htmx:after:swap", tell);
document.addEventListener("portal:unsaved", tell);
window.addEventListener("online", look);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
