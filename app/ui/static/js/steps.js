// Steps of a rubric: choosing one fills the mark of its row, typing a mark chooses its step or none.
"use strict";

for (const steps of document.querySelectorAll("[data-steps]")) {
  const mark = document.getElementById(steps.dataset.steps);
  const radios = [...steps.querySelectorAll("input[type=radio]")];
  if (!mark) continue;
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      mark.value = radio.value;
      mark.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  mark.addEventListener("input", () => {
    const typed = mark.value.trim();
    for (const radio of radios) radio.checked = typed !== "" && Number(typed) === Number(radio.value);
  });
}
