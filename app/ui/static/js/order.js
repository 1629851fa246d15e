// Lists that are put in order: <ol data-order="module"> with <li data-lesson>, each list in a <div data-group> that can itself be
// moved. A handle is dragged, or moved by the up and down keys; the whole order is then sent. Without script each has its buttons.
"use strict";

(() => {
  const form = document.querySelector("form[data-order-form]");
  if (!form) return;
  const status = document.querySelector("#order-status");
  let dragged = null, pause;

  const lists = () => [...document.querySelectorAll("ol[data-order]")];
  const lines = (list) => [...list.querySelectorAll(":scope > li[data-lesson]")];
  const groups = () => [...document.querySelectorAll("[data-group]")];
  const order = () =>
    lists().map((list) => `${list.dataset.order}:${lines(list).map((line) => line.dataset.lesson).join(",")}`).join(
      " ",
    );

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
    for (const list of lists()) {
      const empty = list.querySelector(".order-empty");
      if (empty) empty.hidden = lines(list).length > 0;
    }
    clearTimeout(pause);
    pause = setTimeout(send, 500);
  };

  const moved = (handle, place) => {
    handle.focus();
    status.textContent = status.dataset.moved.replace("{place}", String(place));
    settle();
  };

  const stepLine = (line, by) => {
    const every = lists(), at = every.indexOf(line.parentElement);
    const beside = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (beside?.matches("[data-lesson]")) by < 0 ? beside.before(line) : beside.after(line);
    else if (every[at + by]) by < 0 ? every[at + by].append(line) : every[at + by].prepend(line);
    else return;
    moved(line.querySelector("[data-handle]"), lists().flatMap(lines).indexOf(line) + 1);
  };

  const stepGroup = (group, by) => {
    const beside = groups()[groups().indexOf(group) + by];
    if (!beside) return;
    by < 0 ? beside.before(group) : beside.after(group);
    moved(group.querySelector("[data-group-handle]"), groups().indexOf(group) + 1);
  };

  const prepare = (handle, whole, step) => {
    handle.hidden = false;
    handle.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      step(whole, event.key === "ArrowUp" ? -1 : 1);
    });
    handle.addEventListener("pointerdown", () => whole.draggable = true);
    whole.addEventListener("dragstart", (event) => {
      event.stopPropagation();
      dragged = whole;
      event.dataTransfer.effectAllowed = "move";
      whole.classList.add("dragged");
    });
    whole.addEventListener("dragend", (event) => {
      event.stopPropagation();
      whole.draggable = false;
      whole.classList.remove("dragged");
      if (dragged) settle();
      dragged = null;
    });
  };

  const below = (whole, y) => {
    const box = whole.getBoundingClientRect();
    return y < box.top + box.height / 2;
  };

  for (const handle of document.querySelectorAll("[data-handle]")) prepare(handle, handle.closest("li"), stepLine);
  for (const handle of document.querySelectorAll("[data-group-handle]")) {
    prepare(handle, handle.closest("[data-group]"), stepGroup);
  }
  for (const list of lists()) {
    list.addEventListener("dragover", (event) => {
      if (!dragged?.matches("[data-lesson]")) return;
      event.preventDefault();
      const before = lines(list).find((line) => line !== dragged && below(line, event.clientY));
      if (before) before.before(dragged);
      else list.append(dragged);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
  }
  for (const group of groups()) {
    group.addEventListener("dragover", (event) => {
      if (!dragged?.matches("[data-group]") || group === dragged) return;
      event.preventDefault();
      below(group, event.clientY) ? group.before(dragged) : group.after(dragged);
    });
    group.addEventListener("drop", (event) => event.preventDefault());
  }
})();
