import Foundation
import Kernel
import Sheets

/// Asks for a draft in the terminal, in Chinese or English, with the defaults in brackets.
package struct Wizard {
    /// How often a question is asked again before it is given up.
    private static let mostAttempts = 5
    private var draft: CentreDraft
    private let ask: (String) -> String?
    private let tell: (String) -> Void

    /// - Parameters:
    ///   - draft: the defaults.
    ///   - ask: shows a question and returns the line that was typed; `nil` when nothing more comes.
    ///   - tell: shows why an answer will not do.
    package init(_ draft: CentreDraft, ask: @escaping (String) -> String?, tell: @escaping (String) -> Void) {
        self.draft = draft
        self.ask = ask
        self.tell = tell
    }

    /// The draft as it was answered.
    ///
    /// - Throws: `Problem(.invalid)` when the answers end early.
    package mutating func run() throws -> CentreDraft {
        try question(("单位名称", "Name of the company"), \.company)
        try question(("时区", "Time zone"), \.zone)
        try question(("客户拨打的号码", "Number that callers dial"), \.number)
        try question(
            (
                "中继的IP地址或网段（127.0.0.1 只接受本机）",
                "Address or network of the trunk (127.0.0.1 is this machine alone)"
            ),
            \.trunk)
        try question(("管理员工号", "Number of the administrator"), \.administrator)
        try people()
        return draft
    }

    private func text(_ words: (chinese: String, english: String)) -> String {
        draft.language == "zh-CN" ? words.chinese : words.english
    }

    private mutating func question(
        _ words: (String, String), _ field: WritableKeyPath<CentreDraft, String>
    ) throws {
        for _ in 0..<Self.mostAttempts {
            let former = draft[keyPath: field]
            let prompt = text(words) + (former.isEmpty ? ": " : " [\(former)]: ")
            guard let line = ask(prompt) else { throw Self.ended }
            let answer = line.trimmingCharacters(in: .whitespaces)
            var next = draft
            if !answer.isEmpty { next[keyPath: field] = answer }
            // What is asked later may still be missing, so the name stands in for itself.
            var probe = next
            if field != \CentreDraft.company, probe.company.isEmpty { probe.company = "-" }
            do {
                try probe.check()
                draft = next
                return
            } catch let problem as Problem { tell(problem.message) }
        }
        throw Self.ended
    }

    private mutating func people() throws {
        let words = (
            "人员名单CSV文件（工号,姓名,角色；可留空）", "CSV file of people (number,name,role; may be empty)"
        )
        for _ in 0..<Self.mostAttempts {
            guard let line = ask(text(words) + ": ") else { throw Self.ended }
            let path = line.trimmingCharacters(in: .whitespaces)
            if path.isEmpty { return }
            do {
                try draft.takePeople(file: path)
                return
            } catch let problem as Problem { tell(problem.message) }
        }
        throw Self.ended
    }

    private static let ended = Problem(
        .invalid,
        "The answers ended before everything was known. Begin again, or give options: `hotline init --help`.",
        details: ["reason": "init.incomplete"])
}

extension CentreDraft {
    /// As `takePeople(csv:)`, from a file.
    package mutating func takePeople(file path: String) throws {
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Problem(
                .notFound, "The file \(path) cannot be read.", cause: error, details: ["field": "people"])
        }
        try takePeople(csv: TableText.text([UInt8](bytes)))
    }
}
