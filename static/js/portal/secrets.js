// Passwords: shown to who asks, never sent as text, and whether Caps Lock is on.

function reveal(button, yes) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  field.type = yes ? "text" : "password";
  button.setAttribute("aria-pressed", yes);
}

document.addEventListener("click", (event) => {
  const button = closest(event.target, ".secret button");
  if (button) reveal(button, button.getAttribute("aria-pressed") === "false");
});

// What is sent as text, the browser would offer to whoever types here next.
window.addEventListener(
  "submit",
  (event) => {
    event.target.querySelectorAll(".secret button").forEach((button) => {
      reveal(button, false);
    });
  },
  true
);

function capsLock(event) {
  const secret = closest(event.target, ".secret");
  if (!secret || !event.getModifierState) return;
  const on = event.getModifierState("CapsLock");
  let said = secret.parentNode.querySelector("[data-caps]");
  if (on && !said) {
    said = document.createElement("p");
    said.className = "hint";
    said.setAttribute("data-caps", "");
    said.textContent = "Caps Lock е включен.";
    secret.after(said);
    say(said.textContent);
  } else if (!on) said?.remove();
}

document.addEventListener("keydown", capsLock);
document.addEventListener("keyup", capsLock);
