/** Light, dark, or what the system says: one attribute on the root element, which the tokens follow. */
import { effect, signal } from "./reactive.js";
import { theme } from "./store.js";

const media = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(media.matches);

export function followTheme() {
    media.addEventListener("change", () => (systemIsDark.value = media.matches));
    effect(() => {
        const isDark = theme.value === "dark" || (theme.value === "system" && systemIsDark.value);
        document.documentElement.dataset.theme = isDark ? "dark" : "light";
    });
}

/**
 * Of the tokens, for canvases.
 * @param {string} name without the two dashes
 */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
