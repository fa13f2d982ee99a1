// A row on its way: what is said meanwhile, and what of the reply is put in its place.

document.addEventListener("htmx:before:request", (event) => {
  const ctx = event.detail.ctx;
  const row = rowOf(ctx.sourceElement);
  if (row?.classList.contains("is-saving")) return event.preventDefault();
  // What the portal does not ask, or the browser says as well (Referer): a slow line carries it sixty times.
  ["HX-Source", "HX-Target", "HX-Request-Type", "HX-Current-URL"].forEach((name) => {
    delete ctx.request.headers[name];
  });
  const token = ctx.request.body?.get("csrf_token");
  if (token) {
    ctx.request.headers["X-Form-Token"] = token; // over HTTP/2 one byte from the second time on
    ctx.request.body.delete("csrf_token");
  }
  document.getElementById("alert")?.replaceChildren();
  if (!row) return;
  if (ctx.request.body && hasFacts(row)) ctx.request.headers.Prefer = "return=minimal";
  row.isOpening = !ctx.request.body;
  if (!row.isOpening) row.classList.remove("is-failed");
  row.classList.add("is-saving");
  note(row, row.isOpening ? "отваря се…" : "записва се…");
  moveOn(row, ctx.request.body);
});

// One who confirms goes on to the next child at once: the reply may take a second to come.
function moveOn(row, fields) {
  delete movedTo[row.id];
  const next = fields?.get("decision") === "confirmed" && nextPending(row);
  if (!next || row.isAgain || !stillHere(row)) return;
  movedTo[row.id] = next;
  focusRow(next, performance.now() - lastPress.at < 100);
}

document.addEventListener("htmx:before:response", (event) => {
  const ctx = event.detail.ctx;
  if (staysHere(ctx)) return event.preventDefault();
  heard();
  if (ctx.hx.redirect || ctx.hx.refresh) leaving = true;
});

// The list's row of which a decision leaves the most as it is: the child, АСП's reason and figure, the small link.
function hasFacts(row) {
  return row.matches("[id^=record-]") && row.querySelector(".not-ours") && !row.querySelector(".changed, .by-register");
}

// A reply without them gets those that are here, and the child's name for ears.
function complete(fragment, row) {
  const fresh = fragment.getElementById(row.id);
  if (!fresh || fresh.querySelector("th")) return;
  fresh.prepend(row.cells[0].cloneNode(true), row.cells[1].cloneNode(true));
  if (!fresh.matches(".is-away")) fresh.querySelector(".decide").append(row.querySelector(".not-ours").cloneNode(true));
  fragment.querySelector("template[data-said]").content.prepend(`${nameOf(row)}: `);
}

function hasRow(ctx, row) {
  return ctx.text.includes(`id="${row.id}"`);
}

// A form in which something is wrong comes alone: the row above it is as it was.
function isFormAlone(ctx, row) {
  return row && ctx.response.status === 422 && ctx.sourceElement === row && !hasRow(ctx, row);
}

document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail.ctx;
  const row = rowOf(ctx.sourceElement);
  if (isFormAlone(ctx, row)) ctx.target = editorOf(row, ctx) || row;
});

function editorOf(row, ctx) {
  return editorsOf(row).find((editor) => editor.querySelector(`form[action="${ctx.request.action}"]`));
}

// A refusal and a conflict are shown in their place, other errors only where the portal says so. Something on the
// way (a sign-in page of the school's network) says 200 to anything.
function isShown(ctx, row) {
  const status = ctx.response.status;
  if (ctx.hx.retarget) return true;
  if (status >= 400 && status !== 409 && status !== 422) return false;
  return !row || ctx.target !== row || hasRow(ctx, row);
}

document.addEventListener("htmx:before:swap", (event) => {
  const ctx = event.detail.ctx;
  const row = rowOf(ctx.sourceElement);
  if (!isShown(ctx, row)) return event.preventDefault();
  const tasks = event.detail.tasks;
  const beside = tasks.filter(({ type }) => type === "oob");
  const isLate = beside.some(({ fragment }) => {
    const bar = fragment.querySelector("#counts[data-at]");
    return bar && isOld(bar.getAttribute("data-at"));
  });
  if (isLate) beside.forEach((task) => tasks.splice(tasks.indexOf(task), 1));
  if (!row) return;
  row.wasHere = stillHere(row);
  if (ctx.target !== row) return;
  if (ctx.request.headers.Prefer) tasks.forEach((task) => complete(task.fragment, row));
  editorsOf(row).forEach((editor) => {
    editor.remove();
  });
});

document.addEventListener("htmx:after:swap", (event) => {
  const ctx = event.detail.ctx;
  const old = ctx.target;
  const row = rowOf(ctx.sourceElement);
  const part = old.id && document.getElementById(old.id);
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
