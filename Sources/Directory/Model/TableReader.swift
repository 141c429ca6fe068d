/// Reads one table of settings, key by key, and notes what is missing, of another kind, out of range or unknown.
final class TableReader {
    /// The table as messages name it.
    let place: String
    private let values: [String: SettingValue]
    private let findings: Findings
    private var known: Set<String> = []

    init(place: String, values: [String: SettingValue], findings: Findings) {
        self.place = place
        self.values = values
        self.findings = findings
    }

    /// Whether the file has the key.
    func has(_ key: String) -> Bool { values[key] != nil }

    /// A text that must not be empty; without `otherwise` the key must be there.
    func text(_ key: String, otherwise: String? = nil) -> String {
        guard let value = value(key, isRequired: otherwise == nil) else { return otherwise ?? "" }
        guard case .text(let text) = value else {
            return otherKind(key, value, "text in quotes", otherwise ?? "")
        }
        if text.isEmpty { findings.add(place, key, "is empty", "give a text") }
        return text
    }

    /// A text that may be left out.
    func optionalText(_ key: String) -> String? { has(key) ? text(key) : notGiven(key) }

    /// A text that may be left out and may be empty.
    func anyText(_ key: String, otherwise: String) -> String {
        guard let value = value(key, isRequired: false) else { return otherwise }
        guard case .text(let text) = value else { return otherKind(key, value, "text in quotes", otherwise) }
        return text
    }

    /// One of a closed set of words.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String, otherwise: Word) -> Word
    where Word.RawValue == String {
        guard let given = optionalText(key) else { return otherwise }
        if let word = Word(rawValue: given) { return word }
        let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        findings.add(place, key, "'\(given)' is unknown", "use one of \(words)")
        return otherwise
    }

    /// A whole number in a range; without `otherwise` the key must be there.
    func number(_ key: String, _ range: ClosedRange<Int>, otherwise: Int? = nil) -> Int {
        guard let value = value(key, isRequired: otherwise == nil) else {
            return otherwise ?? range.lowerBound
        }
        guard case .number(let number) = value else {
            return otherKind(key, value, "a whole number", otherwise ?? range.lowerBound)
        }
        guard range.contains(number) else {
            findings.add(
                place, key, "\(number) is out of range", "give \(range.lowerBound) to \(range.upperBound)")
            return otherwise ?? range.lowerBound
        }
        return number
    }

    /// A whole number that may be left out.
    func optionalNumber(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        has(key) ? number(key, range) : notGiven(key)
    }

    func flag(_ key: String, otherwise: Bool) -> Bool {
        guard let value = value(key, isRequired: false) else { return otherwise }
        guard case .flag(let flag) = value else { return otherKind(key, value, "true or false", otherwise) }
        return flag
    }

    /// A list of texts; nothing when left out.
    func texts(_ key: String, otherwise: [String] = []) -> [String] {
        guard let value = value(key, isRequired: false) else { return otherwise }
        guard case .list(let items) = value else {
            return otherKind(key, value, "a list of texts", otherwise)
        }
        return items.compactMap {
            guard case .text(let text) = $0 else { return otherKind(key, $0, "a list of texts", nil) }
            return text
        }
    }

    /// A list of whole numbers.
    func numbers(_ key: String, _ range: ClosedRange<Int>, otherwise: [Int]) -> [Int] {
        guard let value = value(key, isRequired: false) else { return otherwise }
        guard case .list(let items) = value else {
            return otherKind(key, value, "a list of numbers", otherwise)
        }
        return items.compactMap {
            guard case .number(let number) = $0, range.contains(number) else {
                return otherKind(key, $0, "numbers from \(range.lowerBound) to \(range.upperBound)", nil)
            }
            return number
        }
    }

    /// Skill -> level, 1 to 5.
    func levels(_ key: String) -> [String: Int] {
        guard let table = table(key) else { return [:] }
        var levels: [String: Int] = [:]
        for skill in table.values.keys.sorted() { levels[skill] = table.number(skill, CentreFile.levels) }
        return levels
    }

    /// Language -> text; at least one.
    func translations(_ key: String) -> [String: String] {
        guard has(key) else {
            _ = value(key, isRequired: true)
            return [:]
        }
        guard let table = table(key) else { return [:] }
        var texts: [String: String] = [:]
        for language in table.values.keys.sorted() { texts[language] = table.text(language) }
        if texts.isEmpty { findings.add(place, key, "is empty", "give a text for at least one language") }
        return texts
    }

    /// A table in this one.
    func table(_ key: String) -> TableReader? {
        guard let value = value(key, isRequired: false) else { return nil }
        guard case .table(let values) = value else {
            return otherKind(key, value, "a table, such as { zh-CN = \"...\" }", nil)
        }
        return TableReader(place: place + ", " + key, values: values, findings: findings)
    }

    /// The rows `[[key]]`, each named by what it has under `naming`.
    func rows(_ key: String, most: Int, namedBy naming: String = "key") -> [TableReader] {
        guard let value = value(key, isRequired: false) else { return [] }
        guard case .list(let items) = value else {
            return otherKind(key, value, "rows, each under [[\(key)]]", [])
        }
        if items.count > most {
            findings.add("[[\(key)]]", "", "there are \(items.count) rows", "keep at most \(most)")
        }
        return items.prefix(most).enumerated().compactMap { index, item in
            guard case .table(let values) = item else {
                return otherKind(key, item, "a row under [[\(key)]]", nil)
            }
            var name = "number \(index + 1)"
            if case .text(let text)? = values[naming], !text.isEmpty { name = text }
            return TableReader(place: "[[\(key)]] \(name)", values: values, findings: findings)
        }
    }

    /// Notes the keys that nothing has asked for.
    func finish() {
        for key in values.keys.sorted() where !known.contains(key) {
            findings.add(
                place, key, "is unknown here", "use one of " + known.sorted().joined(separator: ", "))
        }
    }

    /// A fault that only the caller can see.
    func fault(_ key: String, _ fault: String, _ remedy: String) { findings.add(place, key, fault, remedy) }

    private func value(_ key: String, isRequired: Bool) -> SettingValue? {
        known.insert(key)
        if values[key] == nil, isRequired { findings.add(place, key, "is missing", "add it") }
        return values[key]
    }

    private func notGiven<T>(_ key: String) -> T? {
        known.insert(key)
        return nil
    }

    private func otherKind<T>(_ key: String, _ value: SettingValue, _ wanted: String, _ otherwise: T) -> T {
        findings.add(place, key, "is \(value.kind)", "give \(wanted)")
        return otherwise
    }
}

extension TableReader {
    /// The values of a table in this one; `nil` (and a finding) unless it is there and a table.
    func tableValues(_ key: String) -> [String: SettingValue]? { table(key)?.values }
}
