// Links with data-dialog open their page in a <dialog>: the part marked data-dialog-body is shown. data-dialog="sheet"
// is the small one at the corner that leaves the page usable. Without this script the link is an ordinary page.
import { focusFirst, follow, parsed, send, whileBusy } from "./forms.js";
import { post } from "./outbox.js";
import { saving } from "./places.js";
import { spareLog } from "./spare_log.js";
import { sentence, toast } from "./toasts.js";

let opener = null;

function close(dialog) {
  dialog.close();
}

/** What gets the focus back when the dialog closes: where it was when a key opened the link, else the link, or the menu
 *  that hid it again. In a dialog that another one replaces it stays what it was. */
function returnTo(link, event) {
  if (link.closest("dialog[data-fetched]")) return opener;
  const here = document.activeElement === document.body ? null : document.activeElement;
  const menu = link.closest("details.st-drop, details.st-menu, details.st-tab-more")?.querySelector("summary");
  return (event.isTrusted ? null : here) ?? menu ?? (link.getClientRects().length ? link : here);
}

function fill(dialog, body) {
  dialog.replaceChildren(...document.importNode(body, true).childNodes);
  const title = dialog.querySelector("h1, h2");
  if (title) {
    title.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  dialog.dispatchEvent(new CustomEvent("st:filled", { bubbles: true }));
  focusFirst(dialog);
}

/** Show the part of a page in a dialog; `kind` "sheet" leaves the page usable; `from` gets the focus back. */
export function show(body, kind, from) {
  opener = from;
  document.querySelectorAll("dialog[data-fetched]").forEach(close);
  const dialog = document.createElement("dialog");
  dialog.className = kind === "sheet" ? "st-sheet" : "st-dialog";
  dialog.dataset.fetched = "";
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (!document.querySelector("dialog[data-fetched]")) opener?.focus();
  });
  document.body.append(dialog);
  if (kind === "sheet") dialog.show();
  else dialog.showModal();
  fill(dialog, body);
}

async function open(link, from) {
  let page;
  try {
    const response = await fetch(link.href, { headers: { "X-Dialog": "1" } });
    page = parsed(await response.text());
  } catch {
    const spare = spareLog(link);
    if (!spare) return toast(sentence("offline"), "error");
    return show(spare, link.dataset.dialog, from);
  }
  const body = page.querySelector("[data-dialog-body]");
  if (!body) return location.assign(link.href);
  show(body, link.dataset.dialog, from);
}

async function submit(dialog, form, submitter) {
  const answer = await send(form, submitter);
  if (answer.kind === "offline" && form.matches("[data-outbox]") && post(form, submitter)) {
    form.dispatchEvent(new CustomEvent("st:saved", { bubbles: true }));
    close(dialog);
    return toast(sentence("kept"));
  }
  if (answer.kind === "offline") return toast(sentence("offline"), "error");
  if (answer.kind === "signed out") return follow(answer.url);
  if (answer.kind === "moved") {
    form.dispatchEvent(new CustomEvent("st:saved", { bubbles: true }));
    saving(opener);
    return follow(answer.url);
  }
  const body = answer.page.querySelector("[data-dialog-body]");
  if (body) return fill(dialog, body);
  toast(answer.page.querySelector("[data-problem]")?.textContent.trim() || sentence("failed"), "error");
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-dialog]");
  if (link) {
    event.preventDefault();
    const from = returnTo(link, event);
    link.closest("details.st-drop, details.st-menu")?.removeAttribute("open");
    open(link, from);
    return;
  }
  const button = event.target.closest("dialog [data-close-dialog]");
  if (button) {
    event.preventDefault();
    close(button.closest("dialog"));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const sheet = document.querySelector("dialog.st-sheet[open]");
  if (sheet && !event.defaultPrevented) close(sheet);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const dialog = form.closest("dialog[data-fetched]");
  if (!dialog || form.method !== "post") return;
  event.preventDefault();
  whileBusy(form, () => submit(dialog, form, event.submitter));
});
