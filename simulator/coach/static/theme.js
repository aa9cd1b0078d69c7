// Light or dark: as the system has it, until the person chooses. Runs before the page is drawn, so that nothing flashes.
"use strict";
(() => {
  const key = "calmline-theme", root = document.documentElement;
  const chosen = localStorage.getItem(key);
  if (chosen) root.dataset.theme = chosen;
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", () => {
      const isDark = root.dataset.theme
        ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = isDark ? "light" : "dark";
      localStorage.setItem(key, root.dataset.theme);
    });
  });
})();
