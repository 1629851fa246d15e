// Words that are being written stay on this device until they are posted: <form data-keep="answer 17">. They come back into empty
// boxes after a crash. Posting leads to an address that ends with the post ("#p23"); that is when they may be forgotten.
"use strict";

(() => {
  const KEY = "yangfan.keep:", SENT = "yangfan.sent";
  const boxes = (form) =>
    [...form.querySelectorAll("textarea, input[type=text], input:not([type])")].filter((box) => box.name);

  try {
    const sent = sessionStorage.getItem(SENT);
    if (sent !== null) {
      sessionStorage.removeItem(SENT);
      if (/^#p\d+$/.test(location.hash)) localStorage.removeItem(sent);
    }
    for (const form of document.querySelectorAll("form[data-keep]")) {
      const key = KEY + form.dataset.keep;
      const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
      for (const box of boxes(form)) {
        if (!box.value && typeof kept[box.name] === "string") box.value = kept[box.name];
      }
      const keep = () => {
        const values = Object.fromEntries(boxes(form).map((box) => [box.name, box.value]));
        if (Object.values(values).some(Boolean)) localStorage.setItem(key, JSON.stringify(values));
        else localStorage.removeItem(key);
      };
      form.addEventListener("input", () => {
        try {
          keep();
        } catch {
          return; // storage is full or closed to us
        }
      });
      form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
    }
  } catch {
    return; // storage is closed to us: words live on the page only
  }
})();
