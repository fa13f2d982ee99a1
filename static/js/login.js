// Where many come at once, the login form waits for its turn by itself: the password stays in the field that it was
// typed into. The portal answers with a 204, which leaves the page as it is, and with a cookie that says when to try
// again. Without this script the page asks to press again.
(function () {
  "use strict";

  var WAITS = "Сега влизат много хора наведнъж. Чакате реда си: порталът опитва сам, не затваряйте страницата.";
  var LOOK = 200; // milliseconds between two looks at the cookie, while there is no answer
  var JITTER = 1000; // milliseconds: not all of those who wait come back together
  var IS_SECURE = location.protocol === "https:";
  var COOKIE = IS_SECURE ? "__Host-wait" : "wait";
  var OVER = "=; Max-Age=0; Path=/; SameSite=Strict" + (IS_SECURE ? "; Secure" : "");
  var TOLD = new RegExp("(?:^|; )" + COOKIE + "=(\\d+)");

  var form = document.querySelector("[data-login]");
  var place = document.getElementById("turn");
  var looking = null;
  var waiting = null;

  function stop() {
    clearInterval(looking);
    clearTimeout(waiting);
  }

  function look() {
    var told = TOLD.exec(document.cookie);
    if (!told) return;
    stop();
    place.hidden = false;
    if (place.textContent !== WAITS) place.textContent = WAITS;
    waiting = setTimeout(again, told[1] * 1000 + Math.random() * JITTER);
  }

  function again() {
    delete form.sentAt; // portal.js sends nothing twice that may be on its way
    form.requestSubmit();
  }

  var waits = document.createElement("input");
  waits.type = "hidden";
  waits.name = "waits";
  waits.value = "yes";
  form.appendChild(waits);
  form.addEventListener("submit", function () {
    stop();
    document.cookie = COOKIE + OVER; // what an earlier answer said
    looking = setInterval(look, LOOK);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) stop();
  });
})();
