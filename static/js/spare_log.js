// The quick log without a connection: its empty form is fetched once a day and kept for this tab, so that the key and the
// plus open it wherever one is. What it says is filled from the link: a[href="/activities/log/?deal=5"].
import { parsed } from "./forms.js";
import { renew } from "./outbox.js";

const opener = document.querySelector("a[data-spare]");
const name = `st-spare-log:${document.body.dataset.user}`;
const today = new Date().toDateString();

function stored() {
  try {
    const spare = JSON.parse(sessionStorage.getItem(name));
    return spare?.day === today ? spare.html : null;
  } catch {
    return null;
  }
}

async function warm() {
  if (!opener || stored() || !navigator.onLine) return;
  try {
    const response = await fetch(new URL(opener.dataset.spare, location.href), { headers: { "X-Dialog": "1" } });
    const body = response.ok && parsed(await response.text()).querySelector("[data-dialog-body]");
    if (body) sessionStorage.setItem(name, JSON.stringify({ day: today, html: body.outerHTML }));
  } catch {
    // Without a connection now, another page tries again.
  }
}

/** The form for what a link is about; null when it is no quick log, or none was kept. */
export function spareLog(link) {
  const html = opener && new URL(link.href).pathname === new URL(opener.dataset.spare, location.href).pathname ? stored() : null;
  if (!html) return null;
  const form = parsed(html).querySelector("[data-dialog-body]");
  const asked = new URL(link.href).searchParams;
  for (const kind of ["deal", "lead", "account", "contact"]) {
    const field = form.querySelector(`[name=${kind}]`);
    if (!field || !asked.get(kind)) continue;
    field.value = asked.get(kind);
    field.setAttribute("value", asked.get(kind));
    form.querySelector("[name=about]")?.parentElement.remove();
    form.querySelector("form").dataset.draft = `log-${kind}-${asked.get(kind)}`;
    const said = document.createElement("span");
    said.className = "st-state is-open";
    const row = link.closest("tr, .st-list > li, [data-deal]");
    const named = row?.querySelector("th a, .what a, .what, .st-deal > a") ?? document.querySelector("h1");
    said.textContent = named?.textContent.trim() ?? "";
    form.querySelector("h2")?.after(said);
  }
  renew(form.querySelector("form"));
  form.querySelector("[name=sent_key]")?.setAttribute("value", form.querySelector("[name=sent_key]").value);
  return form;
}

if (opener) (window.requestIdleCallback ?? setTimeout)(warm);
