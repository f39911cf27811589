// Messages bottom left: 8 seconds, paused on hover and focus; errors stay until they are closed.
const SHOWN = 8000;
const corner = document.querySelector("[data-toasts]");

function settle(note) {
  const stays = note.getAttribute("role") === "alert";
  note.querySelector("[data-close]")?.addEventListener("click", () => note.remove());
  if (stays) return;
  let timer = 0;
  const start = () => { timer = setTimeout(() => note.remove(), SHOWN); };
  const stop = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) note.addEventListener(name, stop);
  for (const name of ["mouseleave", "focusout"]) note.addEventListener(name, start);
  start();
}

/** Show a message; `kind` "error" makes it an alert that stays. */
export function toast(text, kind = "info") {
  const pattern = document.getElementById(kind === "error" ? "toast-error" : "toast-info");
  if (!corner || !pattern) return;
  const note = pattern.content.firstElementChild.cloneNode(true);
  note.querySelector(".text").textContent = text;
  corner.append(note);
  settle(note);
}

/** Take over the messages of a page that was fetched, with their undo buttons. */
export function adopt(page) {
  for (const note of page.querySelectorAll("[data-toasts] > .st-toast")) {
    const own = document.importNode(note, true);
    corner?.append(own);
    settle(own);
  }
}

/** A sentence of the page for messages made by scripts, in the user's language: "offline", "failed", "kept", "sent", "refused". */
export function sentence(name) {
  return corner?.dataset[name] ?? "";
}

corner?.querySelectorAll(".st-toast").forEach(settle);

const banner = document.querySelector("[data-offline-banner]");
function connection() {
  if (banner) banner.hidden = navigator.onLine;
}
window.addEventListener("online", connection);
window.addEventListener("offline", connection);
connection();
