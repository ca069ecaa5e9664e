// Sorts and filters the overview of a class. All of it is readable without: this only adds controls.
(() => {
  "use strict";
  const heat = document.getElementById("heat");
  if (!heat) return;
  const head = heat.querySelector(".head");
  const list = heat.querySelector(".rows");
  const rows = [...list.children];
  const order = new Intl.Collator(undefined, { numeric: true });
  const name = (row) => row.firstElementChild.firstElementChild.textContent;

  const make = (tag, text, parent) => {
    const made = parent.appendChild(document.createElement(tag));
    made.textContent = text;
    return made;
  };

  // Controls
  const tools = document.createElement("div");
  tools.className = "tools";
  heat.parentElement.before(tools);
  const find = make("input", "", make("label", "Find ", tools));
  find.type = "search";
  const show = make("select", "", make("label", "Show ", tools));
  const kinds = [["", "all"], ["b", "with something broken"], ["c", "with contradicted claims"], ["j", "judged by people"], ["pu", "graded in part, or not"]];
  for (const [marks, text] of kinds) {
    if (marks && !rows.some((row) => [...marks].some((mark) => (row.dataset.f || "").includes(mark)))) continue;
    make("option", text, show).value = marks;
  }
  const reset = make("button", "Reset", tools);
  reset.type = "button";
  const said = make("output", "", tools);
  said.setAttribute("aria-live", "polite");

  // Filter: the map, and the rows of the tables below it that are of the same submissions.
  const others = [...document.querySelectorAll(".class-table tbody tr")].filter((row) => row.querySelector('th a[href^="submissions/"]'));
  const told = () => {
    const shown = rows.filter((row) => !row.hidden).length;
    const by = head.querySelector("[data-way]");
    said.textContent = `${shown} of ${rows.length} shown` + (by ? `, sorted by ${by.dataset.name}, ${by.dataset.way === "1" ? "lowest first" : "highest first"}` : "");
  };
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const gone = new Set();
    for (const row of rows) {
      const text = row.firstElementChild.textContent.toLowerCase();
      const marked = !show.value || [...show.value].some((mark) => (row.dataset.f || "").includes(mark));
      row.hidden = !(marked && words.every((word) => text.includes(word)));
      if (row.hidden) gone.add(name(row));
    }
    for (const row of others) row.hidden = gone.has(row.querySelector("th a").textContent);
    told();
  };

  // Sort: by name, or by the number in a cell; who has none comes last either way.
  const number = (row, at) => {
    const text = row.children[at] ? row.children[at].textContent : "";
    if (text === "–") return -1;
    const found = parseFloat(text);
    return Number.isNaN(found) ? null : found;
  };
  const sorted = (at, way) => {
    const compare = (one, other) => {
      if (!at) return way * order.compare(name(one), name(other));
      const a = number(one, at), b = number(other, at);
      return a === null || b === null ? (a === null) - (b === null) : way * (a - b);
    };
    list.append(...[...rows].sort(compare));
  };
  [...head.children].forEach((cell, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = cell.textContent;
    if (cell.localName === "a") button.className = "m";
    button.dataset.name = cell.textContent.replace("\u00ad", "");
    button.title = `Sort by ${cell.title || button.dataset.name}`;
    button.addEventListener("click", () => {
      const way = button.dataset.way === "1" ? -1 : 1;
      for (const other of head.children) delete other.dataset.way;
      button.dataset.way = way;
      sorted(at, way);
      told();
    });
    cell.replaceWith(button);
  });
  heat.classList.add("sortable");
  find.addEventListener("input", filter);
  show.addEventListener("input", filter);
  reset.addEventListener("click", () => {
    find.value = show.value = "";
    for (const other of head.children) delete other.dataset.way;
    list.append(...rows);
    filter();
  });

  // Keyboard: one stop of Tab a row, arrows within the map.
  for (const row of rows) for (const cell of row.children) if (cell.localName === "a") cell.tabIndex = -1;
  const stops = (row) => [...row.querySelectorAll("a")];
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("li");
    const shown = rows.length ? [...list.children].filter((one) => !one.hidden) : [];
    const within = stops(row), at = within.indexOf(event.target), line = shown.indexOf(row);
    const cell = event.target.localName === "a" && event.target.parentElement === row ? [...row.children].indexOf(event.target) : 0;
    let next = null;
    if (event.key === "ArrowRight") next = within[at + 1];
    else if (event.key === "ArrowLeft") next = within[at - 1];
    else if (event.key === "Home") next = within[0];
    else if (event.key === "End") next = within.at(-1);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      for (let to = line + step; shown[to] && !next; to += step) next = cell ? shown[to].querySelector(`:scope > a:nth-child(${cell + 1})`) : stops(shown[to])[0];
    } else return;
    event.preventDefault();
    if (next) next.focus();
  });
  make("span", "Arrow keys move between the cells.", tools).className = "keys";
  told();
})();
