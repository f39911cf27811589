// Shortcuts. An element says its key: data-key="l", or a sequence data-key="g p". Rows: j, k; e edits the row or the page.
import { openPalette } from "./palette.js";

const PAUSE = 1200;
const FIELDS = "input, textarea, select, [contenteditable]";
const ROWS = ".st-table tbody tr, .st-list > li, .st-deal";
const ROW_LINK = "[data-row-link], th a, .what a, :scope > a, a";
const singleKeys = document.body.dataset.shortcuts !== "off";

let pending = "";
let timer = 0;

function visible(element) {
  return element.getClientRects().length > 0;
}

function holder(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
  return all.find(visible) ?? all[0];
}

function activate(element) {
  if (element.matches("input, textarea, select")) {
    if (!visible(element)) return element.form?.requestSubmit();
    element.focus();
    return element.select?.();
  }
  element.click();
  if (element.matches("summary")) element.parentElement.querySelector("a, button")?.focus();
}

function rows() {
  return [...document.querySelectorAll(ROWS)].filter((row) => visible(row) && row.querySelector(ROW_LINK));
}

function moveRow(step) {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step));
  all[next].querySelector(ROW_LINK).focus();
  return true;
}

function edit() {
  const row = document.activeElement.closest(ROWS);
  const target = row?.querySelector("[data-edit]") ?? holder("e");
  if (target) activate(target);
  return Boolean(target);
}

function perform(key) {
  if (key === "j") return moveRow(1);
  if (key === "k") return moveRow(-1);
  if (key === "e") return edit();
  const element = holder(key);
  if (element) activate(element);
  return Boolean(element);
}

function save(target) {
  const form = target.closest("form");
  if (!form || form.method === "get") return false;
  form.requestSubmit(form.querySelector("button.btn-primary, [type=submit]"));
  return true;
}

function withModifier(event) {
  if (event.key === "Enter") return save(event.target);
  return event.key.toLowerCase() === "k" && openPalette();
}

/** Alt with a digit presses a button of the form at hand, also while one types: data-alt="1". */
function withAlt(event) {
  const digit = event.code.match(/^Digit([1-9])$/)?.[1];
  const form = document.querySelector("dialog[open]") ?? document.getElementById("main");
  const button = digit && [...form.querySelectorAll(`[data-alt="${digit}"]`)].find(visible);
  button?.click();
  return Boolean(button);
}

function single(event) {
  clearTimeout(timer);
  const key = pending ? `${pending} ${event.key}` : event.key;
  pending = "";
  if (document.querySelector(`[data-key^="${CSS.escape(`${key} `)}"]`)) {
    pending = key;
    timer = setTimeout(() => { pending = ""; }, PAUSE);
    return true;
  }
  return perform(key);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  let done = false;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    done = withModifier(event);
  } else if (event.altKey) {
    done = withAlt(event);
  } else if (singleKeys && !event.altKey && event.key.length === 1 && !event.target.closest(FIELDS)) {
    done = !document.querySelector("dialog:modal") && single(event);
  }
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});
