// Nothing is sent twice, and nothing unsaved is left behind unasked.

const SAME_PLACE = 12; // pixels
const DOUBLE_CLICK = 500; // milliseconds
const SENT_AGAIN = 8000; // milliseconds, after which one who pressed Stop may send again

let lastPress = { at: 0, x: 0, y: 0 };

// The second half of a double click must not press what the reply has put under the pointer.
document.addEventListener(
  "click",
  (event) => {
    if (!event.detail || !closest(event.target, "[data-record] button, .editor button")) return;
    const again =
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
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (event.timeStamp - form.sentAt < SENT_AGAIN) event.preventDefault();
  else form.sentAt = event.timeStamp;
});

window.addEventListener("pageshow", () => {
  leaving = false;
  [...document.forms].forEach((form) => {
    delete form.sentAt;
  });
});

window.addEventListener("beforeunload", (event) => {
  if (leaving || !document.querySelector("[data-record].is-saving, [data-record].is-failed")) return;
  event.preventDefault();
  event.returnValue = "";
});
