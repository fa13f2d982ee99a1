// Rows that a bad line kept from being saved are counted in the bar; ../working/again.js sends them again.

const waiting = new Map(); // row id → whose it is, the address and the fields that did not get through

// What was to be saved of a row of the list: the register's do not go by themselves.
function goesAgain({ sourceElement: row, request }) {
  return request.body && row.matches?.("#list [data-record], .returned [data-record]");
}

function tell() {
  const bar = document.getElementById("counts");
  if (!bar) return;
  const gone = [...waiting.keys()].filter((id) => !document.getElementById(id));
  const count = document.querySelectorAll(".record.is-failed").length + gone.length;
  let place = bar.querySelector(".unsaved");
  if (!count) return place && place.remove();
  if (!place) {
    place = document.createElement("p");
    place.className = "unsaved";
    bar.insertBefore(place, bar.children[1]);
  }
  place.textContent = count === 1 ? "1 ред не е записан" : count + " реда не са записани";
}

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const row = ctx.sourceElement;
  if (!goesAgain(ctx)) return tell();
  const status = ctx.response ? ctx.response.status : 0;
  delete row.isAgain;
  if (row.isConnected && row.classList.contains("is-failed") && (status < 400 || status > 501)) {
    const fields = Object.fromEntries(ctx.request.body);
    waiting.set(row.id, { name: nameOf(row), address: ctx.request.action, fields });
    later(() => shared.sendLater());
  } else {
    waiting.delete(row.id);
    if (status && shared.isThere) shared.isBack();
  }
  tell();
});
// Whoever goes on with a row decides anew: what was pressed before is not sent behind their back.
function takeBack({ target }) {
  const row = rowOf(target);
  if (row) waiting.delete(row.id);
}

document.addEventListener("input", takeBack);
document.addEventListener("click", (event) => {
  if (closest(event.target, "[data-editor]")) takeBack(event);
});
document.addEventListener("htmx:after:swap", tell);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
