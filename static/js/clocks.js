// [data-clock="130"]: minutes that somebody waits. It goes on for data-left minutes, then work ends for today.
const MINUTE = 60000;
const opened = Date.now();

function written(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (minutes < 120) return `${minutes} min`;
  return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

function look(clock, minutes) {
  if (minutes >= Number(clock.dataset.lateAfter)) return "is-overdue";
  return minutes >= Number(clock.dataset.warnsAfter) ? "is-warn" : "is-neutral";
}

function show(clock, passed) {
  const word = clock.querySelector("[data-clock-word]");
  const minutes = Number(clock.dataset.clock) + Math.min(passed, Number(clock.dataset.left));
  word.textContent = word.dataset.clockWord.replace("{time}", written(minutes));
  clock.classList.remove("is-neutral", "is-warn", "is-overdue");
  clock.classList.add(look(clock, minutes));
}

function tick() {
  const passed = Math.floor((Date.now() - opened) / MINUTE);
  if (passed < 1) return;
  for (const clock of document.querySelectorAll("[data-clock]")) {
    if (Number(clock.dataset.left) > 0) show(clock, passed);
  }
}

if (document.querySelector("[data-clock]")) {
  setInterval(tick, MINUTE / 4);
  document.addEventListener("visibilitychange", tick);
}
