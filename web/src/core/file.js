/** Files that the page makes. */

/**
 * Hands something to the browser as a file.
 * @param {string} name
 * @param {Blob} content
 */
export function saveFile(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    // The browser has begun to read by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
