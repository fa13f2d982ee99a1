// When the page is there.

function start() {
  document.documentElement.classList.add("has-script");
  const first = rows()[0];
  rows().forEach(sayWhose);
  tellOfKeys();
  if (first) rove(rowOf(document.getElementById(location.hash.slice(1))) || first);
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
