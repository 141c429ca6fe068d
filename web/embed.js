/**
 * The call button for other sites:
 *
 *     <script src="https://hotline.example/embed.js" data-number="5186" data-label="Call us" async></script>
 *
 * `data-number` is the number to call, `data-label` the text of the button, `data-language` zh-CN or en,
 * `data-position` bottom-right (as usual), bottom-left, or inline (where the script stands). The call is in a window of
 * its own: it goes on when the visitor leaves the page, and the site itself needs no right to the microphone.
 */
(() => {
    const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
    if (!script) return;
    const { number = "", label, language = navigator.language, position = "bottom-right" } = script.dataset;
    const isChinese = language.startsWith("zh");
    const address = new URL("call.html", script.src);
    if (number) address.searchParams.set("number", number);
    address.searchParams.set("lang", isChinese ? "zh-CN" : "en");

    // A sheet made by script is allowed where the site's policy forbids styles in the page.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        :host { all: initial; }
        :host([data-position^="bottom"]) { position: fixed; z-index: 2147483000; bottom: 20px; right: 20px; }
        :host([data-position="bottom-left"]) { right: auto; left: 20px; }
        button { all: unset; box-sizing: border-box; display: inline-flex; align-items: center; gap: 10px; height: 48px; padding: 0 22px 0 18px;
            border-radius: 24px; cursor: pointer; background: #5145d6; color: #fff; font: 600 15px/1 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif;
            box-shadow: 0 2px 6px rgb(20 20 40 / .2), 0 10px 30px rgb(20 20 40 / .25); transition: background 120ms; }
        button:hover { background: #4237bd; }
        button:focus-visible { outline: 3px solid #5145d6; outline-offset: 3px; }
        svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    `);
    const host = document.createElement("div");
    host.dataset.position = position;
    const shadow = host.attachShadow({ mode: "closed" });
    shadow.adoptedStyleSheets = [sheet];
    const space = "http://www.w3.org/2000/svg";
    const drawing = document.createElementNS(space, "svg");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", "M6.6 3.5 9 4l1.6 4-2 1.7a12.5 12.5 0 0 0 5.7 5.7l1.7-2 4 1.6.5 2.4a2.6 2.6 0 0 1-2.6 3.1A15.4 15.4 0 0 1 3.5 6.1a2.6 2.6 0 0 1 3.1-2.6Z");
    drawing.append(path);
    const button = document.createElement("button");
    button.type = "button";
    button.append(drawing, label ?? (isChinese ? "在线通话" : "Call us"));
    /** @type {Window | null} */
    let opened = null;
    button.addEventListener("click", () => {
        // A second press shows the call that is there; it does not begin another.
        if (opened && !opened.closed) return opened.focus();
        opened = window.open(address, "hotline-call", "popup,width=420,height=680");
    });
    shadow.append(button);
    if (position === "inline") script.after(host);
    else if (document.body) document.body.append(host);
    else addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
