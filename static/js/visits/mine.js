/* The commissioner's page: what is written down is kept on the phone first, then sent; what waits or was not
   taken is shown, to be mended or thrown away. Without IndexedDB the form is sent as any other. */
(() => {
  "use strict";
  const visits = window.visits;
  const box = document.getElementById("waiting");
  const form = document.querySelector("form[data-visit]");
  if (!visits || !box) return;
  const words = box.dataset;
  const user = Number(words.user);
  const addresses = { api: words.api, session: words.session };
  const AGAIN_MS = 60_000, SAID = "visits-said";
  let mending = null, dirty = false;

  // ---- what waits

  async function draw(end = "") {
    const rows = await visits.all(user);
    box.hidden = rows.length === 0;
    const list = box.querySelector("[data-rows]");
    list.replaceChildren(...rows.map(line));
    const state = box.querySelector("[data-state]");
    const said = { offline: words.offline, signed_out: words.signedOut, other: words.other, busy: words.busy }[end];
    state.textContent = said ?? "";
    state.hidden = !said;
    box.querySelector("[data-sign-in]").hidden = end !== "signed_out";
  }

  function line(row) {
    const item = box.querySelector("template[data-row]").content.cloneNode(true).firstElementChild;
    const put = (name, text) => { item.querySelector(`[data-${name}]`).textContent = text; };
    const failed = row.state === "failed";
    put("name", row.title);
    put("text", row.fields.matter);
    put("mark", failed ? words.failed : words.waiting);
    put("more", [row.fields.on, row.photos.length ? words.photos.replace("{n}", row.photos.length) : ""].join(" "));
    put("reason", row.reason ?? "");
    item.querySelector("[data-reason]").hidden = !failed;
    item.querySelector("[data-mark]").classList.toggle("tag-bad", failed);
    const mend = item.querySelector("[data-mend]");
    mend.hidden = !failed || !form; // one that only waits may have arrived: changed, it would not be the same
    mend.addEventListener("click", () => begin(row));
    item.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault(); // app.js has asked whether it is meant
      await visits.drop(row.id);
      if (mending?.id === row.id) stop();
      draw();
    });
    return item;
  }

  function say(text) {
    const note = document.getElementById("visits-said");
    note.textContent = text;
    note.hidden = !text;
  }

  const untouched = () => !form || !(dirty || mending || form.closest("details").open);

  async function send() {
    const { end, sent } = await visits.flush(user, addresses);
    await draw(end);
    if (!sent) return;
    const text = words.sent.replace("{n}", sent);
    if (!untouched()) { say(text); return; }
    sessionStorage.setItem(SAID, text); // the list of what is due is another one now
    location.replace(location.pathname);
  }

  // ---- writing down

  const FIELDS = ["project", "channel", "with_whom", "matter", "outcome", "on"];

  async function keep() {
    const data = new FormData(form);
    const chosen = form.elements.uploads.files;
    const photos = await Promise.all(Array.from(chosen, visits.shrink));
    const fields = Object.fromEntries(FIELDS.map((name) => [name, data.get(name) ?? ""]));
    if (data.get("on_request")) fields.on_request = "true";
    const row = {
      id: mending?.id ?? visits.makeId(),
      user,
      made: mending?.made ?? Date.now(),
      title: form.elements.project.selectedOptions[0]?.textContent ?? "",
      fields,
      photos: photos.length ? photos.map((one) => ({ name: one.name, blob: one })) : mending?.photos ?? [],
      state: "waiting",
    };
    await visits.put(row);
    navigator.storage?.persist?.();
    clear();
    form.closest("details").open = false;
    say(words.kept);
  }

  function begin(row) {
    mending = row;
    for (const name of FIELDS) form.elements[name].value = row.fields[name];
    form.elements.on_request.checked = Boolean(row.fields.on_request);
    const note = form.querySelector("[data-kept-photos]");
    note.textContent = row.photos.length ? words.photos.replace("{n}", row.photos.length) : "";
    form.querySelector("[data-mending]").hidden = false;
    open();
  }

  function clear() {
    stop();
    form.reset();
    dirty = false;
  }

  function stop() {
    mending = null;
    if (form) form.querySelector("[data-mending]").hidden = true;
  }

  function open() {
    const details = form.closest("details");
    details.open = true;
    details.scrollIntoView({ block: "start" });
    form.elements.matter.focus({ preventScroll: true });
  }

  async function wire() {
    if (form && (await visits.ready())) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = form.querySelector("button[type=submit]");
        button.disabled = true; // a second touch while the photos are made smaller
        try {
          await keep();
        } catch {
          form.submit(); // no room on this phone: straight to the server
          return;
        } finally {
          button.disabled = false;
        }
        await draw();
        send();
      });
      form.addEventListener("input", () => { dirty = true; });
      form.querySelector("[data-stop-mending]").addEventListener("click", clear);
    }
    document.addEventListener("click", (event) => {
      const said = event.target.closest("[data-said]");
      if (said && form) form.elements.matter.value = said.dataset.said;
      const record = event.target.closest("[data-record]");
      if (!record || !form) return;
      event.preventDefault();
      stop();
      form.elements.project.value = record.dataset.record;
      if (record.dataset.channel) form.elements.channel.value = record.dataset.channel;
      open();
    });
    box.querySelector("[data-send]").addEventListener("click", send);
    window.addEventListener("online", send);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
    setInterval(send, AGAIN_MS);
  }

  navigator.serviceWorker?.register(words.worker, { scope: location.pathname }).catch(() => {});
  say(sessionStorage.getItem(SAID) ?? "");
  sessionStorage.removeItem(SAID);
  wire().then(() => draw()).then(send);
})();
