// Videos that stop at their check questions: <video data-cues="90 150"> beside [data-cue="90"], which is where the question is
// reached. Where the watcher was is kept for this tab, so that they come back to it from a question.
"use strict";

(() => {
  const video = document.querySelector("video[data-cues]");
  if (!video) return;
  const key = `yangfan.video:${location.pathname}`;
  const cues = video.dataset.cues.split(" ").filter(Boolean).map(Number);
  let before = 0;

  try {
    before = Number(sessionStorage.getItem(key)) || 0;
  } catch {
    before = 0; // storage may be closed to us; the video then begins anew
  }
  video.addEventListener("loadedmetadata", () => {
    if (before && before < video.duration) video.currentTime = before;
  }, { once: true });
  video.addEventListener("seeked", () => before = video.currentTime);
  video.addEventListener("timeupdate", () => {
    const now = video.currentTime;
    const reached = video.paused ? undefined : cues.find((cue) => before < cue && cue <= now);
    before = now;
    try {
      sessionStorage.setItem(key, String(now));
    } catch {
      return; // as above
    }
    if (reached === undefined) return;
    video.pause();
    const place = document.querySelector(`[data-cue="${reached}"]`);
    place?.classList.add("at");
    place?.querySelector("a")?.focus();
  });
})();
