/// Figures in the text form that Prometheus reads (exposition format 0.0.4).
struct MetricsText {
    /// What kind of number a figure is.
    enum Kind: String { case gauge, counter }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    private(set) var text = ""

    /// One figure without labels; nothing when there is no value.
    mutating func add(_ name: String, _ help: String, _ value: Double?, as kind: Kind = .gauge) {
        guard let value else { return }
        add(name, help, [([], value)], as: kind)
    }

    /// One figure with a value for each set of labels; nothing when there are none.
    mutating func add(
        _ name: String, _ help: String, _ samples: [(labels: [(name: String, value: String)], value: Double)],
        as kind: Kind = .gauge
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            text += name + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
            text += " \(Self.number(sample.value))\n"
        }
    }

    /// Whole numbers without a fraction, up to where a `Double` counts exactly.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 9e15 ? String(Int64(value)) : String(value)
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
