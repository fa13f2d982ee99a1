// Rows that were not saved go again by themselves when the line is back. That what was stored after all is not stored
// twice, the version sees to.

const PAUSE = 5000; // milliseconds between two looks whether the portal can be reached
const LONGEST = 30000;

let pause = PAUSE;
let timer = 0;

function sendLater() {
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
  sendLater();
}

function again(id, sent) {
  const row = document.getElementById(id);
  const token = document.forms.deciding?.elements.csrf_token;
  if (token) sent.fields.csrf_token = token.value;
  if (!row) return unseen(id, sent);
  if (row.classList.contains("is-saving")) return;
  row.isAgain = true; // nobody has pressed anything: the focus stays where it is
  htmx.ajax("POST", sent.address, { source: row, target: row, values: sent.fields }).catch(() => {});
}

// The filter shows other rows by now. What the portal refuses does not go again, as it would not where it is seen.
function unseen(id, sent) {
  const options = { method: "POST", body: new URLSearchParams(sent.fields), redirect: "manual" };
  fetch(sent.address, { ...options, headers: { ...headers(), "HX-Request": "true" } }).then(
    ({ ok, status }) => {
      if (!ok && (status < 400 || status > 501)) return;
      waiting.delete(id);
      if (!ok && status !== 409) refuse(id, sent);
      tell();
    },
    () => {}
  );
}

function isBack() {
  pause = PAUSE;
}

window.addEventListener("online", look);
look();
Object.assign(shared, { isBack, sendLater });
