// Ctrl K: one box for records, for what one can do and for the pages of the menu, with the results while one types.
import { parsed } from "./forms.js";

const PAUSE = 120;
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
let timer = 0;
let asked = 0;

function options() {
  return [...list.querySelectorAll("a")];
}

function mark(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

/** Links of the menu of which each typed word begins one. */
function pages(text) {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean);
  const links = document.querySelectorAll(".st-side a[href], .st-tab-more a[href]");
  const found = new Map();
  for (const link of links) {
    const words = link.textContent.trim().toLowerCase().split(/\s+/);
    if (typed.every((part) => words.some((word) => word.startsWith(part)))) found.set(link.href, link);
  }
  return [...found.values()];
}

function pageOption(link) {
  const option = document.createElement("a");
  option.href = link.href;
  const icon = link.querySelector("svg");
  if (icon) option.append(icon.cloneNode(true));
  const words = document.createElement("span");
  words.textContent = [...link.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
  option.append(words);
  return option;
}

function show(nodes, text) {
  list.dataset.text = text;
  const links = pages(text);
  const head = dialog.querySelector("[data-palette-pages]").content.cloneNode(true);
  list.replaceChildren(...nodes, ...(links.length ? [...head.childNodes, ...links.map(pageOption)] : []));
  options().forEach((option, place) => {
    option.id = `palette-${place}`;
    option.tabIndex = -1;
    option.setAttribute("role", "option");
  });
  for (const title of list.querySelectorAll(".st-pop-head")) title.setAttribute("role", "presentation");
  dialog.querySelector("[data-palette-none]").hidden = !text || options().length > 0;
  mark(options()[0]);
}

async function look() {
  const text = input.value.trim();
  asked += 1;
  const mine = asked;
  if (!text) return show([], "");
  const query = new URLSearchParams({ q: text, part: "palette" });
  let nodes = [];
  try {
    const response = await fetch(`${dialog.dataset.palette}?${query}`);
    const body = response.ok && parsed(await response.text()).querySelector("[data-palette-list]");
    if (body) nodes = [...document.importNode(body, true).children];
  } catch {
    // Without a connection the pages of the menu are what is left.
  }
  if (mine === asked) show(nodes, text);
}

function move(step) {
  const all = options();
  const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (all.length) mark(all[(here + step + all.length) % all.length]);
}

/** Go where the marked one leads; what was typed last is looked up first. */
async function take() {
  clearTimeout(timer);
  if (list.dataset.text !== input.value.trim()) await look();
  const picked = list.querySelector("[aria-selected=true]");
  if (picked) picked.click();
  else if (input.value.trim()) location.assign(`${dialog.dataset.palette}?${new URLSearchParams({ q: input.value })}`);
}

/** Open the palette; false where there is none. */
export function openPalette() {
  if (!dialog || document.querySelector("dialog:modal")) return false;
  input.value = "";
  show([], "");
  dialog.showModal();
  input.focus();
  return true;
}

/* A phone has no room for the box: its sign opens the same, and without scripts the page of results. */
document.querySelector("[data-open-palette]")?.addEventListener("click", (event) => {
  if (!event.ctrlKey && !event.metaKey && openPalette()) event.preventDefault();
});

input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});

input?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) move(steps[event.key]);
  else if (event.key === "Enter") take();
  else return;
  event.preventDefault();
});

list?.addEventListener("click", (event) => {
  if (event.target.closest("a")) dialog.close();
}, true);

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
