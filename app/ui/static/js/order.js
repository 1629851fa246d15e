// Lists that are put in order: <ol data-order="module"> with <li data-lesson>. A handle is dragged, or moved by the up and down
// keys; the whole order is then sent. Without script each line has its buttons.
"use strict";

(() => {
  const form = document.querySelector("form[data-order-form]");
  if (!form) return;
  const lists = [...document.querySelectorAll("ol[data-order]")];
  const status = document.querySelector("#order-status");
  let dragged = null, pause;

  const lines = (list) => [...list.querySelectorAll(":scope > li[data-lesson]")];
  const order = () =>
    lists.map((list) => `${list.dataset.order}:${lines(list).map((line) => line.dataset.lesson).join(",")}`).join(" ");

  const send = async () => {
    const body = new URLSearchParams({ order: order(), csrf_token: form.elements.csrf_token.value });
    try {
      const headers = { "Accept": "application/json", "X-Requested-With": "fetch" };
      const answer = await fetch(form.action, { method: "POST", body, headers, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      status.textContent = status.dataset.saved;
    } catch {
      status.textContent = status.dataset.failed;
    }
  };

  const settle = () => {
    for (const list of lists) {
      const empty = list.querySelector(".order-empty");
      if (empty) empty.hidden = lines(list).length > 0;
    }
    clearTimeout(pause);
    pause = setTimeout(send, 500);
  };

  const step = (line, by) => {
    const at = lists.indexOf(line.parentElement);
    const beside = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (beside?.matches("[data-lesson]")) by < 0 ? beside.before(line) : beside.after(line);
    else if (lists[at + by]) by < 0 ? lists[at + by].append(line) : lists[at + by].prepend(line);
    else return;
    line.querySelector("[data-handle]").focus();
    const place = lists.flatMap(lines).indexOf(line) + 1;
    status.textContent = status.dataset.moved.replace("{place}", String(place));
    settle();
  };

  for (const handle of document.querySelectorAll("[data-handle]")) {
    const line = handle.closest("li");
    handle.hidden = false;
    handle.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      step(line, event.key === "ArrowUp" ? -1 : 1);
    });
    handle.addEventListener("pointerdown", () => line.draggable = true);
    line.addEventListener("dragstart", (event) => {
      dragged = line;
      event.dataTransfer.effectAllowed = "move";
      line.classList.add("dragged");
    });
    line.addEventListener("dragend", () => {
      line.draggable = false;
      line.classList.remove("dragged");
      if (dragged) settle();
      dragged = null;
    });
  }
  for (const list of lists) {
    list.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      const before = lines(list).find((line) => {
        const box = line.getBoundingClientRect();
        return line !== dragged && event.clientY < box.top + box.height / 2;
      });
      if (before) before.before(dragged);
      else list.append(dragged);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
  }
})();
