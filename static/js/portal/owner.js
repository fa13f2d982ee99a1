// Whose page it is: nothing of a form leaves one that is not its reader's any more.

const ASLEEP = 600000; // milliseconds without a word from the portal, after which a page asks whether it still stands

let heardAt = Date.now();

function heard() {
  heardAt = Date.now();
}

// The account and its login, as web.http.csrf.page_owner writes them; nothing where nobody is logged in.
function owner() {
  return headers()["X-Page-Of"] || "";
}

// What every request of htmx carries.
function headers() {
  return JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
}

// By the cookie in which the portal says who is logged in now. Only a page that has slept asks the portal itself.
function isCurrent() {
  const told = /(?:^|; )(?:__Host-)?owner=([^;]*)/.exec(document.cookie);
  return (told ? told[1] : "") === owner() && Date.now() - heardAt < ASLEEP;
}

// ``answered`` gets who is logged in now, that the login has ended, or nothing if there was no answer.
function askWho(answered) {
  later(() => shared.askWho(answered), answered);
}

// Says beside what was typed why it was not sent, and what to do.
function unsent(element, who) {
  const place = rowOf(element) || closest(element, "form");
  if (!document.contains(place)) return;
  const unasked = () => failedAt(place, place.getAttribute("data-unsent") || UNSAVED.unasked);
  if (who) later(() => shared.tellWho(place, who), unasked);
  else unasked();
}

// Before every other listener, so that nothing of a form leaves a page that is not its reader's any more.
window.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const part = form.id === "deciding" ? event.submitter : form;
    const said = rowOf(part) ? null : form.querySelector("[data-failed]");
    const isSure = form.isSure;
    if (!isSure && !form.isAsking) said?.remove();
    delete form.isSure;
    // A form that says what it means when it is not sent leaves the page only once the portal has answered.
    if (form.method !== "post" || isSure || !owner()) return;
    if (isCurrent() && !form.hasAttribute("data-unsent")) return;
    if (!form.requestSubmit || closest(form, ".who")) return; // the portal refuses it
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.isAsking) return;
    form.isAsking = true;
    if (form.hasAttribute("data-unsent")) note(form, "Изпраща се…").className = "muted";
    askWho((who) => {
      delete form.isAsking;
      if (!document.contains(form)) return;
      if (!who?.token) return unsent(part, who);
      form.isSure = true;
      form.requestSubmit(event.submitter);
    });
  },
  true
);

function staysHere(ctx) {
  const element = ctx.sourceElement;
  const status = ctx.response.status;
  if ((status !== 401 && status !== 400) || !document.contains(rowOf(element) || closest(element, "form")))
    return false;
  if (status === 401) unsent(element, { ended: true });
  else askWho(unsent.bind(null, element));
  return true;
}
