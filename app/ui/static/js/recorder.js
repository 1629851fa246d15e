// Records the voice into a file field: <input type="file" data-recorder="#id">. Stopping puts the recording into the field and sends
// the form as "keep the draft" does, so that it is on the server before anybody listens to it. Without a microphone the field stays.
"use strict";

(() => {
  const KINDS = [["audio/webm", "webm"], ["audio/mp4", "m4a"], ["audio/ogg", "ogg"]];

  for (const field of document.querySelectorAll("input[data-recorder]")) {
    const panel = document.querySelector(field.dataset.recorder);
    const kind = KINDS.find(([type]) => globalThis.MediaRecorder?.isTypeSupported(type));
    if (!panel || !kind || !navigator.mediaDevices) continue;
    const [start, stop] = ["start", "stop"].map((name) => panel.querySelector(`[data-record=${name}]`));
    const words = panel.querySelector("[data-record-words]");
    let recorder, ticking;
    panel.hidden = false;

    const keep = (parts) => {
      const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
      const kept = new DataTransfer();
      kept.items.add(new File(parts, `recording-${time}.${kind[1]}`, { type: kind[0] }));
      field.files = kept.files;
      field.form.requestSubmit(field.form.querySelector("[data-keep]"));
    };

    start.addEventListener("click", async () => {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        const parts = [];
        recorder = new MediaRecorder(stream, { mimeType: kind[0] });
        recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
        recorder.addEventListener("stop", () => {
          clearInterval(ticking);
          for (const track of stream.getTracks()) track.stop();
          keep(parts);
        });
        recorder.start(1000);
      } catch {
        words.textContent = panel.dataset.failed;
        return;
      }
      const begun = Date.now();
      ticking = setInterval(() => {
        words.textContent = panel.dataset.running.replace("{seconds}", String(Math.round((Date.now() - begun) / 1000)));
      }, 1000);
      start.hidden = true;
      stop.hidden = false;
      stop.focus();
    });

    stop.addEventListener("click", () => recorder?.stop());
  }
})();
