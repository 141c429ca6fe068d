import Kernel

/// The two languages of files and reports.
package enum SheetLanguage: String, CaseIterable, Sendable {
    case chinese = "zh-CN"
    case english = "en"

    /// Chinese when nothing is said. Throws `Problem(.invalid)` for another language.
    package init(_ text: String?) throws {
        guard let language = SheetLanguage(rawValue: text.flatMap { $0.isEmpty ? nil : $0 } ?? "zh-CN")
        else {
            throw Problem(.invalid, "'language' is zh-CN or en.", details: ["field": "language"])
        }
        self = language
    }

    package func callAsFunction(_ chinese: String, _ english: String) -> String {
        self == .chinese ? chinese : english
    }

    /// The name in this language, or any.
    package func name(_ names: [String: String]?) -> String? {
        names?[rawValue] ?? names?[""] ?? names?.sorted { $0.key < $1.key }.first?.value
    }
}
