// What a keyboard, a slow line and a lost reply need beyond plain forms. Without it everything still works.
//
// The files of this folder are bundled in one function, in the order in which portal/web/http/assets.py names them:
// what one of them declares, the others know. What few visits need is in ../working.

const PATIENCE = 20000; // milliseconds

// Back loads the page anew: no copy of one is kept in the browser.
Object.assign(htmx.config, { history: "reload", defaultTimeout: PATIENCE, defaultSettleDelay: 0 });

let leaving = false; // the page itself is going elsewhere, by a reply's own word

function closest(element, selector) {
  return element?.closest?.(selector) ?? null;
}

// What comes with this script (portal.web.lists.blanks), in a document of its own.
function parsed(markup) {
  return new DOMParser().parseFromString(markup, "text/html");
}

function say(text) {
  document.getElementById("said")?.replaceChildren(text);
}

function warn(text) {
  const panel = document.createElement("div");
  panel.className = "notice is-wrong";
  panel.textContent = text;
  document.getElementById("alert")?.replaceChildren(panel);
}

// The place in a row, or in a form outside the rows, where it says how its own saving went.
function note(part, text) {
  let place = part.querySelector("[data-failed]");
  if (!place) {
    place = document.createElement("p");
    place.setAttribute("data-failed", "");
    (part.tagName === "TR" ? part.lastElementChild : part).append(place);
  }
  place.className = part.tagName === "FORM" ? "error" : "record-says";
  place.textContent = text;
  return place;
}
