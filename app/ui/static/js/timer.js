// Counts down to data-closes-at by the server's clock (data-now is its time when the page was made). Speaks at 10, 5 and 1
// minutes; at the end it sends the form that data-submit names, since the server takes no answer after that.
"use strict";

(() => {
  for (const clock of document.querySelectorAll("[data-closes-at]")) {
    const closes = Date.parse(clock.dataset.closesAt);
    const ahead = Date.now() - Date.parse(clock.dataset.now);
    const face = clock.querySelector("[data-clock]") ?? clock;
    const spoken = clock.querySelector("[data-clock-words]");
    const marks = [10, 5, 1];
    if (Number.isNaN(closes) || Number.isNaN(ahead)) continue;

    const tick = () => {
      const left = Math.max(0, Math.round((closes - (Date.now() - ahead)) / 1000));
      const hours = Math.floor(left / 3600);
      const minutes = Math.floor((left % 3600) / 60);
      const seconds = String(left % 60).padStart(2, "0");
      face.textContent = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
      clock.classList.toggle("last", left <= 60);
      while (marks.length && left < marks[0] * 60) {
        const mark = marks.shift();
        if (left > mark * 60 - 5 && spoken) {
          spoken.textContent = clock.dataset.minutes.replace("{minutes}", String(mark));
        }
      }
      if (left > 0) return;
      clearInterval(beat);
      if (spoken) spoken.textContent = clock.dataset.over;
      document.querySelector(clock.dataset.submit || "form[data-submit-at-close]")?.requestSubmit();
    };
    const beat = setInterval(tick, 500);
    tick();
  }
})();
