// Draws every canvas[data-chart="id"] from the figures in <script type="application/json" id="id">; Chart.js is loaded before.
//
// labels    names of the x axis; a list of words is written on several lines: ["Nov", "to date"]
// type      "bar" (default) or "line"; axis "y" lies bars down
// format    "money", "count", "percent" (fractions), "multiple", "days", "minutes", "plain"; currency for money
// sets      [{ label, data, type, colour: "c1"…, dashed, stepped, dots, endLabel, barLabels, colours: [token per bar],
//             partial: index of the period that is not over, ripening: index from which on a line is dashed,
//             floating: data are [from, to] }]
// zero      false lets the axis of a line start above 0; min, max, step of the value axis
// levels    running totals of a waterfall; breaks [{ at, label }]; links [address per label]; room px at the right
import { breaks, connectors, directLabels, hatch } from "./chart_marks.js";
import { forgetTokens, token } from "./tokens.js";

const root = document.documentElement;
const { Chart } = window;
const NUMBERS = document.body.dataset.numbers || root.lang || "en";

function signless(text) {
  return text.replace("-", "−");
}

function number(options) {
  const format = new Intl.NumberFormat(NUMBERS, options);
  return (value) => signless(format.format(value));
}

function short(options) {
  const format = number({ ...options, notation: "compact", maximumSignificantDigits: 3 });
  return (value) => format(value).replace(/(\d)K\b/, "$1k");
}

