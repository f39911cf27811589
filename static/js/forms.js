// Send a form without leaving the page. The server answers a redirect to an X-Dialog request with 204 and X-Location.

/** What came of it: { kind: "moved" or "signed out", url } | { kind: "page", page, status } | { kind: "offline" }. */
export async function send(form, submitter) {
  const target = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  return deliver(target, new FormData(form, submitter));
}

/** The same for fields that need no form any more. */
export async function deliver(target, body) {
  let response;
  try {
    response = await fetch(new URL(target, location.href), { method: "POST", body, headers: { "X-Dialog": "1" } });
  } catch {
    return { kind: "offline" };
  }
  const moved = response.headers.get("X-Location");
  if (moved) return { kind: response.headers.has("X-Signed-Out") ? "signed out" : "moved", url: moved };
  if (response.redirected) return { kind: "moved", url: response.url };
  return { kind: "page", page: parsed(await response.text()), status: response.status };
}

export function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

/** Go there; the same address is loaded again. */
export function follow(url) {
  const to = new URL(url, location.href);
  const same = to.pathname === location.pathname && to.search === location.search;
  if (same) location.reload();
  else location.assign(to);
}

/** Focus what the reader has to do first: the first wrong field, else what is said of the whole, else the field for
 *  typing, else the first one. By touch the field for typing would bring up a keyboard over the buttons that save. */
export function focusFirst(container) {
  const wrong = container.querySelector("[aria-invalid=true]") ?? container.querySelector("[data-problem]");
  if (wrong?.matches("[data-problem]")) wrong.tabIndex = -1;
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const typing = isTouch ? null : container.querySelector("[data-type-here]");
  const optional = isTouch ? ":not(textarea:not([required]))" : "";
  const fields = `:is(input:not([type=hidden]), select, textarea)${optional}`;
  const field = container.querySelector("[autofocus]") ?? container.querySelector(fields);
  const first = typing ?? field ?? container.querySelector(":is(button, a[href]):not([disabled], [data-close-dialog])");
  const picked = first?.type === "radio" && container.querySelector(`input[name="${CSS.escape(first.name)}"]:checked`);
  (wrong ?? (picked || first))?.focus();
}

/** Disable the buttons of a form while its answer is awaited. */
export async function whileBusy(form, work) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  form.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  }
}
