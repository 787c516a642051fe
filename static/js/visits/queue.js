/* What was written down on this phone and has not arrived: one IndexedDB store; each row belongs to the user
   who wrote it, and only that user's page reads it. */
(() => {
  "use strict";
  if (!window.indexedDB) return;

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("visits", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("records", { keyPath: "id" }).createIndex("user", "user");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  opened.catch(() => {}); // whoever asks is told

  async function run(mode, act) {
    const store = await opened;
    return new Promise((resolve, reject) => {
      const deed = store.transaction("records", mode);
      const asked = act(deed.objectStore("records"));
      deed.oncomplete = () => resolve(asked.result);
      deed.onerror = deed.onabort = () => reject(deed.error);
    });
  }

  function makeId() {
    if (crypto.randomUUID) return crypto.randomUUID(); // only where the page came over HTTPS
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  window.visits = {
    makeId,
    ready: () => opened.then(() => true, () => false),
    put: (row) => run("readwrite", (store) => store.put(row)),
    drop: (id) => run("readwrite", (store) => store.delete(id)),
    get: (id) => run("readonly", (store) => store.get(id)),
    /* The rows of one user, oldest first: they arrive in the order in which things happened. */
    all: async (user) => {
      const rows = await run("readonly", (store) => store.index("user").getAll(user));
      return rows.sort((a, b) => a.made - b.made);
    },
  };
})();
