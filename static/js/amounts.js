// input[data-amount]: what was typed is written again as the server will read it, so that 8.400 is seen to be 8.40 or 8,400
// before it is saved. The reading is that of pipeline.forms.amounts.plain_number; what it does not know stays as it is.
const tag = document.body.dataset.numbers || document.documentElement.lang || "en";
const groups = new Intl.NumberFormat(tag).formatToParts(1234567).find((part) => part.type === "group").value;

/** The number with a point for decimals, as text; null where it is no bare number. */
export function plainNumber(text) {
  const kept = text.replace(/[\s'’]/g, "").replace("−", "-");
  if (!/^-?[\d.,]*\d[\d.,]*$/.test(kept)) return null;
  const marks = kept.match(/[.,]/g) ?? [];
  if (!marks.length) return kept;
  const last = marks.at(-1);
  const plain = (sign) => kept.replaceAll(sign, "");
  if (new Set(marks).size === 2) return plain(last === "," ? "." : ",").replace(last, ".");
  const isGrouped = new RegExp(`^-?\\d{1,3}(\\${last}\\d{3})+$`).test(kept);
  if (isGrouped && (marks.length > 1 || last === groups)) return plain(last);
  return kept.replace(last, ".");
}

document.addEventListener("change", (event) => {
  const field = event.target;
  const plain = field.matches?.("input[data-amount]") ? plainNumber(field.value) : null;
  if (plain === null || !/^-?\d+(\.\d{1,4})?$/.test(plain) || plain.length > 15) return;
  const decimals = plain.split(".")[1]?.replace(/0+$/, "").length ?? 0;
  const written = new Intl.NumberFormat(tag, {
    minimumFractionDigits: plain.includes(".") ? Math.max(2, decimals) : 0,
    maximumFractionDigits: 4,
  });
  field.value = written.format(plain).replaceAll("'", "’");
});
