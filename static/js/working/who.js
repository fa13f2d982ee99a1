// Who is logged in by now, where that is not sure any more.

const ENDED = {
  ended: "Не е записано: влизането ви изтече. Влезте в нов раздел, върнете се тук и натиснете отново. ",
  renewed: "Не е записано: влезли сте отново. Натиснете пак.",
  other: "Не е записано: в този браузър вече е влязъл друг човек: ",
};

// ``answered`` gets who is logged in now (their name, and a token if it is the same person), that the login has
// ended, or null if there was no answer.
function askWho(answered) {
  const stop = new AbortController();
  const timer = setTimeout(stop.abort.bind(stop), PATIENCE);
  const options = { redirect: "manual", cache: "no-store", signal: stop.signal };
  fetch(`/account/token?of=${owner()}`, options)
    .then((reply) => {
      if (reply.type === "opaqueredirect") return { ended: true };
      return reply.ok ? reply.json() : null;
    })
    .catch(() => null)
    .then((who) => {
      clearTimeout(timer);
      if (who?.token) renew(who);
      answered(who);
    });
}

function renew(who) {
  heard();
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-Page-Of": who.of }));
  document.getElementsByName("csrf_token").forEach((field) => {
    field.value = who.token;
  });
}

// A login that has ended, or is another one, is told beside what was not sent.
function tellWho(place, who) {
  if (who.token) return failedAt(place, ENDED.renewed);
  failedAt(place, who.ended ? ENDED.ended : `${ENDED.other + who.name}. `);
  const link = document.createElement("a");
  link.href = who.ended ? "/login" : location.pathname + location.search;
  if (who.ended) link.target = "_blank";
  link.rel = "noopener";
  link.textContent = who.ended ? "Вход" : "Презаредете страницата";
  place.querySelector("[data-failed]").appendChild(link);
}

Object.assign(shared, { askWho, tellWho });
