/* The import pages: the name of the chosen file, and units only beside fields that have one. */
(() => {
  "use strict";

  for (const zone of document.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const words = zone.querySelector("[data-drop-name]");
    const asked = words.textContent;
    input.addEventListener("change", () => {
      words.textContent = input.files[0]?.name ?? asked;
      zone.classList.toggle("drop-full", input.files.length > 0);
    });
    for (const [kind, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
      zone.addEventListener(kind, () => zone.classList.toggle("drop-over", over));
    }
  }

  function suit(row) {
    const kind = row.querySelector("[data-field]").selectedOptions[0]?.dataset.kind ?? "";
    const unit = row.querySelector("[data-unit]");
    unit.hidden = !kind;
    unit.closest("td").classList.toggle("unitless", !kind);
    for (const option of unit.options) {
      const fits = !option.dataset.kind || option.dataset.kind === kind;
      option.hidden = option.disabled = !fits;
      if (!fits && option.selected) unit.value = "";
    }
  }

  for (const row of document.querySelectorAll(".mapping tbody tr")) {
    suit(row);
    row.querySelector("[data-field]").addEventListener("change", () => suit(row));
  }
})();
