// What was not saved says so, and keeps what was typed.

const UNSAVED = {
  unasked: "Не е записано: няма връзка. Натиснете отново.",
  goes: " Щом връзката се върне, редът се изпраща и сам.",
  late: "Не е записано: порталът не отговори навреме. Натиснете отново.",
  often: "Не е записано: твърде много заявки наведнъж. Изчакайте малко и натиснете отново.",
  refused: "Не е записано. Вижте съобщението горе.",
  broken: "Не е записано: порталът не отговори както трябва. Натиснете отново.",
};

const NO_REPLY = "Няма връзка с портала. Проверете интернета и опитайте отново.";

function failed(ctx, text) {
  return failedAt(rowOf(ctx.sourceElement), text);
}

// Of a row, or of a form outside the rows. A row that was only to be opened is as saved as it was.
function failedAt(part, text) {
  if (!part || !document.contains(part)) return false;
  const told = part.isOpening ? text.replace("записано", "отворено") : text;
  const place = note(part, told);
  say(told);
  if (!part.matches("[data-record]")) return true;
  part.classList.remove("is-saving");
  if (part.isOpening) place.classList.add("is-wrong");
  else part.classList.add("is-failed");
  delete part.isOpening;
  tell();
  if (stillHere(part)) focusRow(part);
  delete movedTo[part.id];
  return true;
}

function why(status, shown) {
  if (status === 429) return UNSAVED.often;
  return status < 500 && shown ? UNSAVED.refused : UNSAVED.broken;
}

document.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (!ctx || ctx.text !== undefined) return; // the reply is there: a fault of its markup, told below
  const text = ctx.request.signal.reason === "timeout" ? UNSAVED.late : UNSAVED.unasked;
  if (!failed(ctx, text + (goesAgain(ctx) ? UNSAVED.goes : ""))) warn(NO_REPLY);
});
document.addEventListener("htmx:response:error", (event) => {
  const ctx = event.detail.ctx;
  const status = ctx.response.status;
  if (status === 409 || status === 422) return;
  if (!failed(ctx, why(status, ctx.hx.retarget)) && !ctx.hx.retarget) warn(NO_REPLY);
});

// A reply that left the row as it was has saved nothing that can be seen.
document.addEventListener("htmx:finally:request", (event) => {
  const ctx = event.detail.ctx;
  const row = rowOf(ctx.sourceElement);
  if (leaving || !ctx.response || ctx.response.status >= 400 || !document.contains(row)) return;
  if (row.classList.contains("is-saving")) failed(ctx, UNSAVED.broken);
});