/** Two writers of a value: `axis` short, `exact` for the tooltip. */
function writers({ format, currency }) {
  const money = { style: "currency", currency: currency || "EUR" };
  const suffix = (options, end) => (value) => number(options)(value) + end;
  switch (format) {
    case "money": return { axis: short(money), exact: number(money) };
    case "percent": return {
      axis: number({ style: "percent", maximumFractionDigits: 1 }),
      exact: number({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    };
    case "multiple": {
      const times = suffix({ maximumFractionDigits: 2 }, "×");
      return { axis: times, exact: times };
    }
    case "minutes": {
      const minutes = suffix({ maximumFractionDigits: 0 }, " min");
      return { axis: minutes, exact: minutes };
    }
    case "days": {
      const days = suffix({ maximumFractionDigits: 1 }, " d");
      return { axis: days, exact: days };
    }
    default: return { axis: short({}), exact: number({ maximumFractionDigits: 2 }) };
  }
}

// Decimals arrive as text so that none is lost on the way.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  return value === null ? null : Number(value);
}

function line(set, colour) {
  return {
    ...set,
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: set.dashed ? 1.5 : 2,
    borderDash: set.dashed ? [4, 3] : [],
    pointRadius: set.dots ? 3 : 0,
    pointHoverRadius: 4,
    tension: 0,
    stepped: set.stepped ?? false,
    spanGaps: false,
    segment: { borderDash: ({ p1DataIndex }) => (p1DataIndex >= (set.ripening ?? Infinity) ? [4, 3] : undefined) },
  };
}

function bars(set, colour) {
  const isPartial = (i) => i === (set.partial ?? -1);
  const paint = (i) => {
    const own = set.colours ? token(set.colours[i]) : colour;
    return isPartial(i) ? hatch(own, token("surface")) : own;
  };
  return {
    ...set,
    backgroundColor: set.data.map((_value, i) => paint(i)),
    borderColor: set.data.map((_value, i) => (isPartial(i) ? colour : "transparent")),
    borderWidth: set.data.map((_value, i) => (isPartial(i) ? 1 : 0)),
    minBarLength: set.floating ? 3 : 0,
    borderRadius: 2,
    borderSkipped: set.floating ? false : "start",
    maxBarThickness: 44,
    categoryPercentage: 0.78,
    barPercentage: 0.9,
  };
}

function dataset(raw, type) {
  const colour = token(raw.colour ?? "c1");
  const set = { ...raw, type: raw.type ?? type, data: raw.data.map(plain), markColour: colour };
  return set.type === "line" ? line(set, colour) : bars(set, colour);
}

/** As many names as fit side by side, counted from the last one, which is always written. */
function fitting(_value, index) {
  const { chart } = this;
  const names = chart.data.labels;
  chart.ctx.font = `11px ${Chart.defaults.font.family}`;
  const widths = names.map((name) => Math.max(...[name].flat().map((text) => chart.ctx.measureText(text).width))).reverse();
  const room = Math.max(1, chart.width - 56 - (chart.options.layout.padding.right ?? 0)) / names.length;
  const fits = (every) => widths.every((width, i) => i % every || (width + (widths[i + every] ?? 0)) / 2 + 4 < every * room);
  let every = 1;
  while (every < names.length && !fits(every)) every += 1;
  return (names.length - 1 - index) % every ? "" : names[index];
}

/** A long name beside a bar goes on two lines where the chart is narrow. */
function folded(_value, index) {
  const name = this.chart.data.labels[index];
  const words = this.chart.width < 420 && name.length > 12 ? name.split(" ") : [];
  return words.length > 1 ? [words.slice(0, -1).join(" "), words.at(-1)] : name;
}

/** Room at the right for what is written at the ends of bars; else as the figures ask for. */
function roomOf(spec, canvas) {
  const texts = spec.axis === "y" ? spec.sets.flatMap((set) => set.barLabels ?? []) : [];
  const pen = canvas.getContext("2d");
  pen.font = `600 11px ${Chart.defaults.font.family}`;
  return texts.length ? Math.max(...texts.map((text) => pen.measureText(text).width)) + 10 : spec.room ?? 8;
}

function scales(spec, write) {
  const lying = spec.axis === "y";
  const values = {
    beginAtZero: spec.zero !== false,
    min: plain(spec.min ?? null) ?? undefined,
    max: plain(spec.max ?? null) ?? undefined,
    border: { display: false },
    grid: { color: token("grid"), drawTicks: false },
    ticks: { color: token("ink-3"), padding: 6, maxTicksLimit: 6, stepSize: spec.step, callback: write.axis },
  };
  const names = {
    border: { color: token("line-strong") },
    grid: { display: false },
    ticks: { color: token("ink-2"), padding: 4, autoSkip: false, maxRotation: 0, callback: lying ? folded : fitting },
  };
  // No axis is drawn under lying bars: the longest may end where the room for its text begins.
  const longest = lying ? Math.max(0, ...spec.sets.flatMap((set) => set.data).map(Number)) || undefined : undefined;
  return lying ? { x: { ...values, max: values.max ?? longest, display: false }, y: names } : { x: names, y: values };
}

function tooltip(write) {
  const size = (raw) => (Array.isArray(raw) ? raw[1] - raw[0] : raw);
  return {
    backgroundColor: token("ink"),
    titleColor: token("surface"),
    bodyColor: token("surface"),
    cornerRadius: 6,
    padding: 8,
    callbacks: {
      title: (marks) => [marks[0].label].flat().join(" ").replaceAll(",", " "),
      label: (mark) => ` ${mark.dataset.label}: ${write.exact(size(mark.raw))}`,
    },
  };
}

function opening(links) {
  if (!links) return {};
  return {
    onClick: (_event, marks) => { if (links[marks[0]?.index]) location.assign(links[marks[0].index]); },
    onHover: (event, marks) => { event.native.target.style.cursor = links[marks[0]?.index] ? "pointer" : "default"; },
  };
}

function draw(canvas) {
  const spec = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const write = writers(spec);
  const type = spec.type ?? "bar";
  return new Chart(canvas, {
    type,
    data: { labels: spec.labels, datasets: spec.sets.map((set) => dataset(set, type)) },
    plugins: [directLabels, connectors, breaks],
    options: {
      indexAxis: spec.axis ?? "x",
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      locale: NUMBERS,
      interaction: { mode: "index", intersect: false, axis: spec.axis ?? "x" },
      layout: { padding: { right: roomOf(spec, canvas), top: 18 } },
      scales: scales(spec, write),
      plugins: { legend: { display: false }, connectors: { levels: spec.levels }, breaks: { list: spec.breaks }, tooltip: tooltip(write) },
      ...opening(spec.links),
    },
  });
}

let charts = [];
function drawAll() {
  charts.forEach((chart) => chart.destroy());
  forgetTokens();
  charts = [...document.querySelectorAll("canvas[data-chart]")].map(draw);
}

if (Chart) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 11;
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  const theme = root.dataset.bsTheme;
  window.addEventListener("beforeprint", () => { root.dataset.bsTheme = "light"; drawAll(); });
  window.addEventListener("afterprint", () => { root.dataset.bsTheme = theme; drawAll(); });
}
