// Passkeys: at the login a key signs instead of a code (data-passkey="get"), on the account's page a new one is made
// ("create"). The form is sent as any other once the key has signed. Without this script the code remains.
(function () {
  "use strict";

  var NOT_GIVEN = "Ключът не беше потвърден навреме или отказахте. Опитайте отново.";
  var KNOWN = "Този ключ вече е добавен към достъпа ви.";
  var NOT_HERE = "Браузърът не допуска ключове за вход на тази страница. Влезте с код.";
  var LOST = "Порталът не отговори. Проверете връзката и опитайте отново.";
  var SAID = { NotAllowedError: NOT_GIVEN, AbortError: NOT_GIVEN, InvalidStateError: KNOWN, SecurityError: NOT_HERE };

  var form = document.querySelector("[data-passkey]");
  var place = document.getElementById("passkey-says");
  var makes = form.getAttribute("data-passkey") === "create";
  var isBusy = false;

  function say(sentence) {
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) {
      return letter.charCodeAt(0);
    });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  // What the portal asks, with bytes where the browser wants them.
  function asked(options) {
    var known = options[makes ? "excludeCredentials" : "allowCredentials"] || [];
    options.challenge = bytes(options.challenge);
    if (makes) options.user.id = bytes(options.user.id);
    known.forEach(function (key) {
      key.id = bytes(key.id);
    });
    return { publicKey: options };
  }

  function sent(key) {
    var fields = makes ? ["clientDataJSON", "attestationObject"] : ["clientDataJSON", "authenticatorData", "signature"];
    var response = {};
    fields.forEach(function (field) {
      response[field] = text(key.response[field]);
    });
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response: response });
  }

  function options() {
    if (makes) return Promise.resolve(JSON.parse(form.getAttribute("data-options")));
    var body = new URLSearchParams([["csrf_token", form.elements.csrf_token.value]]);
    var request = { method: "POST", body: body, credentials: "same-origin", headers: { Accept: "application/json" } };
    return fetch(form.getAttribute("data-options"), request).then(function (reply) {
      if (reply.ok) return reply.json();
      return reply.json().then(function (data) {
        throw { sentence: data.sentence };
      });
    });
  }

  function key(wanted) {
    return makes ? navigator.credentials.create(asked(wanted)) : navigator.credentials.get(asked(wanted));
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    say("");
    options()
      .then(key)
      .then(function (given) {
        form.elements.key.value = sent(given);
        form.submit();
      })
      .catch(function (error) {
        isBusy = false;
        say(error.sentence || SAID[error.name] || LOST);
      });
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) isBusy = false;
  });

  if (!window.PublicKeyCredential || !navigator.credentials) {
    if (makes) say(NOT_HERE);
    return;
  }
  form.hidden = false;
})();
