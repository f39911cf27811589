// After a save that leads back to where one was: the page stays as far down as it was, and the focus goes to what was pressed
// or, where that is gone, to the same in the next row. Without this script the page begins at its top.
import { focusFirst } from "./forms.js";

const NAME = `st-place:${document.body.dataset.user}`;
const KEPT = 10 * 60 * 1000;
const ROWS = ".st-table tbody tr, .st-list > li, [data-deal]";
const PRESSED = "a[href], button, summary";
const NEXT_ROWS = 5;

function visible(element) {
  return element.getClientRects().length > 0;
}

/** A menu is known by what it sends: its label may be that of another row. */
function menuMark(summary) {
  const action = summary.parentElement.querySelector("form[action]")?.getAttribute("action");
  return action ? `details:has(form[action="${CSS.escape(action)}"]) > summary` : null;
}

/** What finds an element again on a page that was made anew; null where nothing tells it from others. */
function mark(element) {
  const said = (name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`;
  const menu = element.matches("summary") && menuMark(element);
  if (menu) return menu;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches("a[href]:not([href='#'])")) return `a${said("href")}`;
  if (element.hasAttribute("aria-label")) return element.localName + said("aria-label");
  const form = element.form?.getAttribute("action");
  if (!form || !element.matches("button")) return null;
  return `form[action="${CSS.escape(form)}"] button${element.name ? said("name") + said("value") : ""}`;
}

/** The same control in another row; the first one where that row has fewer. */
function twin(element, row, other) {
  const at = [...row.querySelectorAll(PRESSED)].indexOf(element);
  const all = [...other.querySelectorAll(PRESSED)];
  return all[at] ?? all[0];
}

/** Where `element` is: its own mark, then those of its neighbours, the next ones first, then of the head of its card. */
export function placeOf(element) {
  const menu = element?.closest("details.st-drop, details.st-menu")?.querySelector("summary");
  const from = menu ?? element;
  const row = from?.closest(ROWS);
  const rows = row ? [...row.parentElement.children].filter((other) => other.matches(ROWS)) : [];
  const at = rows.indexOf(row);
  const near = [...rows.slice(at + 1, at + 1 + NEXT_ROWS), ...rows.slice(0, Math.max(at, 0)).reverse().slice(0, 1)];
  const head = from?.closest("section")?.querySelector("h2[id]");
  const others = [...near.map((other) => twin(from, row, other)), head].filter(Boolean);
  const edited = row?.id ? `#${CSS.escape(row.id)} [data-edit]` : null; // a row that was edited in place
  const marks = [from && mark(from), edited, ...others.map(mark)].filter(Boolean);
  return { path: location.pathname, y: scrollY, marks };
}

/** Give the focus to the first of a place that is there; `y` is kept as far as that stays in sight. */
export function goTo({ marks, y }) {
  scrollTo(0, y);
  const found = marks.flatMap((selector) => [...document.querySelectorAll(selector)]).find(visible);
  const target = found ?? document.getElementById("main");
  if (!target?.matches(PRESSED)) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  if (found) found.scrollIntoView({ block: "nearest" });
}

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME)) ?? { places: [] };
  } catch {
    return { places: [] };
  }
}

/** Keep this page's place and those before: forms on pages of their own lead back to the page that has the link to them. */
function keep(place, isSaved) {
  const earlier = stored().places.filter((other) => other.path !== place.path);
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ at: Date.now(), isSaved, places: [place, ...earlier].slice(0, 3) }));
  } catch {
    // Where nothing can be kept a page begins at its top.
  }
}

/** Say before a page is left that something of it was saved; `element` is what was pressed for it. */
export function saving(element) {
  keep(placeOf(element), true);
}

/** After a save, once: where to go on this page; null when it is another page. */
function taken() {
  const { at, isSaved, places } = stored();
  const isFresh = isSaved && Date.now() - at < KEPT;
  const here = isFresh && places.find((place) => place.path === location.pathname);
  const others = places.filter((place) => place !== here);
  if (places.length) sessionStorage.setItem(NAME, JSON.stringify({ at, isSaved: false, places: others }));
  return here || null;
}

window.addEventListener("click", (event) => {
  const link = event.target.closest?.("main a[href]");
  if (link?.matches("[data-stays]")) saving(link); // it only changes how this page looks
  else if (link && !event.defaultPrevented && new URL(link.href).pathname !== location.pathname) keep(placeOf(link), false);
});

// On the window, after all who send a form without leaving the page. Signing out leaves nothing behind.
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (!event.defaultPrevented && form.method === "post" && !form.matches("[data-forgets-drafts]")) saving(event.submitter);
});

const place = taken();
const wrong = place && document.querySelector("main form :is([aria-invalid=true], [data-problem])");
if (wrong) focusFirst(wrong.closest("form"));
else if (place && location.hash) window.addEventListener("load", () => goTo(place)); // the browser goes to its part of the page first
else if (place) goTo(place);
