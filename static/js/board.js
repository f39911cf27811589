// The board: drag a card to another stage, or pick one in its menu; on a phone one stage at a time.
// The server decides. What it refuses goes back to where it was, with the reason; what it takes is shown with new totals.
import { show } from "./dialogs.js";
import { follow, parsed, send } from "./forms.js";
import { goTo, placeOf } from "./places.js";
import { adopt, sentence, toast } from "./toasts.js";

const pattern = document.getElementById("move-menu");
const board = () => document.querySelector("[data-board]");

/** The menu of a card in `lane`, made from the one pattern of the page in place of the link that does without scripts. */
function menuOf(link, lane) {
  const card = link.closest("[data-deal]");
  const menu = document.importNode(pattern.content, true).firstElementChild;
  const summary = menu.querySelector("summary");
  summary.setAttribute("aria-label", link.getAttribute("aria-label"));
  const form = menu.querySelector("form");
  form.action = `${card.dataset.deal}move/`;
  form.elements.version.value = card.dataset.version;
  form.elements.next.value = location.pathname + location.search; // with the stage that is shown on a phone
  form.querySelector(`[name=stage][value="${lane.dataset.lane}"]`)?.remove();
  const next = encodeURIComponent(form.elements.next.value);
  for (const page of form.querySelectorAll("[data-page]")) page.href = `${card.dataset.deal}${page.dataset.page}/?next=${next}`;
  const log = form.querySelector("[data-log]");
  log.href = `${log.dataset.log}?deal=${card.dataset.deal.match(/(\d+)\/$/)[1]}`;
  link.replaceWith(menu);
  return menu;
}

/** Read the board anew: totals, order, messages. `place` is where the card was that was moved. */
async function refresh(place) {
  const response = await fetch(board().dataset.board, { headers: { Accept: "text/html" } });
  const page = parsed(await response.text());
  const fresh = page.querySelector("[data-board]");
  if (!fresh) return location.reload();
  const current = document.querySelector(".st-lane.is-current")?.dataset.lane;
  board().replaceWith(document.importNode(fresh, true));
  document.querySelector("[data-board-sum]").replaceWith(page.querySelector("[data-board-sum]"));
  if (current) showLane(current);
  adopt(page);
  start();
  goTo(place);
}

/** Send a move; the answer is shown. True when the card may stay where it is. */
async function move(card, form, submitter) {
  const place = placeOf(card.querySelector("a"));
  const answer = await send(form, submitter);
  if (answer.kind === "moved") {
    await refresh(place);
    return true;
  }
  if (answer.kind === "signed out") {
    follow(answer.url);
    return false;
  }
  if (answer.kind === "offline") {
    toast(sentence("offline"), "error");
    return false;
  }
  const body = answer.page.querySelector("[data-dialog-body]");
  if (body) show(body, "", card.querySelector("summary") ?? card.querySelector("a"));
  else toast(answer.page.querySelector("[data-problem], main p")?.textContent.trim() || sentence("failed"), "error");
  return false;
}

function moveForm(card, lane) {
  const link = card.querySelector("a[data-move]");
  return (link ? menuOf(link, lane) : card.querySelector("details.st-menu")).querySelector("form");
}

async function dropped({ item, from, to, oldIndex }) {
  if (from === to) return;
  const form = moveForm(item, from.closest("[data-lane]"));
  const button = form.querySelector(`[name=stage][value="${to.closest("[data-lane]").dataset.lane}"]`);
  item.setAttribute("aria-busy", "true");
  const stays = button && (await move(item, form, button));
  item.removeAttribute("aria-busy");
  if (!stays) from.insertBefore(item, from.children[oldIndex] ?? null);
}

function start() {
  if (!window.Sortable || !pattern) return;
  for (const list of document.querySelectorAll(".st-lane > ul")) {
    window.Sortable.create(list, {
      group: "deals",
      draggable: "li:not(.is-fixed)",
      filter: ".st-menu, .st-menu-link",
      preventOnFilter: false,
      sort: false,
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 4,
      delay: 200,
      delayOnTouchOnly: true,
      ghostClass: "is-target",
      dragClass: "is-dragged",
      onEnd: dropped,
    });
  }
}

function showLane(id) {
  const lanes = [...document.querySelectorAll("[data-lane]")];
  const at = lanes.findIndex((lane) => lane.dataset.lane === id);
  if (at < 0) return;
  lanes.forEach((lane, position) => lane.classList.toggle("is-current", position === at));
  document.querySelector(".st-lane-pick select").value = id;
  for (const arrow of document.querySelectorAll("[data-lane-step]")) {
    const next = lanes[at + Number(arrow.dataset.laneStep)];
    arrow.toggleAttribute("aria-disabled", !next);
  }
  const url = new URL(location.href);
  url.searchParams.set("stage", id);
  url.searchParams.delete("cards");
  history.replaceState(null, "", url);
}

function step(arrow) {
  const lanes = [...document.querySelectorAll("[data-lane]")];
  const at = lanes.findIndex((lane) => lane.classList.contains("is-current"));
  const next = lanes[at + Number(arrow.dataset.laneStep)];
  if (next) showLane(next.dataset.lane);
}

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a[data-move]");
  if (link && pattern) {
    event.preventDefault();
    const menu = menuOf(link, link.closest("[data-lane]"));
    menu.open = true;
    menu.querySelector("summary").focus();
  }
  const arrow = event.target.closest("[data-lane-step]");
  if (arrow) {
    event.preventDefault();
    step(arrow);
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".st-lane-pick select")) showLane(event.target.value);
});

document.addEventListener("submit", (event) => {
  const card = event.target.closest("[data-deal]");
  if (!card || event.defaultPrevented) return;
  event.preventDefault();
  event.target.closest("details").open = false;
  move(card, event.target, event.submitter);
});

start();
