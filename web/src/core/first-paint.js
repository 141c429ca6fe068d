// A classic script in the head: the theme is there before anything is drawn. Follows the system where "system" is
// chosen. `core/theme.js` takes over as soon as the modules run.
(() => {
    let chosen = "system";
    try {
        chosen = JSON.parse(localStorage.getItem("hotline.theme") ?? '"system"');
    } catch {
        // Nothing remembered: the system decides.
    }
    const isDark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
