// form[data-draft="name"]: what is typed is kept on this device until the server has it, so a lost connection loses nothing.
import { focusFirst, follow, send, whileBusy } from "./forms.js";
import { post } from "./outbox.js";
import { saving } from "./places.js";
import { sentence, toast } from "./toasts.js";

const KEPT_DAYS = 30;
const mine = `st-draft:${document.body.dataset.user}:`;

function typed(form) {
  return [...form.elements].filter((field) => field.name && !field.matches("[type=hidden], [type=file], [type=password], button"));
}

function keyOf(form) {
  return mine + form.dataset.draft;
}

function note(form, shown) {
  const text = form.querySelector("[data-draft-note]");
  if (text) text.hidden = !shown;
}

function keep(form) {
  const fields = typed(form)
    .filter((field) => !field.matches("[type=checkbox], [type=radio]") || field.checked)
    .map((field) => [field.name, field.value]);
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields }));
    note(form, true);
  } catch {
    note(form, false);
  }
}

function forget(form) {
  localStorage.removeItem(keyOf(form));
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function restore(form) {
  const draft = stored(keyOf(form));
  if (!draft || form.querySelector("[aria-invalid=true]")) return;
  const left = [...draft.fields];
  for (const field of typed(form)) {
    if (field.matches("[type=checkbox], [type=radio]")) {
      field.checked = draft.fields.some(([name, value]) => name === field.name && value === field.value);
      continue;
    }
    const at = left.findIndex(([name]) => name === field.name);
    if (at >= 0) [[, field.value]] = left.splice(at, 1);
  }
  note(form, true);
}

function dropOld() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("st-draft:"))) {
    if (!(stored(key)?.at > Date.now() - KEPT_DAYS * 86400000)) localStorage.removeItem(key);
  }
}

async function submit(form, submitter) {
  const answer = await send(form, submitter);
  if (answer.kind === "offline" && form.matches("[data-outbox]") && post(form, submitter)) {
    forget(form);
    form.reset();
    return toast(sentence("kept"));
  }
  if (answer.kind === "offline") return toast(sentence("offline"), "error");
  if (answer.kind === "signed out") return follow(answer.url);
  if (answer.kind === "moved") {
    forget(form);
    saving(submitter);
    return follow(answer.url);
  }
  const main = document.getElementById("main");
  const fresh = answer.page.getElementById("main");
  if (!fresh) return toast(sentence("failed"), "error");
  main.replaceChildren(...document.importNode(fresh, true).childNodes);
  focusFirst(main.querySelector("form") ?? main);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form) keep(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-forgets-drafts]")) {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(mine))) localStorage.removeItem(key);
    sessionStorage.clear(); // the spare form of the quick log names records
  }
  if (event.defaultPrevented || !form.matches("form[data-draft]") || form.method !== "post") return;
  event.preventDefault();
  whileBusy(form, () => submit(form, event.submitter));
});

document.addEventListener("st:saved", (event) => {
  if (event.target.matches("form[data-draft]")) forget(event.target);
});
document.addEventListener("st:filled", (event) => event.target.querySelectorAll("form[data-draft]").forEach(restore));

dropOld();
document.querySelectorAll("form[data-draft]").forEach(restore);
