/** Files of tables as people have them. */

/**
 * The text of a file: UTF-8, or else GB18030, in which spreadsheets in China write (mission G19).
 * @param {ArrayBuffer} bytes
 */
export function tableText(bytes) {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        return new TextDecoder("gb18030").decode(bytes);
    }
}
