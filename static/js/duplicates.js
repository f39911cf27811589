// form[data-duplicates="url"]: while a name, an e-mail address, a phone number or a domain is typed, ask for records that
// look the same and show the answer in [data-duplicates-hint]. Without this script the hint comes when the form is sent.
const LOOKED_AT = ["name", "company", "email", "phone", "domain"];
const PAUSE = 400;
const waiting = new WeakMap();

async function ask(form) {
  const region = form.querySelector("[data-duplicates-hint]");
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "account", ...LOOKED_AT]) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    // An account's name is a company's, wherever else "name" is a person's.
    const asked = name === "name" && form.dataset.names === "company" ? "company" : name;
    body.set(asked, field.value);
  }
  try {
    const response = await fetch(form.dataset.duplicates, { method: "POST", body });
    if (response.ok && region) show(region, await response.text());
  } catch {
    // No connection: the hint comes when the form is sent.
  }
}

function show(region, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  region.replaceChildren(...document.importNode(page.body, true).childNodes);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-duplicates]");
  if (!form || !LOOKED_AT.includes(event.target.name)) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => ask(form), PAUSE));
});
