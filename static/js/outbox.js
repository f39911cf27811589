// form[data-outbox]: what is saved without a connection stays on this device and is sent when it is back. The form's key
// (sent_key) goes along, so that the server takes it once, however often it is sent.
import { deliver } from "./forms.js";
import { sentence, toast } from "./toasts.js";

const RETRY = 30000;
const mine = `st-outbox:${document.body.dataset.user}:`;

function keys() {
  return Object.keys(localStorage).filter((name) => name.startsWith(mine)).sort();
}

function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function count() {
  const waiting = keys().length;
  for (const note of document.querySelectorAll("[data-outbox-count]")) {
    note.hidden = !waiting;
    note.querySelector("[data-number]").textContent = waiting;
  }
}

/** Give a form a key of its own, as the server does: what it sends next is something else. */
export function renew(form) {
  const field = form.querySelector("[name=sent_key]");
  if (!field) return;
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  field.value = bytes.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  field.defaultValue = field.value;
}

/** Keep what a form would send; false when this device keeps nothing. */
export function post(form, submitter) {
  const data = new FormData(form, submitter);
  data.set("filled_at", new Date().toISOString());
  const fields = [...data].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  const entry = { url: form.getAttribute("action") || location.pathname, fields, draft: form.dataset.draft };
  try {
    localStorage.setItem(`${mine}${Date.now()}:${data.get("sent_key")}`, JSON.stringify(entry));
  } catch {
    return false;
  }
  renew(form);
  count();
  return true;
}

function giveBack(entry) {
  const typed = entry.fields.filter(([name]) => !["sent_key", "filled_at"].includes(name));
  const draft = { at: Date.now(), fields: typed };
  localStorage.setItem(`st-draft:${document.body.dataset.user}:${entry.draft}`, JSON.stringify(draft));
}

/** Whether to go on with the next one. */
async function sendOne(key) {
  const entry = kept(key);
  if (!entry) {
    localStorage.removeItem(key);
    return true;
  }
  const data = new FormData();
  for (const [name, value] of entry.fields) data.append(name, value);
  data.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
  const answer = await deliver(entry.url, data);
  const isLater = answer.kind === "offline" || answer.kind === "signed out" || answer.status >= 500;
  if (isLater || answer.status === 403) return false;
  localStorage.removeItem(key);
  if (answer.kind === "page") {
    giveBack(entry);
    toast(sentence("refused"), "error");
  }
  return true;
}

async function sendAll() {
  let sent = 0;
  for (const key of keys()) {
    if (!(await sendOne(key))) break;
    sent += 1;
  }
  count();
  if (sent && !keys().length) toast(sentence("sent"));
}

function flush() {
  if (!keys().length || !navigator.onLine) return;
  if (navigator.locks) navigator.locks.request("outbox", { ifAvailable: true }, (lock) => (lock ? sendAll() : null));
  else sendAll();
}

window.addEventListener("online", flush);
setInterval(flush, RETRY);
count();
flush();
