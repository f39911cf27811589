// What Chart.js does not draw by itself: labels at the marks instead of a legend, waterfall connectors, definition breaks.
import { token } from "./tokens.js";

const LINE = 13;

/** A pattern of slanted lines for a period that is not over. */
export function hatch(colour, back) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = back;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  for (const shift of [-8, 0, 8]) {
    pen.beginPath();
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

function lastKnown(points, data) {
  const at = data.findLastIndex((value) => value !== null);
  return at < 0 ? null : points[at];
}

/** Labels at the ends of lines, moved apart where they would overlap. */
function endLabels(chart) {
  const labels = [];
  chart.data.datasets.forEach((set, index) => {
    const last = set.endLabel && lastKnown(chart.getDatasetMeta(index).data, set.data);
    if (!last) return;
    const x = chart.config.type === "bar" ? chart.chartArea.right + 6 : last.x + 8;
    labels.push({ x, y: last.y, text: set.endLabel, colour: set.markColour });
  });
  labels.sort((one, other) => one.y - other.y);
  labels.forEach((label, i) => { if (i) label.y = Math.max(label.y, labels[i - 1].y + LINE); });
  const overflow = labels.length ? labels.at(-1).y - chart.height + LINE / 2 : 0;
  if (overflow > 0) labels.forEach((label) => { label.y -= overflow; });
  return labels;
}

function drawEndLabels(chart, pen) {
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  for (const { x, y, text, colour } of endLabels(chart)) {
    pen.fillStyle = colour;
    pen.fillRect(x, y - 3, 6, 6);
    pen.fillStyle = token("ink-2");
    pen.fillText(text, x + 10, y);
  }
}

/** Text beside or above each bar; above bars that stand too close only the ones that have room are written. */
function drawBarLabels(chart, pen, set, bars) {
  const wide = chart.options.indexAxis === "y";
  pen.fillStyle = token("ink-2");
  pen.textAlign = wide ? "left" : "center";
  pen.textBaseline = wide ? "middle" : "bottom";
  let freeFrom = -Infinity;
  bars.forEach((bar, i) => {
    const text = set.barLabels[i] ?? "";
    // A bar below zero ends at the axis: its text stands there, not on the bar.
    if (wide) return pen.fillText(text, Math.max(bar.x, bar.base) + 6, bar.y);
    const half = pen.measureText(text).width / 2;
    if (bar.x - half < freeFrom) return undefined;
    freeFrom = bar.x + half + 2;
    return pen.fillText(text, bar.x, Math.min(bar.y, bar.base) - 4);
  });
}

export const directLabels = {
  id: "directLabels",
  afterDatasetsDraw(chart) {
    const pen = chart.ctx;
    pen.save();
    pen.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
    drawEndLabels(chart, pen);
    chart.data.datasets.forEach((set, index) => {
      if (set.barLabels) drawBarLabels(chart, pen, set, chart.getDatasetMeta(index).data);
    });
    pen.restore();
  },
};

/** Two slanted strokes at the foot of the first and last bar: the axis does not start at zero. */
function cutMarks(chart, pen) {
  const bars = chart.getDatasetMeta(0).data;
  pen.strokeStyle = token("surface");
  pen.lineWidth = 3;
  for (const bar of [bars[0], bars.at(-1)]) {
    const foot = chart.chartArea.bottom - 14;
    pen.beginPath();
    pen.moveTo(bar.x - bar.width / 2 - 2, foot + 5);
    pen.lineTo(bar.x + bar.width / 2 + 2, foot - 5);
    pen.stroke();
  }
}

/** Thin lines that carry one waterfall bar over to the next. */
export const connectors = {
  id: "connectors",
  afterDatasetsDraw(chart, _args, { levels }) {
    if (!levels) return;
    const pen = chart.ctx;
    const bars = chart.getDatasetMeta(0).data;
    pen.save();
    if (chart.scales.y.min > 0) cutMarks(chart, pen);
    pen.strokeStyle = token("field");
    pen.lineWidth = 1;
    levels.slice(0, -1).forEach((level, i) => {
      const y = Math.round(chart.scales.y.getPixelForValue(Number(level))) + 0.5;
      pen.beginPath();
      pen.moveTo(bars[i].x + bars[i].width / 2, y);
      pen.lineTo(bars[i + 1].x - bars[i + 1].width / 2, y);
      pen.stroke();
    });
    pen.restore();
  },
};

/** A vertical line with its date where the definition of the figure changed: [{ at: first index of the new one, label }]. */
export const breaks = {
  id: "breaks",
  afterDatasetsDraw(chart, _args, { list }) {
    const pen = chart.ctx;
    const { top, bottom } = chart.chartArea;
    pen.save();
    pen.strokeStyle = token("field");
    pen.fillStyle = token("ink-2");
    pen.font = `500 11px ${getComputedStyle(document.body).fontFamily}`;
    pen.setLineDash([2, 3]);
    for (const { at, label } of list ?? []) {
      const scale = chart.scales.x;
      const x = Math.round((scale.getPixelForValue(at - 1) + scale.getPixelForValue(at)) / 2) + 0.5;
      pen.beginPath();
      pen.moveTo(x, top);
      pen.lineTo(x, bottom);
      pen.stroke();
      pen.fillText(label, x + 4, top + 10);
    }
    pen.restore();
  },
};
