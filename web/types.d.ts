// What Chromium 109 has and the type checker's library does not know yet.
interface HTMLMediaElement {
    setSinkId(deviceId: string): Promise<void>;
}
interface Window {
    /** For tests and for support: what the audio leg is doing. */
    hotline: { stats(): Promise<import("./src/core/stats.js").LegStats | null> };
}
/** What a node, text, list or function may have as a child. */
type Child = Node | string | number | null | undefined | false | (() => Child) | Child[];
