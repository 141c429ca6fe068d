/// A key that was pressed, as INFO tells it: `Signal=5`, `Duration=160` (application/dtmf-relay), or the bare key
/// (application/dtmf).
struct KeyPress: Equatable, Sendable {
    var key: Character
    var milliseconds: Int

    /// What a phone means that says nothing about the duration.
    static let usualDuration = 160
    /// Longer presses are cut to this; a key that hangs is no key.
    static let longestDuration = 10_000

    /// Reads the body; `nil` if there is no key in it.
    init?(_ body: ArraySlice<UInt8>, isRelay: Bool) {
        milliseconds = KeyPress.usualDuration
        var found: Character?
        for line in body.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let text = String(decoding: line, as: UTF8.self)
            guard isRelay else {
                found = found ?? KeyPress.key(text)
                continue
            }
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = KeyPress.trimmed(parts[0])
            let value = KeyPress.trimmed(parts[1])
            if SIPText.equal(name, "signal") { found = KeyPress.key(value) }
            if SIPText.equal(name, "duration"), let duration = Int(value), duration >= 0 {
                milliseconds = min(duration, KeyPress.longestDuration)
            }
        }
        guard let found else { return nil }
        key = found
    }

    /// The key that the text names; 10 and 11 stand for * and # at some exchanges.
    private static func key(_ text: String) -> Character? {
        let text = trimmed(Substring(text))
        if text == "10" { return "*" }
        if text == "11" { return "#" }
        guard text.utf8.count == 1, let letter = text.first else { return nil }
        if "0123456789*#ABCD".contains(letter) { return letter }
        return "abcd".contains(letter) ? Character(letter.uppercased()) : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = text.firstIndex(where: { !isSpace($0) }),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}
