// form[data-rows]: "Add a row" copies the template's row to the end of the table; without this script some empty rows are there anyway.
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

for (const form of document.querySelectorAll("form[data-rows]")) {
  const button = form.querySelector("[data-add-row]");
  button.hidden = false;
  button.addEventListener("click", () => add(form));
}
