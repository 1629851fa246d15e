// Shows how Markdown will look: <textarea data-preview-url="…" data-preview="#id">. The server renders it, with the same rules as
// the page, so that the preview never promises more. Its answer is cleaned HTML.
"use strict";

(() => {
  for (const area of document.querySelectorAll("textarea[data-preview-url]")) {
    const place = document.querySelector(area.dataset.preview);
    if (!place) continue;
    let pause, latest = 0;

    const show = async () => {
      latest += 1;
      const mine = latest;
      const body = new URLSearchParams({ text: area.value, csrf_token: area.form?.elements.csrf_token?.value ?? "" });
      try {
        const answer = await fetch(area.dataset.previewUrl, {
          method: "POST",
          body,
          headers: { "X-Requested-With": "fetch" },
          credentials: "same-origin",
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const text = await answer.text();
        if (mine === latest) place.innerHTML = text;
      } catch {
        if (mine === latest) place.textContent = area.dataset.previewFailed ?? "";
      }
    };

    area.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(show, 400);
    });
    if (area.value) show();
  }
})();
