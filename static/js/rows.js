// form[data-rows]: "Add a row" copies the template's row to the end of the table; without this script some empty rows are there anyway.
// option[data-fills="unit_price=1200"]: picking it fills these fields of the row, unless something else was typed there.
function add(form) {
  const total = form.querySelector("[name$=TOTAL_FORMS]");
  const pattern = form.querySelector("template").content;
  const row = document.importNode(pattern, true).querySelector("tr");
  for (const field of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      if (field.hasAttribute(name)) field.setAttribute(name, field.getAttribute(name).replace("__prefix__", total.value));
    }
  }
  total.value = Number(total.value) + 1;
  form.querySelector("tbody").append(row);
  row.querySelector("select, input").focus();
}

function fillRow(select) {
  const fills = new URLSearchParams(select.selectedOptions[0]?.dataset.fills ?? "");
  for (const field of select.closest("tr").querySelectorAll("input")) {
    const name = field.name.split("-").at(-1);
    if (field.value !== (field.dataset.filled ?? "") || !(fills.has(name) || field.dataset.filled)) continue;
    field.value = field.dataset.filled = fills.get(name) ?? "";
  }
}

for (const form of document.querySelectorAll("form[data-rows]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) fillRow(event.target);
  });
  const button = form.querySelector("[data-add-row]");
  button.hidden = false;
  button.addEventListener("click", () => add(form));
}
