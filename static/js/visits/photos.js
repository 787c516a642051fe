/* A photo of a modern phone has 5 to 12 MB; the longer side of 2048 pixels shows all that a visit needs. */
(() => {
  "use strict";
  if (!window.visits) return;
  const LONGEST = 2048, SMALL = 800_000, QUALITY = 0.82;

  /* The photo made smaller where this browser can read it; else as it is (HEIC off Apple's own devices). */
  window.visits.shrink = async (file) => {
    if (file.size <= SMALL || !window.createImageBitmap) return file;
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    } catch {
      return file; // the server says what is wrong with it
    }
  };
})();
