"use strict";
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];
  const button = document.getElementById("theme");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme || "auto") + 1) % themes.length];
    if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
    button.textContent = "Theme: " + next;
  });

  // A viewer shows one case at a time; all slices of a volume are tiles of one picture.
  for (const viewer of document.querySelectorAll(".viewer")) {
    const slider = viewer.querySelector("input.position");
    const number = viewer.querySelector("output");
    const opacity = viewer.querySelector("input.opacity");
    const choice = viewer.querySelector("select");
    const cases = [...viewer.querySelectorAll(".case")];
    const current = () => cases.find(one => !one.hidden);
    const show = () => {
      const { columns, rows, count } = current().dataset;
      slider.max = count - 1;
      const tile = Math.min(Number(slider.value), count - 1);
      const x = columns > 1 ? 100 * (tile % columns) / (columns - 1) : 0;
      const y = rows > 1 ? 100 * Math.floor(tile / columns) / (rows - 1) : 0;
      for (const layer of current().querySelectorAll(".slice div")) layer.style.backgroundPosition = x + "% " + y + "%";
      number.textContent = (tile + 1) + " of " + count;
      slider.setAttribute("aria-valuetext", "slice " + number.textContent);
    };
    choice.addEventListener("change", () => {
      cases.forEach((one, index) => { one.hidden = index !== choice.selectedIndex; });
      slider.value = current().dataset.middle;
      show();
    });
    slider.addEventListener("input", show);
    opacity.addEventListener("input", () => viewer.style.setProperty("--opacity", opacity.value / 100));
    show();
    slider.value = current().dataset.middle;
    show();
  }
})();
