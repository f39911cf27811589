// form[data-plan-preview]: while the text of a plan or a number of its example is typed, ask what it says and show it in
// [data-preview]; buttons [data-plan-part] put a component at the end. Without this script the button "Check" does it.
const PAUSE = 400;
const waiting = new WeakMap();
const asked = new WeakMap();

async function ask(form) {
  const number = (asked.get(form) ?? 0) + 1;
  asked.set(form, number);
  const body = new FormData(form);
  body.set("check", "1");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    // An answer to an older text may come after that to a newer one.
    if (!response.ok || asked.get(form) !== number) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelector("[data-preview]");
    if (found) form.querySelector("[data-preview]").replaceChildren(...document.importNode(found, true).childNodes);
  } catch {
    // No connection: what stands there is of an older text.
  }
}

function later(form) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => ask(form), PAUSE));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-plan-preview]");
  if (form) later(form);
});

document.addEventListener("click", (event) => {
  const part = event.target.closest?.("[data-plan-part]");
  if (!part) return;
  const form = part.closest("form");
  const field = form.elements.namedItem("text");
  field.value = `${field.value.trimEnd()}\n${part.dataset.planPart}\n`;
  field.focus();
  field.scrollTop = field.scrollHeight;
  later(form);
});

for (const parts of document.querySelectorAll("[data-plan-parts]")) parts.hidden = false;
