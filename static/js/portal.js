// What a keyboard, a slow line and a lost reply need beyond plain forms. Without it everything still works.
(function () {
  "use strict";

  var UNSAVED = {
    send: "Не е записано: няма връзка. Натиснете отново. Щом връзката се върне, редът се изпраща и сам.",
    unasked: "Не е записано: няма връзка. Натиснете отново.",
    late: "Не е записано: порталът не отговори навреме. Натиснете отново.",
    often: "Не е записано: твърде много заявки наведнъж. Изчакайте малко и натиснете отново.",
    refused: "Не е записано. Вижте съобщението горе.",
    broken: "Не е записано: порталът не отговори както трябва. Натиснете отново.",
    ended: "Не е записано: влизането ви изтече. Влезте в нов раздел, върнете се тук и натиснете отново. ",
    renewed: "Не е записано: влезли сте отново. Натиснете пак.",
    other: "Не е записано: в този браузър вече е влязъл друг човек: ",
  };
  var NO_REPLY = "Няма връзка с портала. Проверете интернета и опитайте отново.";
  var SAME_PLACE = 12; // pixels
  var DOUBLE_CLICK = 500; // milliseconds
  var SENT_AGAIN = 8000; // milliseconds, after which one who pressed Stop may send again
  var ASLEEP = 600000; // milliseconds without a word from the portal, after which a page asks whether it still stands
  var PATIENCE = 20000; // milliseconds

  var KEYS = { 1: "[value=confirmed]", 2: "[data-editor^=refusal], [data-editor='']", 0: "[value=pending]" };

  // Back loads the page anew: no copy of one is kept in the browser.
  Object.assign(htmx.config, { history: "reload", defaultTimeout: PATIENCE, defaultSettleDelay: 0 });

  var heardAt = Date.now();
  var leaving = false; // the page itself is going elsewhere, by a reply's own word
  var movedTo = {}; // row id → the row that got the focus when this one was sent
  var lastPress = { at: 0, x: 0, y: 0 };

  function closest(element, selector) {
    return element && element.closest ? element.closest(selector) : null;
  }

  // Also of what stands open below a row.
  function rowOf(element) {
    var row = closest(element, "[data-record], .editor");
    while (row && !row.matches("[data-record]")) row = row.previousElementSibling;
    return row;
  }

  // What stands open, or was closed with something in it.
  function editorsOf(row) {
    var found = [];
    for (var next = row.nextElementSibling; next && next.matches(".editor"); next = next.nextElementSibling) found.push(next);
    return found;
  }

  function within(row, selector) {
    return [row].concat(editorsOf(row)).reduce(function (found, part) {
      return found || part.querySelector(selector);
    }, null);
  }

  function rows() {
    return Array.prototype.slice.call(document.querySelectorAll("[data-record]"));
  }

  function say(text) {
    var said = document.getElementById("said");
    if (said) said.textContent = text;
  }

  function warn(text) {
    var alert = document.getElementById("alert");
    if (!alert) return;
    var panel = document.createElement("div");
    panel.className = "notice is-wrong";
    panel.textContent = text;
    alert.textContent = "";
    alert.appendChild(panel);
  }

  // The place in a row, or in a form outside the rows, where it says how its own saving went.
  function note(part, text) {
    var place = part.querySelector("[data-failed]");
    if (!place) {
      place = document.createElement("p");
      place.className = part.tagName === "FORM" ? "error" : "record-says";
      place.setAttribute("data-failed", "");
      (part.tagName === "TR" ? part.lastElementChild : part).appendChild(place);
    }
    place.textContent = text;
  }

  // Among the rows, Tab stops at one; the arrows choose which.
  function rove(row) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-record][tabindex='0']"), function (other) {
      if (other !== row) other.tabIndex = -1;
    });
    row.tabIndex = 0;
  }

  function focusRow(row, quietly) {
    rove(row);
    row.focus({ preventScroll: true });
    if (!quietly) row.scrollIntoView({ block: "nearest" });
  }

  function nextPending(row) {
    var all = document.querySelectorAll("[data-record].is-pending:not(.is-saving)");
    for (var at = 0; at < all.length; at += 1) {
      if (row.compareDocumentPosition(all[at]) === Node.DOCUMENT_POSITION_FOLLOWING) return all[at];
    }
    return null;
  }

  // Whether the person is still where this row left them; someone who moved on is not called back.
  function stillHere(row) {
    var now = document.activeElement;
    return !now || now === document.body || rowOf(now) === row || now === movedTo[row.id];
  }

  // ---- Keys

  function isTyping(element) {
    return closest(element, "input, select, textarea") !== null;
  }

  function step(row, by) {
    var all = rows();
    var next = all[all.indexOf(row) + by];
    if (next) focusRow(next);
  }

  function press(row, selector) {
    var found = row.querySelector(selector);
    if (found) found.click();
    return found !== null;
  }

  // What was typed stays in it, and comes back when it is opened again.
  function closeEditors(row, element) {
    var details = closest(element, "details[open]") || row.querySelector("details[open]");
    if (details) details.open = false;
    editorsOf(row).forEach(function (editor) {
      editor.hidden = true;
    });
    focusRow(row);
  }

  // A letter or digit by its place on the keyboard: „й“ is j, and a layout may want Shift for its digits.
  function keyOf(event) {
    var place = /^(?:Key|Digit|Numpad)(.)$/.exec(event.code);
    return place && event.key.length === 1 && !(event.shiftKey && /\D/.test(event.key)) ? place[1] : event.key;
  }

  document.addEventListener("keydown", function (event) {
    var row = rowOf(event.target);
    var key = keyOf(event);
    var done = true;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "?" && !isTyping(event.target)) done = showKeys();
    else if (!row) return;
    else if (key === "Escape") closeEditors(row, event.target);
    else if (isTyping(event.target)) return;
    else if (key === "ArrowDown" || key === "J") step(row, 1);
    else if (key === "ArrowUp" || key === "K") step(row, -1);
    else if (event.target !== row || event.repeat) return;
    else if (KEYS[key]) done = press(row, KEYS[key]);
    else return;
    if (done) event.preventDefault();
  });

  // ---- What the keys do

  function showKeys() {
    var dialog = document.getElementById("keys");
    if (!dialog || dialog.open) return false;
    dialog.showModal();
    return true;
  }

  document.addEventListener("click", function (event) {
    if (closest(event.target, "[data-keys]")) showKeys();
  });

  function tellOfKeys() {
    var list = document.getElementById("list");
    if (list && window.HTMLDialogElement && list.querySelector("[data-editor]")) {
      Array.prototype.slice.call(parsed(forms.keys).body.children).forEach(function (part) {
        list.parentNode.insertBefore(document.importNode(part, true), list);
      });
    }
  }

  document.addEventListener("focusin", function (event) {
    var row = rowOf(event.target);
    if (row && row.tabIndex !== 0) rove(row);
  });

  // ---- Nothing is sent twice

  // The second half of a double click must not press what the reply has put under the pointer.
  document.addEventListener(
    "click",
    function (event) {
      if (!event.detail || !closest(event.target, "[data-record] button, .editor button")) return;
      var again =
        event.timeStamp - lastPress.at < DOUBLE_CLICK &&
        Math.abs(event.clientX - lastPress.x) < SAME_PLACE &&
        Math.abs(event.clientY - lastPress.y) < SAME_PLACE;
      lastPress = { at: event.timeStamp, x: event.clientX, y: event.clientY };
      if (again) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true
  );

  // Forms that load a new page; those of htmx have been stopped by it when this runs.
  window.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (event.timeStamp - form.sentAt < SENT_AGAIN) event.preventDefault();
    else form.sentAt = event.timeStamp;
  });

  window.addEventListener("pageshow", function () {
    leaving = false;
    Array.prototype.forEach.call(document.forms, function (form) {
      delete form.sentAt;
    });
  });

  window.addEventListener("beforeunload", function (event) {
    if (leaving || !document.querySelector("[data-record].is-saving, [data-record].is-failed")) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // ---- Deciding on a row

  // The list's buttons belong to one form, and name their row's address.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var pressed = event.submitter;
    var row = rowOf(form.id === "deciding" ? pressed : form);
    if (event.defaultPrevented || !row || !form.hasAttribute("data-decide")) return;
    event.preventDefault();
    var values = new FormData(form);
    new FormData(document.forms.deciding).forEach(function (value, name) {
      values.set(name, value); // today's token and filter
    });
    if (pressed && pressed.name) values.set(pressed.name, pressed.value);
    var sent = {};
    values.forEach(function (value, name) {
      sent[name] = value;
    });
    ask("POST", (pressed && pressed.getAttribute("formaction")) || form.getAttribute("action"), row, sent);
  });

  function nameOf(row) {
    return row.querySelector("th").firstChild.textContent.trim();
  }

  // The row's heading says to eyes whose button it is; one by one, buttons are heard alone.
  function sayWhose(row) {
    if (!row.getAttribute("data-record")) return; // the register's say it themselves
    var name = nameOf(row);
    Array.prototype.forEach.call(row.querySelectorAll(".decide .button, .decide a"), function (choice) {
      choice.setAttribute("aria-label", choice.textContent.trim().replace("…", "") + ": " + name);
    });
  }

  function ask(verb, address, row, values) {
    if (row.classList.contains("is-saving")) return;
    htmx.ajax(verb, address, { source: row, target: row, values: values }).catch(function () {});
  }

  document.addEventListener("click", function (event) {
    var link = closest(event.target, "[data-editor], [data-close]");
    var row = rowOf(link);
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.hasAttribute("data-close")) closeEditors(row, link);
    else open(row, link);
  });

  function open(row, link) {
    var kind = link.getAttribute("data-editor");
    var days = /^(refusal-distance)-(\d+)$/.exec(kind);
    var form = forms[days ? days[1] : kind];
    var there = editorsOf(row).filter(function (editor) {
      return editor.getAttribute("data-kind") === kind;
    })[0];
    if (!form && !there) {
      ask("GET", link.getAttribute("href"), row, {});
      return;
    }
    if (!there) {
      there = filled(form, row, days && days[2]);
      there.setAttribute("data-kind", kind);
      row.parentNode.insertBefore(there, row.nextSibling);
    }
    there.hidden = false;
    rove(row);
    focusField(there);
  }

  // What comes with this script (portal.web.lists.blanks), in a document of its own.
  function parsed(markup) {
    return new DOMParser().parseFromString(markup, "text/html");
  }

  // In a form stand marks for what is the row's: that goes in as text, never as markup.
  function filled(form, row, days) {
    var part = document.importNode(parsed("<table>" + form).querySelector("tr"), true);
    var own = { id: row.id.replace("record-", ""), version: row.getAttribute("data-record"), days: days };
    own.page = document.forms.deciding.getAttribute("action");
    function put(place) {
      if (place.nodeValue === null) return; // an element: it has its turn
      place.nodeValue = place.nodeValue.replace(/\{(\w+)\}/g, function (mark, name) {
        return own[name];
      });
    }
    Array.prototype.forEach.call(part.querySelectorAll("*"), function (element) {
      Array.prototype.forEach.call(element.attributes, put);
      Array.prototype.forEach.call(element.childNodes, put);
    });
    return part;
  }

  function focusField(part) {
    var field = part.querySelector("input:not([type=hidden]), select, textarea");
    if (field) field.focus();
  }

  // ---- Saving a row

  document.addEventListener("htmx:before:request", function (event) {
    var ctx = event.detail.ctx;
    var row = rowOf(ctx.sourceElement);
    var alert = document.getElementById("alert");
    if (row && row.classList.contains("is-saving")) {
      event.preventDefault();
      return;
    }
    // What the portal does not ask, or the browser says as well (Referer): a slow line carries it sixty times.
    ["HX-Source", "HX-Target", "HX-Request-Type", "HX-Current-URL"].forEach(function (name) {
      delete ctx.request.headers[name];
    });
    var token = ctx.request.body && ctx.request.body.get("csrf_token");
    if (token) {
      ctx.request.headers["X-Form-Token"] = token; // over HTTP/2 one byte from the second time on
      ctx.request.body.delete("csrf_token");
    }
    if (alert) alert.textContent = "";
    if (!row) return;
    if (ctx.request.body && hasFacts(row)) ctx.request.headers.Prefer = "return=minimal";
    row.classList.remove("is-failed");
    row.classList.add("is-saving");
    note(row, ctx.request.body ? "записва се…" : "отваря се…");
    moveOn(row, ctx.request.body);
  });

  // One who confirms goes on to the next child at once: the reply may take a second to come.
  function moveOn(row, fields) {
    delete movedTo[row.id];
    var next = fields && fields.get("decision") === "confirmed" ? nextPending(row) : null;
    if (!next || row.isAgain || !stillHere(row)) return;
    movedTo[row.id] = next;
    focusRow(next, performance.now() - lastPress.at < 100);
  }

  // ---- Whose page it is

  // The account and its login, as web.http.csrf.page_owner writes them; nothing where nobody is logged in.
  function owner() {
    var headers = document.body.getAttribute("hx-headers:inherited");
    return headers ? JSON.parse(headers)["X-Page-Of"] : "";
  }

  // By the cookie in which the portal says who is logged in now. Only a page that has slept asks the portal itself.
  function isCurrent() {
    var told = /(?:^|; )(?:__Host-)?owner=([^;]*)/.exec(document.cookie);
    return (told ? told[1] : "") === owner() && Date.now() - heardAt < ASLEEP;
  }

  // ``answered`` gets who is logged in now (their name, and a token if it is the same person), that the login has
  // ended, or null if there was no answer.
  function askWho(answered) {
    var stop = new AbortController();
    var timer = setTimeout(stop.abort.bind(stop), PATIENCE);
    var options = { credentials: "same-origin", redirect: "manual", cache: "no-store", signal: stop.signal };
    fetch("/account/token?of=" + owner(), options)
      .then(function (reply) {
        if (reply.type === "opaqueredirect") return { ended: true };
        return reply.ok ? reply.json() : null;
      })
      .catch(function () {
        return null;
      })
      .then(function (who) {
        clearTimeout(timer);
        if (who && who.token) renew(who);
        answered(who);
      });
  }

  function renew(who) {
    heardAt = Date.now();
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-Page-Of": who.of }));
    Array.prototype.forEach.call(document.getElementsByName("csrf_token"), function (field) {
      field.value = who.token;
    });
  }

  // Says beside what was typed why it was not sent, and what to do.
  function unsent(element, who) {
    var place = rowOf(element) || closest(element, "form");
    if (!document.contains(place)) return;
    if (!who) return failedAt(place, place.getAttribute("data-unsent") || UNSAVED.unasked);
    if (who.token) return failedAt(place, UNSAVED.renewed);
    failedAt(place, who.ended ? UNSAVED.ended : UNSAVED.other + who.name + ". ");
    var link = document.createElement("a");
    link.href = who.ended ? "/login" : location.pathname + location.search;
    if (who.ended) link.target = "_blank";
    link.rel = "noopener";
    link.textContent = who.ended ? "Вход" : "Презаредете страницата";
    place.querySelector("[data-failed]").appendChild(link);
  }

  // Before every other listener, so that nothing of a form leaves a page that is not its reader's any more.
  window.addEventListener(
    "submit",
    function (event) {
      var form = event.target;
      var part = form.id === "deciding" ? event.submitter : form;
      var said = rowOf(part) ? null : form.querySelector("[data-failed]");
      var isSure = form.isSure;
      if (said) said.remove();
      delete form.isSure;
      // A form that says what it means when it is not sent leaves the page only once the portal has answered.
      if (form.method !== "post" || isSure || !owner()) return;
      if (isCurrent() && !form.hasAttribute("data-unsent")) return;
      if (!form.requestSubmit || !window.AbortController || closest(form, ".who")) return; // the portal refuses it
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.isAsking) return;
      form.isAsking = true;
      askWho(function (who) {
        delete form.isAsking;
        if (!document.contains(form)) return;
        if (!who || !who.token) return unsent(part, who);
        form.isSure = true;
        form.requestSubmit(event.submitter);
      });
    },
    true
  );

  // ---- A login that ended while somebody was typing

  function staysHere(ctx) {
    var element = ctx.sourceElement;
    var status = ctx.response.status;
    if ((status !== 401 && status !== 400) || !document.contains(rowOf(element) || closest(element, "form"))) return false;
    if (status === 401) unsent(element, { ended: true });
    else askWho(unsent.bind(null, element));
    return true;
  }

  document.addEventListener("htmx:before:response", function (event) {
    var ctx = event.detail.ctx;
    if (staysHere(ctx)) return event.preventDefault();
    heardAt = Date.now();
    if (ctx.hx.redirect || ctx.hx.refresh) leaving = true;
  });

  // The list's row whose first two cells a decision leaves as they are: the child, АСП's reason and figure.
  function hasFacts(row) {
    return row.matches("[id^=record-]") && !row.querySelector(".changed, .by-register");
  }

  // A reply without them gets those that are here, and the child's name for ears.
  function complete(fragment, row) {
    var fresh = fragment.getElementById(row.id);
    if (!fresh || fresh.querySelector("th")) return;
    fresh.prepend(row.cells[0].cloneNode(true), row.cells[1].cloneNode(true));
    fragment.querySelector("template[data-said]").content.prepend(nameOf(row) + ": ");
  }

  function hasRow(ctx, row) {
    return ctx.text.indexOf('id="' + row.id + '"') >= 0;
  }

  // A form in which something is wrong comes alone: the row above it is as it was.
  function isFormAlone(ctx, row) {
    return row && ctx.response.status === 422 && ctx.sourceElement === row && !hasRow(ctx, row);
  }

  document.addEventListener("htmx:after:request", function (event) {
    var ctx = event.detail.ctx;
    var row = rowOf(ctx.sourceElement);
    if (isFormAlone(ctx, row)) ctx.target = editorOf(row, ctx) || row;
  });

  function editorOf(row, ctx) {
    return editorsOf(row).filter(function (editor) {
      return editor.querySelector('form[action="' + ctx.request.action + '"]');
    })[0];
  }

  // A refusal and a conflict are shown in their place, other errors only where the portal says so. Something on the
  // way (a sign-in page of the school's network) says 200 to anything.
  function isShown(ctx, row) {
    var status = ctx.response.status;
    if (ctx.hx.retarget) return true;
    if (status >= 400 && status !== 409 && status !== 422) return false;
    return !row || ctx.target !== row || hasRow(ctx, row);
  }

  document.addEventListener("htmx:before:swap", function (event) {
    var ctx = event.detail.ctx;
    var row = rowOf(ctx.sourceElement);
    if (!isShown(ctx, row)) return event.preventDefault();
    event.detail.tasks.slice().forEach(function (task) {
      var part = task.type === "oob" && task.fragment.firstElementChild;
      if (!part || part.id !== "counts" || !part.hasAttribute("data-at") || !isOld(part.getAttribute("data-at"))) return;
      event.detail.tasks.splice(event.detail.tasks.indexOf(task), 1);
    });
    if (!row) return;
    row.wasHere = stillHere(row);
    if (ctx.target !== row) return;
    event.detail.tasks.forEach(function (task) {
      if (ctx.request.headers.Prefer) complete(task.fragment, row);
    });
    editorsOf(row).forEach(function (editor) {
      editor.remove();
    });
  });

  document.addEventListener("htmx:after:swap", function (event) {
    var ctx = event.detail.ctx;
    var old = ctx.target;
    var row = rowOf(ctx.sourceElement);
    var part = old.id ? document.getElementById(old.id) : null;
    if (isFormAlone(ctx, row)) {
      editorOf(row, ctx).setAttribute("data-kind", old.getAttribute("data-kind") || "");
      row.classList.remove("is-saving");
      note(row, "");
      return drawn(row, 422, row.wasHere, false);
    }
    if (!part || ctx.hx.retarget) return;
    if (part.matches("[data-record]")) drawn(part, ctx.response.status, old.wasHere, !ctx.request.body);
    else listed(part);
  });

  // Other rows, after a filter or a search.
  function listed(part) {
    var said = part.querySelector("[data-said]");
    var first = part.querySelector("[data-record]");
    rows().forEach(sayWhose);
    var summary = part.querySelector("[data-focus]");
    if (first) rove(first);
    if (summary) summary.focus();
    if (said && !rowOf(said)) say(said.textContent.trim());
  }

  function drawn(row, status, wasHere, asked) {
    var beside = saidBeside(row);
    var said = row.querySelector("[data-said]") || (beside && beside.content);
    if (beside && beside.hasAttribute("data-counts")) recount(beside.getAttribute("data-counts").split(" "));
    sayWhose(row);
    var moved = movedTo[row.id];
    delete movedTo[row.id];
    if (said) say(said.textContent.trim());
    if (!wasHere) return;
    var invalid = status === 422 && within(row, "[aria-invalid=true]");
    if (invalid) {
      var details = closest(invalid, "details");
      if (details) details.open = true;
      rove(row);
      invalid.focus();
    } else if (asked) shown(row);
    else if (status >= 400 || row.classList.contains("is-pending")) focusRow(row);
    else if (!moved || !document.contains(moved)) focusRow(nextPending(row) || row, true);
  }

  // A row that was opened to be read or corrected, or closed again: nothing was saved, so nobody moves on.
  function shown(row) {
    var opened = row.querySelector("[data-opened]");
    focusRow(row);
    if (opened) opened.focus();
    else editorsOf(row).forEach(focusField);
  }

  // What a reply says of the row for ears stands behind it, once.
  function saidBeside(row) {
    var next = row.nextElementSibling;
    while (next && next.matches(".editor")) next = next.nextElementSibling;
    if (!next || !next.matches("[data-said]")) return null;
    next.remove();
    return next;
  }

  // Answers overtake one another: what the bar shows is never older than what it has shown.
  function isOld(at) {
    return Number(at) < Number(document.getElementById("counts").getAttribute("data-at"));
  }

  // The bar's numbers: those that are left, confirmed, refused; and of which version of the list.
  function recount(numbers) {
    var bar = document.getElementById("counts");
    if (isOld(numbers[3])) return;
    bar.setAttribute("data-at", numbers[3]);
    var left = bar.querySelector("[data-left]");
    var here = document.querySelector("[data-left-here]");
    Array.prototype.forEach.call(bar.querySelectorAll("p:first-child strong"), function (place, at) {
      place.textContent = numbers[at];
    });
    bar.querySelector("p:first-child span").textContent = numbers[0] === "1" ? "остава" : "остават";
    bar.querySelector("progress").value = Number(numbers[1]) + Number(numbers[2]);
    if (left) left.textContent = numbers[0];
    if (here) here.textContent = document.querySelectorAll("#list .is-pending").length;
  }

  // ---- What was not saved says so, and keeps what was typed

  function failed(ctx, text) {
    return failedAt(rowOf(ctx.sourceElement), text);
  }

  // Of a row, or of a form outside the rows.
  function failedAt(part, text) {
    if (!part || !document.contains(part)) return false;
    note(part, text);
    say(text);
    if (!part.matches("[data-record]")) return true;
    part.classList.remove("is-saving");
    part.classList.add("is-failed");
    part.dispatchEvent(new CustomEvent("portal:unsaved", { bubbles: true }));
    if (stillHere(part)) focusRow(part);
    delete movedTo[part.id];
    return true;
  }

  function why(status, shown) {
    if (status === 429) return UNSAVED.often;
    return status < 500 && shown ? UNSAVED.refused : UNSAVED.broken;
  }

  document.addEventListener("htmx:error", function (event) {
    var ctx = event.detail.ctx;
    if (!ctx || ctx.text !== undefined) return; // the reply is there: a fault of its markup, told below
    var text = ctx.request.signal.reason === "timeout" ? UNSAVED.late : UNSAVED.send;
    if (!failed(ctx, text)) warn(NO_REPLY);
  });
  document.addEventListener("htmx:response:error", function (event) {
    var ctx = event.detail.ctx;
    var status = ctx.response.status;
    if (status === 409 || status === 422) return;
    if (!failed(ctx, why(status, ctx.hx.retarget)) && !ctx.hx.retarget) warn(NO_REPLY);
  });

  // A reply that left the row as it was has saved nothing that can be seen.
  document.addEventListener("htmx:finally:request", function (event) {
    var ctx = event.detail.ctx;
    var row = rowOf(ctx.sourceElement);
    if (leaving || !ctx.response || ctx.response.status >= 400 || !document.contains(row)) return;
    if (row.classList.contains("is-saving")) failed(ctx, UNSAVED.broken);
  });

  // ---- Passwords

  function reveal(button, yes) {
    var field = document.getElementById(button.getAttribute("aria-controls"));
    field.type = yes ? "text" : "password";
    button.setAttribute("aria-pressed", yes);
  }

  document.addEventListener("click", function (event) {
    var button = closest(event.target, ".secret button");
    if (button) reveal(button, button.getAttribute("aria-pressed") === "false");
  });

  // What is sent as text, the browser would offer to whoever types here next.
  window.addEventListener(
    "submit",
    function (event) {
      Array.prototype.forEach.call(event.target.querySelectorAll(".secret button"), function (button) {
        reveal(button, false);
      });
    },
    true
  );

  function capsLock(event) {
    var secret = closest(event.target, ".secret");
    if (!secret || !event.getModifierState) return;
    var on = event.getModifierState("CapsLock");
    var said = secret.parentNode.querySelector("[data-caps]");
    if (on && !said) {
      said = document.createElement("p");
      said.className = "hint";
      said.setAttribute("data-caps", "");
      said.textContent = "Caps Lock е включен.";
      secret.parentNode.appendChild(said);
      say(said.textContent);
    } else if (!on && said) said.remove();
  }

  document.addEventListener("keydown", capsLock);
  document.addEventListener("keyup", capsLock);

  // ---- At the start

  function start() {
    document.documentElement.classList.add("has-script");
    var first = rows()[0];
    rows().forEach(sayWhose);
    tellOfKeys();
    if (first) rove(rowOf(document.getElementById(location.hash.slice(1))) || first);
    var summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
