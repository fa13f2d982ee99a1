// Signing with КЕП: between two requests to the portal, the person's own BISS program chooses and signs.
(function () {
  "use strict";

  var PORTS = [53952, 53953, 53954, 53955];
  var SEARCH = 2000; // milliseconds for the program to say that it is there
  var ALLOW = 60000; // where the browser first asks the person whether it may be reached
  var PEOPLE = 300000; // they look for the card, and for the PIN
  var PORTAL = 30000;
  var LONGEST = 300; // characters of what the program says
  var OLDEST = [2, 20]; // version of the program
  var WINDOWS = /^Win/.test(navigator.platform); // where the program can be started from a page
  // It says that it does not know the site by no code that is written anywhere, but by its words; some copies by 403.
  var STRANGER = /signedContents|сайт|довер|trusted|липсва\S* сертификат|missing certificate|certificate (is )?missing/i;
  var VOUCHED = ["signedContents", "signedContentsCert"]; // by which it knows the site; the portal may have none

  var box = document.getElementById("local-signing");
  if (!box || !window.fetch || !window.URLSearchParams || !window.AbortController) return;

  // What may go wrong comes with this script, which the browser keeps.
  var faults = new DOMParser().parseFromString(forms.faults, "text/html").body.firstChild;
  box.insertBefore(document.importNode(faults, true), box.firstElementChild.nextSibling);

  var form = box.querySelector("form");
  var button = form.querySelector("button");
  var stop = form.querySelector("[data-stop]");
  var wrong = box.querySelector("[data-wrong]");
  var progress = box.querySelector("[data-progress]");
  var says = box.querySelector("[data-says]");
  var turn = null; // the signing under way: an AbortController

  // ---- What the person sees

  function each(selector, act) {
    Array.prototype.forEach.call(box.querySelectorAll(selector), act);
  }

  function text(value) {
    return typeof value === "string" ? value : "";
  }

  function say(step) {
    var line = box.querySelector('[data-step="' + step + '"]');
    var at = line.getAttribute("data-at");
    says.textContent = line.textContent;
    progress.hidden = !at;
    progress.firstElementChild.value = at || 0;
  }

  function mayStop(may) {
    if (!may && document.activeElement === stop) button.focus();
    stop.hidden = !may;
  }

  function end() {
    if (turn) turn.abort();
    turn = null;
    button.removeAttribute("aria-disabled");
    mayStop(false);
    says.textContent = "";
    progress.hidden = true;
  }

  // ``names`` are the lines to show, ``said`` what the portal or the program said.
  function fault(names, said) {
    return { names: names, said: said };
  }

  function fail(why) {
    var names = why.names || ["broken"];
    end();
    each("[data-text]", function (place) {
      place.textContent = why.said || "";
    });
    each("[data-when]", function (line) {
      line.hidden = !line.getAttribute("data-when").split(" ").some(function (one) {
        return names.indexOf(one) >= 0;
      });
      if (line.hasAttribute("data-windows") && !WINDOWS) line.hidden = true;
    });
    wrong.hidden = false;
    wrong.focus();
  }

  // ---- Asking

  // What is awaited for a signing that is over never comes.
  function during(mine, promise) {
    return new Promise(function (resolve, reject) {
      function now(settle) {
        return function (value) {
          if (mine === turn) settle(value);
        };
      }
      promise.then(now(resolve), now(reject));
    });
  }

  function nothing() {}

  // ``data`` is what the JSON says, or nothing if it is none.
  function ask(mine, address, options, patience) {
    options.signal = mine.signal;
    options.cache = "no-store";
    var replied = fetch(address, options).then(
      function (reply) {
        return reply.json().then(Object, nothing).then(function (data) {
          return { ok: reply.ok, status: reply.status, type: reply.type, data: data };
        });
      },
      function () {
        throw fault(["lost"]);
      }
    );
    var late = new Promise(function (resolve, reject) {
      setTimeout(reject, patience, fault(["late"]));
    });
    return during(mine, Promise.race([replied, late]));
  }

  function biss(mine, port, path, body, patience) {
    var options = { credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" };
    options.headers = { "Accept-Language": "bg" }; // of its windows, and of what it says
    if (body) {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    return ask(mine, "https://localhost:" + port + path, options, patience);
  }

  // ``wanted`` must be in the reply; ``silent`` is the fault if none comes. A redirect is to the login, which ended.
  function portal(mine, step, fields, wanted, silent) {
    var options = { method: "POST", credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } };
    options.body = new URLSearchParams(fields);
    options.body.append("csrf_token", form.elements.csrf_token.value);
    return ask(mine, box.getAttribute("data-" + step), options, PORTAL).then(
      function (reply) {
        var data = reply.data || {};
        if (reply.ok && text(data[wanted])) return data;
        if (text(data.sentence)) throw fault(reply.status === 409 ? ["refused", "changed"] : ["refused"], data.sentence);
        if (reply.type === "opaqueredirect") throw fault(["ended"]);
        throw fault([reply.status === 400 ? "foreign" : "broken"]);
      },
      function () {
        throw fault([silent]);
      }
    );
  }

  // Whether the browser lets the portal reach the program: denied, prompt, granted; nothing if it does not say.
  function permission(mine) {
    var asked = ["loopback-network", "local-network-access"].map(function (name) {
      return Promise.resolve()
        .then(function () {
          return navigator.permissions.query({ name: name });
        })
        .then(function (status) {
          return status.state;
        })
        .catch(nothing);
    });
    return during(mine, Promise.all(asked)).then(function (states) {
      return states[0] || states[1];
    });
  }

  // ---- The steps

  // "2.32" by its parts; a number by its value, which of 2.20 is 2.2.
  function isNew(version) {
    if (typeof version === "number") return version >= Number(OLDEST.join("."));
    var parts = (/^\d+(\.\d+)?/.exec(version) || ["0"])[0].split(".").map(Number);
    return parts[0] > OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] >= OLDEST[1]);
  }

  // All ports are asked at once; the lowest that replies is it, or the lowest that is new enough; nothing if none does.
  function search(mine, patience) {
    var asked = PORTS.map(function (port) {
      return biss(mine, port, "/version", null, patience).then(
        function (reply) {
          var version = reply.ok && reply.data && reply.data.version;
          return (text(version) || typeof version === "number") && { port: port, isNew: isNew(version) };
        },
        nothing
      );
    });
    return asked.reduce(function (found, next) {
      return Promise.all([found, next]).then(function (both) {
        return both[0] && (both[0].isNew || !both[1] || !both[1].isNew) ? both[0] : both[1];
      });
    });
  }

  function find(mine) {
    return permission(mine)
      .then(function (state) {
        say(state === "prompt" ? "allow" : "search");
        return search(mine, state === "prompt" ? ALLOW : SEARCH);
      })
      .then(function (found) {
        if (found && found.isNew) return found.port;
        if (found) throw fault(["old"]);
        return permission(mine).then(function (state) {
          throw fault([state === "denied" ? "denied" : "absent"]);
        });
      });
  }

  // The list in the program's reply, unless the person or the program said no.
  function given(reply, list, refused) {
    var data = reply.data;
    if (!data) throw fault(["garbled"]);
    var items = [].concat(data[list]).filter(text);
    if (reply.ok && data.status === "ok" && items.length) return items;
    var said = text(data.reasonText).slice(0, LONGEST);
    if (refused === "unsigned" && (String(data.reasonCode) === "403" || STRANGER.test(said))) refused = "stranger";
    throw fault(said ? [refused, "said"] : [refused], said);
  }

  function sign(mine) {
    var port, chain, prepared;
    find(mine)
      .then(function (found) {
        port = found;
        say("choose");
        return biss(mine, port, "/getsigner", { selector: {}, showValidCerts: true }, PEOPLE);
      })
      .then(function (reply) {
        chain = given(reply, "chain", "unchosen");
        say("check");
        var fields = chain.map(function (certificate) {
          return ["chain", certificate];
        });
        fields.push(["digest", box.getAttribute("data-digest")]);
        return portal(mine, "prepare", fields, "contents", "offline");
      })
      .then(function (reply) {
        prepared = reply;
        say("confirm");
        var wanted = {
          version: "1.0",
          signatureType: "signature",
          contentType: "data",
          hashAlgorithm: prepared.hash,
          contents: [prepared.contents],
          signerCertificateB64: chain[0],
          confirmText: [prepared.confirm],
          additonalConfirmText: prepared.about, // the spelling is theirs
        };
        VOUCHED.forEach(function (name) {
          if (prepared[name]) wanted[name] = [prepared[name]];
        });
        return biss(mine, port, "/sign", wanted, PEOPLE);
      })
      .then(function (reply) {
        var signature = given(reply, "signatures", "unsigned")[0];
        say("save");
        mayStop(false); // it may be recorded already
        var fields = [["request", prepared.request], ["signature", signature]];
        return portal(mine, "complete", fields, "location", "unsure");
      })
      .then(function (reply) {
        // Without a fragment the page is fetched anew, even at the same address, and no form is sent again.
        var to = reply.location.split("#")[0];
        say("done");
        location.assign(/^\/(?![/\\])/.test(to) ? to : location.pathname);
      })
      .catch(fail);
  }

  // ---- At the start

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (turn) return;
    turn = new AbortController();
    wrong.hidden = true;
    button.setAttribute("aria-disabled", "true");
    mayStop(true);
    sign(turn);
  });

  stop.addEventListener("click", function () {
    end();
    say("stopped");
    button.focus();
  });

  // What comes back from the browser's memory begins anew.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) end();
  });

  each("[data-wrong] a", function (link) {
    link.setAttribute("href", link.getAttribute("href").replace("{page}", location.pathname));
  });
  box.hidden = false;
})();
