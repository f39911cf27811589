// form[data-plan-builder]: a plan in fields or as text. While one types, its findings and its worked example are asked for;
// its buttons add, move and remove, and change the view, without a page load. Without this script they load the page.
import { toast } from "./toasts.js";

const PAUSE = 400;
const NOTES = ".invalid-feedback, .st-warned";
const PARTS = ["[data-preview]", "[data-preview-rest]", "[data-plan-errors]"];
const LOOKS = ["aria-invalid", "aria-describedby", "class"];
const waiting = new WeakMap();
const asked = new WeakMap();

/** The page that the form gets, or nothing once a newer one is asked for. */
async function answer(form, change) {
  const number = (asked.get(form) ?? 0) + 1;
  asked.set(form, number);
  clearTimeout(waiting.get(form));
  const body = new FormData(form);
  change(body);
  const response = await fetch(form.getAttribute("action"), { method: "POST", body });
  const text = await response.text();
  if (asked.get(form) !== number) return null;
  if (response.redirected) location.assign(response.url);
  return new DOMParser().parseFromString(text, "text/html");
}

function adopt(old, found) {
  if (old && found) old.replaceChildren(...document.importNode(found, true).childNodes);
}

/** What is said below each field and how it looks; what is typed stays as it is. */
function adoptNotes(form, page) {
  for (const there of form.querySelectorAll("input[id], select[id], textarea[id]")) {
    const now = page.getElementById(there.id);
    if (!now) continue;
    const [mine, its] = [there, now].map((one) => one.closest("fieldset, div"));
    for (const note of mine.querySelectorAll(NOTES)) note.remove();
    for (const note of its.querySelectorAll(NOTES)) mine.append(document.importNode(note, true));
    for (const [old, found] of [[there, now], [mine, its]]) {
      for (const name of LOOKS) {
        if (found.hasAttribute(name)) old.setAttribute(name, found.getAttribute(name));
        else old.removeAttribute(name);
      }
    }
  }
}

async function ask(form) {
  try {
    const page = await answer(form, (body) => body.set("check", "live"));
    const found = page?.querySelector("[data-preview]");
    if (!found) return;
    for (const part of PARTS) adopt(form.querySelector(part), page.querySelector(part));
    adoptNotes(form, page);
  } catch {
    // No connection: what stands there is of an older plan.
  }
}

function later(form) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => ask(form), PAUSE));
}

async function press(form, button) {
  const view = form.querySelector("[data-plan-view]");
  view.inert = true; // What is typed until the answer comes would be lost.
  try {
    const page = await answer(form, (body) => body.set(button.name, button.value));
    if (!page) return;
    const found = page.querySelector("[data-plan-view]");
    if (!found) throw new Error("no plan");
    const wanted = found.querySelector("[autofocus]");
    wanted?.removeAttribute("autofocus");
    wanted?.setAttribute("data-wanted", "");
    adopt(view, found);
    view.inert = false;
    ready(form);
    const again = `button[name="${button.name}"][value="${CSS.escape(button.value)}"]:not([disabled], [tabindex])`;
    const places = ["[data-wanted]", "[aria-invalid=true]", again, ".st-segment button:not([disabled])"];
    places.map((place) => form.querySelector(place)).find(Boolean)?.focus();
  } catch {
    toast(form.dataset.failed, "error");
    view.inert = false;
    button.focus();
  } finally {
    view.inert = false;
  }
}

/** A name that was looked for becomes a box that is ticked. */
function addName(input) {
  const value = input.value.trim();
  if (!value) return;
  const there = [...input.form.elements].find((one) => one.type === "checkbox" && one.name === input.name && one.value === value);
  if (there) {
    there.checked = true;
  } else {
    const label = document.createElement("label");
    const box = document.createElement("input");
    const text = document.createElement("span");
    const option = [...input.list.options].find((one) => one.value === value);
    Object.assign(box, { type: "checkbox", name: input.name, value, checked: true });
    text.textContent = option?.textContent || value;
    label.className = "st-pick";
    label.append(box, text);
    input.before(label);
  }
  input.value = "";
  later(input.form);
}

function formOf(event) {
  return event.target.closest?.("form[data-plan-builder]");
}

document.addEventListener("input", (event) => {
  const form = formOf(event);
  if (form && !event.target.matches("[data-plan-more]")) later(form);
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-plan-more]")) addName(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !formOf(event)) return;
  if (!event.target.matches("input:not([type=hidden])")) return;
  event.preventDefault();
  if (event.target.matches("[data-plan-more]")) addName(event.target);
  else later(event.target.form);
});

document.addEventListener("click", (event) => {
  const form = formOf(event);
  const part = event.target.closest?.("[data-plan-part]");
  const button = event.target.closest?.("button[name=do], button[name=check]");
  if (form && part) {
    const field = form.elements.namedItem("text");
    field.value = `${field.value.trimEnd()}\n${part.dataset.planPart}\n`;
    field.focus();
    field.scrollTop = field.scrollHeight;
    later(form);
  } else if (form && button) {
    event.preventDefault();
    press(form, button);
  }
});

function ready(form) {
  for (const parts of form.querySelectorAll("[data-plan-parts]")) parts.hidden = false;
}

for (const form of document.querySelectorAll("form[data-plan-builder]")) ready(form);
