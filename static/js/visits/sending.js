/* Sends what waits, one record after the other, once each: the record's own id is the Idempotency-Key, and the
   server keeps it with the record. Says how it ended: "sent", "offline", "signed_out", "other", "busy". */
(() => {
  "use strict";
  const visits = window.visits;
  if (!visits) return;
  const PATIENCE_MS = 60_000;

  async function ask(address, options = {}) {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      return await fetch(address, {
        credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal, ...options,
      });
    } finally {
      clearTimeout(late);
    }
  }

  /* Who is signed in now, with a fresh token; null for nobody. */
  async function whoIs(address) {
    const answer = await ask(address, { headers: { Accept: "application/json" } });
    if (answer.ok) return answer.json();
    if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") return null;
    throw new Error(`session ${answer.status}`);
  }

  function body(row) {
    const data = new FormData();
    for (const [name, value] of Object.entries(row.fields)) if (value !== "") data.append(name, value);
    data.append("client_id", row.id);
    for (const photo of row.photos) data.append("uploads", photo.blob, photo.name);
    return data;
  }

  /* The server's reason in its own words. */
  async function reasonOf(answer) {
    const problem = await answer.json().catch(() => ({}));
    const unmet = (problem.unmet ?? []).map((item) => item.message);
    const wrong = Object.values(problem.errors ?? {}).flat(3).map(String);
    return [...unmet, ...wrong].join("；") || problem.detail || `${answer.status}`;
  }

  async function post(row, address, token) {
    const answer = await ask(address, {
      method: "POST",
      body: body(row),
      headers: { "X-CSRFToken": token, "Idempotency-Key": row.id, Accept: "application/json" },
    });
    if (answer.ok) return "sent";
    if (answer.status === 401 || answer.type === "opaqueredirect") return "signed_out";
    if (answer.status >= 500 || answer.status === 429) return "busy";
    const told = await answer.clone().json().catch(() => ({}));
    if (told.type === "problem:idempotency_in_progress") return "busy";
    await visits.put({ ...row, state: "failed", reason: await reasonOf(answer) });
    return "failed";
  }

  async function sendAll(user, addresses) {
    const rows = (await visits.all(user)).filter((row) => row.state !== "failed");
    if (!rows.length) return { end: "sent", sent: 0 };
    let sent = 0;
    try {
      const session = await whoIs(addresses.session);
      if (session === null) return { end: "signed_out", sent };
      if (session.user !== user) return { end: "other", sent };
      for (const row of rows) {
        const end = await post(row, addresses.api, session.csrf);
        if (end === "signed_out" || end === "busy") return { end, sent };
        if (end !== "sent") continue;
        await visits.drop(row.id);
        sent += 1;
      }
    } catch {
      return { end: navigator.onLine ? "busy" : "offline", sent };
    }
    return { end: "sent", sent };
  }

  let running = null;
  /* One sender at a time, also among the tabs of this phone. */
  visits.flush = (user, addresses) => {
    const send = () => sendAll(user, addresses);
    running ??= (navigator.locks ? navigator.locks.request("visits", send) : send()).finally(() => {
      running = null;
    });
    return running;
  };
})();
