// When the page is there.

function start() {
  document.documentElement.classList.add("has-script");
  const first = rows()[0];
  rows().forEach(sayWhose);
  tellOfKeys();
  if (first) rove(rowOf(document.getElementById(location.hash.slice(1))) || first);
  document.querySelector("[data-focus]")?.focus();
  ofTyped((store) => {
    if (store.length) later();
  });
}

// What is typed into a refusal is kept in the tab (../working/typed.js), and ends with the login. A browser that keeps
// nothing for anybody raises an error at every touch.
function ofTyped(act) {
  try {
    act(window.sessionStorage);
  } catch (error) {
    // nothing is kept, and so nothing has to go
  }
}

document.addEventListener("submit", ({ target }) => {
  if (target.getAttribute("action") === "/logout") ofTyped((store) => store.clear());
});

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
