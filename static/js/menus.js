// Menus are <details>. They close on Escape, on a click elsewhere and when another one opens.
const MENUS = "details.st-chip:not([data-stays]), details.st-menu, details.st-drop, details.st-tab-more";

function openMenus() {
  return [...document.querySelectorAll(MENUS)].filter((menu) => menu.open);
}

function items(menu) {
  return [...menu.querySelectorAll("a[href], button, input, select")].filter((item) => item.getClientRects().length);
}

function moveFocus(menu, step) {
  const all = items(menu);
  const here = all.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : (here + step + all.length) % all.length;
  all[next]?.focus();
}

document.addEventListener("keydown", (event) => {
  const menu = openMenus().at(-1);
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!menu.contains(document.activeElement) || document.activeElement.matches("select, textarea")) return;
    moveFocus(menu, event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// "toggle" does not bubble, so it is caught on its way down.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(MENUS) || !event.target.open) return;
  for (const menu of openMenus()) {
    if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
  }
  if (!event.target.closest(".st-tabbar")) event.target.querySelector(".st-pop")?.scrollIntoView({ block: "nearest" });
}, true);
