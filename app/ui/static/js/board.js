// A board of columns: <div data-board> with <section data-stage> and <li data-card data-may="stages it may go to">. A card is
// dragged to another column, or moved by the arrow keys left and right on its name. Without script each card has a form.
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const status = document.querySelector("#board-status");
  const columns = [...board.querySelectorAll("[data-stage]")];
  const may = (card, stage) => card.dataset.may.split(" ").includes(stage);
  let dragged = null;

  // The card's own form is sent: the server answers with the board as it then stands.
  const move = (card, stage) => {
    const form = card.querySelector(".board-move");
    if (!form || !may(card, stage)) {
      status.textContent = status.dataset.failed;
      return;
    }
    const column = columns.find((one) => one.dataset.stage === stage);
    status.textContent = status.dataset.moved.replace(
      "{stage}",
      column.querySelector("h2").firstChild.textContent.trim(),
    );
    form.elements.stage.value = stage;
    form.requestSubmit();
  };

  for (const card of board.querySelectorAll("[data-card]")) {
    if (!card.dataset.may) continue;
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      event.dataTransfer.effectAllowed = "move";
      for (const column of columns) column.classList.toggle("takes", may(card, column.dataset.stage));
    });
    card.addEventListener("dragend", () => {
      dragged = null;
      for (const column of columns) column.classList.remove("takes");
    });
    card.querySelector(".board-name").addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const beside = columns[columns.indexOf(card.closest("[data-stage]")) + by];
      if (beside) move(card, beside.dataset.stage);
    });
  }
  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      if (dragged && may(dragged, column.dataset.stage)) event.preventDefault();
    });
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      if (dragged) move(dragged, column.dataset.stage);
    });
  }
  const kept = location.hash && document.querySelector(location.hash)?.querySelector(".board-name");
  if (kept) kept.focus();
})();
