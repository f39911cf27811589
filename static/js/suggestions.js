// input[data-suggest="account"]: offer the names of visible records while one is typed. Without this script the full name
// is typed; the server finds it either way.
const PAUSE = 250;
const SHORTEST = 2;
const waiting = new WeakMap();
let made = 0;

function listOf(input) {
  if (!input.list) {
    made += 1;
    const list = document.createElement("datalist");
    list.id = `suggestions-${made}`;
    input.after(list);
    input.setAttribute("list", list.id);
  }
  return input.list;
}

async function offer(input) {
  const query = new URLSearchParams({ kind: input.dataset.suggest, q: input.value });
  try {
    const response = await fetch(`${document.body.dataset.suggestions}?${query}`);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(`<datalist>${await response.text()}</datalist>`, "text/html");
    listOf(input).replaceChildren(...document.importNode(page.querySelector("datalist"), true).children);
  } catch {
    // No connection: the name can be typed in full.
  }
}

document.addEventListener("input", (event) => {
  const input = event.target.closest?.("input[data-suggest]");
  if (!input || event.inputType === "insertReplacementText") return;
  clearTimeout(waiting.get(input));
  if (input.value.trim().length >= SHORTEST) waiting.set(input, setTimeout(() => offer(input), PAUSE));
});
