// Forms that save themselves. <form data-autosave="url" data-receipt="#id" …>: every change is posted; what cannot be sent is
// kept on this device and sent later; the receipt always tells which of the two it is. Words come from the form's attributes.
// Each answer carries the microsecond at which it was given, by the server's clock (data-now is its time when the page was
// made), so that what arrives late never overwrites what was given after it, on this page or on another device.
"use strict";

(() => {
  const KEY = "yangfan.autosave:";
  const WAITS = [1000, 2000, 5000, 10000, 20000, 30000];

  class Keeper {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.autosave || form.action;
      this.key = KEY + this.url;
      this.receipt = document.querySelector(form.dataset.receipt || "[data-receipt]:not(form)");
      this.words = this.receipt?.querySelector(".receipt-words");
      this.tries = 0;
      this.sending = false;
      this.opened = Date.now();
      if (!form.elements.revision) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "revision" }));
      }
      this.now = Number(form.dataset.now);
      this.revision = Number(form.dataset.revision);
      this.pending = this.recall();
      form.addEventListener("change", () => this.changed());
      form.addEventListener("input", (event) => this.typed(event));
      form.addEventListener("submit", (event) => this.handedOver(event));
      globalThis.addEventListener("online", () => this.send());
      globalThis.addEventListener("beforeunload", (event) => {
        if (this.pending !== null) event.preventDefault();
      });
      if (this.pending === null) return;
      if (revisionOf(this.pending) <= this.revision) {
        this.forget(); // the page shows what was given after it
        return;
      }
      this.restore();
      this.send();
    }

    say(state, text) {
      if (!this.receipt) return;
      this.receipt.classList.toggle("waiting", state === "waiting");
      this.receipt.classList.toggle("failed", state === "failed");
      if (this.words) this.words.textContent = text;
    }

    recall() {
      try {
        return localStorage.getItem(this.key);
      } catch {
        return null; // storage may be closed to us; the answer then lives in memory only
      }
    }

    remember() {
      try {
        if (this.pending === null) localStorage.removeItem(this.key);
        else localStorage.setItem(this.key, this.pending);
      } catch {
        return; // as above
      }
    }

    // What was kept from last time goes back into the form, so that the page shows what is being sent.
    restore() {
      const kept = new URLSearchParams(this.pending);
      for (const box of this.form.elements) {
        const isOurs = ["hidden", "file", "submit", "button"].includes(box.type) && !("restored" in box.dataset);
        if (!box.name || box.name === "csrf_token" || isOurs) continue;
        if (["radio", "checkbox"].includes(box.type)) box.checked = kept.getAll(box.name).includes(box.value);
        else if (kept.has(box.name)) box.value = kept.get(box.name);
      }
    }

    // The whole form is on its way to the server. What it holds stays on this device until a page tells that the server
    // has it (data-kept); without a connection the page stays, and says so.
    handedOver(event) {
      this.hold();
      if (!navigator.onLine) {
        event.preventDefault();
        this.send();
        return;
      }
      this.pending = null;
    }

    forget() {
      this.pending = null;
      this.remember();
    }

    typed(event) {
      if (!event.target.matches("textarea, input[type=text], input[type=number]")) return;
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.changed(), 1200);
    }

    receiptFor(moment) {
      const time = moment ? new Date(moment).toLocaleTimeString([], { hour12: false }) : "";
      return (this.form.dataset.saved ?? "{time}").replace("{time}", time);
    }

    changed() {
      this.hold();
      this.tries = 0;
      this.send();
    }

    // What the form holds now, with the moment at which it was given, in memory and on this device.
    hold() {
      clearTimeout(this.pause);
      this.revision = Math.max(this.revision + 1, this.now + (Date.now() - this.opened) * 1000);
      this.form.elements.revision.value = String(this.revision);
      const values = new FormData(this.form);
      for (const [name, value] of [...values]) if (value instanceof File) values.delete(name);
      values.delete("csrf_token");
      this.pending = new URLSearchParams(values).toString();
      this.remember();
    }

    later(text) {
      this.say("waiting", text);
      clearTimeout(this.again);
      const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
      this.tries += 1;
      this.again = setTimeout(() => this.send(), wait);
    }

    async send() {
      if (this.sending || this.pending === null) return;
      const sent = this.pending;
      const { saving, offline, failed, refused } = this.form.dataset;
      this.sending = true;
      this.say("waiting", saving ?? "");
      try {
        const body = new URLSearchParams(sent);
        body.set("csrf_token", this.form.elements.csrf_token?.value ?? "");
        const answer = await fetch(this.url, {
          method: "POST",
          body,
          headers: { "Accept": "application/json", "X-Requested-With": "fetch" },
          credentials: "same-origin",
        });
        if (answer.status >= 500 || answer.status === 429) {
          this.later((failed ?? "{reason}").replace("{reason}", String(answer.status)));
          return;
        }
        const told = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
        if (answer.redirected || answer.status === 400 || answer.status === 401) {
          // The session is over: the answer stays on this device, and is sent when the page is opened again.
          this.say("failed", refused ?? "");
          return;
        }
        if (!answer.ok) {
          // The server has read it and says no: sending it again would not help.
          this.say("failed", told.message ? (failed ?? "{reason}").replace("{reason}", told.message) : refused ?? "");
          if (this.pending === sent) this.forget();
          this.form.dispatchEvent(new CustomEvent("autosave:refused", { bubbles: true, detail: told }));
          return;
        }
        this.tries = 0;
        this.say("saved", told.receipt ?? this.receiptFor(told.saved_at));
        if (this.pending === sent) this.forget();
        this.form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: told }));
      } catch {
        this.later(offline ?? "");
      } finally {
        this.sending = false;
      }
      if (this.pending !== null && this.pending !== sent) this.send();
    }
  }

  const revisionOf = (pending) => Number(new URLSearchParams(pending).get("revision"));

  // Sends what this device still holds for a form that is not on this page.
  async function sendFor(url, pending, token) {
    const body = new URLSearchParams(pending);
    body.set("csrf_token", token);
    const headers = { "Accept": "application/json", "X-Requested-With": "fetch" };
    const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
    return !answer.redirected && (answer.ok || [404, 409, 422].includes(answer.status));
  }

  // <… data-kept="17:1764000000000000 18:0" data-kept-at="/attempts/3/answers/{id}/">: what the server has, by number, with
  // its revision. What this device holds beyond that is sent; data-kept-over says that nothing is taken any more.
  async function settle(told) {
    const token = document.querySelector("[name=csrf_token]")?.value ?? "";
    const here = [...document.querySelectorAll("form[data-autosave]")].map((form) => form.dataset.autosave);
    for (const entry of told.dataset.kept.split(" ").filter(Boolean)) {
      const [id, revision] = entry.split(":");
      const url = told.dataset.keptAt.replace("{id}", id);
      const pending = localStorage.getItem(KEY + url);
      if (pending === null) continue;
      const isKept = "keptOver" in told.dataset || revisionOf(pending) <= Number(revision);
      if (!isKept && here.includes(url)) continue;
      if (isKept || await sendFor(url, pending, token)) localStorage.removeItem(KEY + url);
    }
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) new Keeper(form);
  for (const told of document.querySelectorAll("[data-kept]")) {
    settle(told).catch(() => {}); // no connection or no storage: the next page tries again
  }
  document.querySelector("[data-focus]")?.focus();
})();
