/* Small helpers for server-rendered pages. No inline handlers, no eval: the CSP allows neither. */
(() => {
  "use strict";

  const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrf();
  });

  const failed = () => toast(document.body.dataset.failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  function toast(text) {
    const note = document.createElement("div");
    note.className = "flash flash-error";
    note.textContent = text;
    document.getElementById("toasts")?.append(note);
    setTimeout(() => note.remove(), 8000);
  }

  // A form that asks before it acts: <form data-confirm="…">.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const words = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!words || form.dataset.confirmed) {
      if (!event.defaultPrevented) busy(form, event.submitter);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(words).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter ?? undefined);
      delete form.dataset.confirmed;
    });
  }, true);

  function ask(words) {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("#confirm-words").textContent = words;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  // A second click on a slow line must not send a form twice.
  function busy(form, submitter) {
    if (form.method !== "post" || form.hasAttribute("data-again")) return;
    setTimeout(() => {
      form.setAttribute("aria-busy", "true");
      if (submitter) submitter.disabled = true;
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) {
      form.removeAttribute("aria-busy");
      for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[aria-busy]");
    if (!form) return;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
  });

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dismiss]");
    if (close) close.parentElement.remove();
    if (event.target.closest("[data-print]")) window.print();
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, label, select") && !String(getSelection())) {
      if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
      else location.href = row.dataset.href;
    }
  });

  // An address that names what is folded away opens it.
  function unfold() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  window.addEventListener("hashchange", unfold);
  document.addEventListener("DOMContentLoaded", unfold);

  // <select data-autosubmit>, <input type="checkbox" data-autosubmit>: a filter acts when it is chosen.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
    if (event.target.matches("[data-check-all]")) {
      const boxes = document.querySelectorAll(`input[name="${event.target.dataset.checkAll}"]`);
      for (const box of boxes) box.checked = event.target.checked;
    }
  });

  // What a phone keeps of the user's own page is not for whoever signs in next.
  document.addEventListener("submit", (event) => {
    const address = event.target.getAttribute("action") || location.pathname;
    if (/\/sign-(in|out)\//.test(address)) window.caches?.delete("visits-page");
  });

  // A filter's address names only what it filters by, so that it can be read, kept and passed on.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.filters")) return;
    for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form.filters :disabled")) field.disabled = false;
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });

  // <select data-search>: a long list with a search field; the page loads tom-select in its scripts block.
  function searchable(root) {
    if (!window.TomSelect) return;
    for (const select of root.querySelectorAll("select[data-search]:not(.tomselected)")) {
      new TomSelect(select, {
        maxOptions: null,
        plugins: select.multiple ? ["remove_button"] : [],
        // The list is here: nothing to wait for, and a search still due would open it again after the choice.
        refreshThrottle: 0,
        closeAfterSelect: true,
        // One is enough: left in focus, the list may open again over the field below. Of several, the next is
        // looked for from the start.
        onItemAdd() {
          if (!select.multiple) { this.blur(); return; }
          this.setTextboxValue("");
          this.refreshOptions(false);
        },
      });
      select.setAttribute("aria-hidden", "true"); // its label now belongs to the field that replaces it
    }
  }
  document.addEventListener("DOMContentLoaded", () => searchable(document));
  document.addEventListener("htmx:load", (event) => searchable(event.target));
})();
