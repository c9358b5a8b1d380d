"use strict";
(() => {
  const told = document.body.dataset;

  const value = (row, column) => {
    const cell = row.cells[column];
    const raw = cell.dataset.sort ?? cell.textContent.trim();
    const number = Number(raw);
    return raw !== "" && Number.isFinite(number) ? number : raw;
  };

  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b);
  };

  const sort = (table, column, head) => {
    const down = head.getAttribute("aria-sort") === "descending";
    const direction = down ? "ascending" : "descending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
    const body = table.tBodies[0];
    const missing = (row) => !row.cells[column].hasAttribute("data-sort");
    const rows = [...body.rows].sort((a, b) => {
      if (missing(a) !== missing(b)) return missing(a) ? 1 : -1;
      const order = compare(value(a, column), value(b, column));
      return down ? order : -order;
    });
    body.append(...rows);
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    if (table.tBodies[0].rows.length < 2) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const name = head.querySelector(".head");
      const button = document.createElement("button");
      button.type = "button";
      button.title = told.sortBy;
      button.append(...name.childNodes);
      name.append(button);
      button.addEventListener("click", () => sort(table, column, head));
    });
  }

  const field = (label, act) => {
    const box = document.createElement("label");
    box.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = label;
    input.setAttribute("aria-label", label);
    const count = document.createElement("span");
    count.setAttribute("role", "status");
    input.addEventListener("input", () => { count.textContent = act(input.value.trim().toLowerCase()); });
    box.append(input, count);
    return box;
  };

  const narrow = (items) => (words) => {
    let shown = 0;
    for (const item of items) {
      const hit = item.textContent.toLowerCase().includes(words);
      item.hidden = !hit;
      shown += hit;
    }
    return words ? told.shownOf.replace("{shown}", shown).replace("{all}", items.length) : "";
  };

  for (const table of document.querySelectorAll("table.filterable")) {
    const rows = [...table.tBodies[0].rows];
    if (rows.length > 6) table.parentElement.before(field(told.filter, narrow(rows)));
  }

  const cases = document.querySelectorAll("#cases .case");
  if (cases.length) {
    const bar = document.createElement("div");
    bar.className = "tools";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = told.openAll;
    button.addEventListener("click", () => {
      const open = button.textContent === told.openAll;
      for (const one of cases) one.open = open;
      button.textContent = open ? told.closeAll : told.openAll;
    });
    bar.append(field(told.filter, narrow([...cases])), button);
    document.querySelector("#cases .pair").before(bar);
  }
})();
