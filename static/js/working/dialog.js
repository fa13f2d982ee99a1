// What the keys do.

function showKeys() {
  if (!document.getElementById("keys")) {
    const dialog = new DOMParser().parseFromString(forms.dialog, "text/html").body.firstChild;
    document.querySelector(".keys").after(document.importNode(dialog, true));
  }
  const dialog = document.getElementById("keys");
  if (!dialog.open) dialog.showModal();
}

shared.showKeys = showKeys;
