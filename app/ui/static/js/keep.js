// Words that are being written stay on this device until they are saved: <form data-keep="answer 17 of 4"> (what, and whose).
// After a crash they come back into empty boxes; where a box says something else, [data-keep-offer] in the form offers them.
// They may be forgotten once a page says that they are saved: a post (its address ends with "#p23") or a message of success.
"use strict";

(() => {
  const KEY = "yangfan.keep:", SENT = "yangfan.sent";
  const BOXES = "textarea, input[type=text], input[type=number], input:not([type])";
  const boxes = (form) => [...form.querySelectorAll(BOXES)].filter((box) => box.name);
  const plain = (text) => text.replaceAll("\r\n", "\n");
  const recall = (key) => JSON.parse(localStorage.getItem(key) ?? "{}");

  const offer = (form, key, kept, different) => {
    const notice = form.querySelector("[data-keep-offer]");
    if (!notice) return;
    notice.hidden = false;
    const close = () => {
      notice.hidden = true;
      different[0].focus();
    };
    notice.querySelector("[data-keep-take]").addEventListener("click", () => {
      for (const box of different) {
        box.value = kept[box.name];
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
      close();
    });
    notice.querySelector("[data-keep-drop]").addEventListener("click", () => {
      localStorage.removeItem(key);
      close();
    });
  };

  const watch = (form) => {
    const key = KEY + form.dataset.keep;
    const kept = recall(key);
    const held = boxes(form).filter((box) => typeof kept[box.name] === "string");
    for (const box of held) if (!box.value) box.value = kept[box.name];
    const different = held.filter((box) => plain(box.value) !== plain(kept[box.name]));
    if (different.length > 0) offer(form, key, kept, different);
    form.addEventListener("input", () => {
      const values = Object.fromEntries(boxes(form).map((box) => [box.name, box.value]));
      try {
        // Rows that are not on the page now stay kept, too.
        if (Object.values(values).some(Boolean)) {
          localStorage.setItem(key, JSON.stringify({ ...recall(key), ...values }));
        } else localStorage.removeItem(key);
      } catch {
        return; // storage is full or closed to us
      }
    });
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
  };

  try {
    const sent = sessionStorage.getItem(SENT);
    if (sent !== null) {
      sessionStorage.removeItem(SENT);
      const isSaved = /^#p\d+$/.test(location.hash) || document.querySelector(".flashes .notice.success");
      if (isSaved) localStorage.removeItem(sent);
    }
    for (const form of document.querySelectorAll("form[data-keep]")) watch(form);
  } catch {
    return; // storage is closed to us: words live on the page only
  }
})();
