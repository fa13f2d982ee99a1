// What the portal refused of rows that a filter hides: the bar names them until they are seen again, with what was typed.

const refused = new Map(); // row id → what was sent

function refuse(id, sent) {
  refused.set(id, sent);
  if (sent.fields.decision === "refused") keepFields(sent.address, sent.fields);
  tellRefused();
}

function tellRefused() {
  const bar = document.getElementById("counts");
  const place = document.createElement("p");
  if (!bar) return;
  bar.querySelector(".error")?.remove();
  place.className = "error";
  for (const [id, sent] of refused) {
    const link = document.createElement("a");
    link.href = sent.address.split("/records/")[0];
    link.textContent = sent.name;
    if (document.getElementById(id)) refused.delete(id);
    else place.append(place.firstChild ? ", " : "Не е записано: ", link);
  }
  if (refused.size) bar.appendChild(place);
}

document.addEventListener("htmx:after:swap", tellRefused);
