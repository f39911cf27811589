const known = new Map();
let probe = null;

/** The colours are to be asked anew: the theme has changed. */
export function forgetTokens() {
  known.clear();
}

/** The computed value of a colour token, such as token("c1"). Custom properties come back unresolved, a probe does not. It
 *  stands beside the body, whose elements would all be styled again for it, and each colour is asked once. */
export function token(name) {
  if (!known.has(name)) {
    if (!probe) {
      probe = document.documentElement.appendChild(document.createElement("span"));
      queueMicrotask(() => { probe.remove(); probe = null; });
    }
    probe.style.color = `var(--st-${name})`;
    known.set(name, getComputedStyle(probe).color);
  }
  return known.get(name);
}
