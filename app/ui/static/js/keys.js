// Work lists by keyboard: j and k move between the rows of table[data-keys], Enter opens the row's first link, x ticks its box,
// "/" goes to the search box. Nothing happens while someone types.
"use strict";

(() => {
  const table = document.querySelector("table[data-keys]");
  // The page's own box goes before the one in the rail.
  const search = document.querySelector("main [data-search-key]") ?? document.querySelector("[data-search-key]");
  const all = document.querySelector("[data-check-all]");
  all?.addEventListener("change", () => {
    for (const box of all.closest("table").querySelectorAll("tbody input[type=checkbox]")) box.checked = all.checked;
  });
  if (!table && !search) return;

  const rows = () => [...(table?.querySelectorAll("tbody tr") ?? [])];
  const go = (step) => {
    const list = rows();
    const at = list.findIndex((row) => row.classList.contains("at"));
    const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
    if (!next) return;
    list[at]?.classList.remove("at");
    next.classList.add("at");
    next.querySelector("a, button, input")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
      if (event.key === "Escape" && event.target === search) search.blur();
      return;
    }
    const row = table?.querySelector("tbody tr.at");
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && row) row.querySelector("input[type=checkbox]")?.click();
    else if (event.key === "Enter" && row && event.target.matches("body, input[type=checkbox]")) {
      row.querySelector("a")?.click();
    } else if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
})();
