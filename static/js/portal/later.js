// What a refusal that is typed, a row that was not saved or another login needs comes with the first of them, in a
// script of its own (../working): a visit without does without. What has to be there on a dead line is not in it.

const ENOUGH = 5000; // milliseconds that anybody waits for it; and after which it is asked for once more

// What that script knows of this one, and puts into it.
const shared = {
  closest,
  editorsOf,
  failedAt,
  headers,
  heard,
  open,
  owner,
  PATIENCE,
  tell,
  waiting,
};
window.portal = shared;

let coming = null;

function later(act = () => {}, without = () => {}) {
  if (shared.isThere) return act();
  coming ||= new Promise((there, away) => {
    const script = document.createElement("script");
    script.src = working;
    script.onload = there;
    script.onerror = () => {
      coming = null;
      setTimeout(later, ENOUGH);
      away();
    };
    setTimeout(away, ENOUGH);
    document.head.append(script);
  });
  coming.then(act, without);
}

// What is typed into a refusal, it keeps.
document.addEventListener("input", (event) => {
  if (closest(event.target, ".editor")) later();
});
