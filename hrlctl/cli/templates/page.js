"use strict";
(() => {
  const theme = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  let chosen = 0;
  theme.hidden = false;
  theme.addEventListener("click", () => {
    chosen = (chosen + 1) % themes.length;
    const root = document.documentElement;
    if (chosen) root.dataset.theme = themes[chosen];
    else delete root.dataset.theme;
    theme.textContent = `Theme: ${themes[chosen]}`;
  });

  const valueOf = (row, column) => {
    const text = row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
    return text === "" || isNaN(text) ? text : Number(text);
  };
  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");  // what is unknown comes last
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(b);
  };
  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      const ascends = heading.getAttribute("aria-sort") !== "ascending";
      for (const other of heading.parentElement.cells) {
        if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
      }
      heading.setAttribute("aria-sort", ascends ? "ascending" : "descending");
      const body = heading.closest("table").tBodies[0];
      const column = heading.cellIndex;
      const rows = [...body.rows].sort((a, b) => {
        const [first, second] = [valueOf(a, column), valueOf(b, column)];
        if (first === "" || second === "") return compare(first, second);
        return ascends ? compare(first, second) : compare(second, first);
      });
      body.append(...rows);
    });
  }

  // A set of controls shows the items whose data hold every value that is chosen.
  for (const controls of document.querySelectorAll(".controls")) {
    controls.hidden = false;
    const items = [...document.querySelectorAll(`${controls.dataset.items}`)];
    const filter = () => {
      let shown = 0;
      for (const item of items) {
        item.hidden = [...controls.querySelectorAll("[data-by]")].some((control) => {
          if (control.type === "radio" && !control.checked) return false;
          const wanted = control.value.trim().toLowerCase();
          const actual = item.dataset[control.dataset.by].toLowerCase();
          return wanted !== "" && (control.type === "search" ? !actual.includes(wanted) : actual !== wanted);
        });
        shown += !item.hidden;
      }
      controls.querySelector("output").textContent = `${shown} of ${items.length}`;
    };
    controls.addEventListener("input", filter);
    filter();
  }
})();
