import Foundation
import Kernel

extension CentreFault {
    /// A finding as the API tells it.
    private struct Told: Encodable {
        var place: String
        var field: String
        var fault: String
        var remedy: String

        init(_ problem: CentreProblem) {
            place = problem.place
            // A table inside the row belongs to the row's field: `[[seat]] 01, phone` with `password` is `phone`.
            let inner = problem.place.components(separatedBy: ", ").dropFirst().first
            field = SettingValue.apiKey(inner ?? problem.key)
            fault = problem.fault
            remedy = problem.remedy
        }
    }

    /// The answer to who asked for the change.
    var problem: Problem {
        switch self {
        case .notFound(let section, let key):
            Problem(
                .notFound, "There is no \(key.prefix(64)) in \(section.word).",
                details: ["field": section.naming])
        case .exists(let section, let key):
            Problem(
                .conflict, "There is a row \(key.prefix(64)) in \(section.word) already; change that one.",
                details: ["reason": "exists", "field": section.naming])
        case .keyChanged(let section):
            Problem(
                .invalid, "\(section.naming) cannot be changed; make a new row and remove this one.",
                details: ["reason": "keyChanged", "field": section.naming])
        case .findings(let problems):
            Problem(
                .invalid, problems.first.map(\.description) ?? "This cannot be kept.",
                details: [
                    "reason": "centreFindings", "field": problems.first.map { Told($0).field } ?? "",
                    "findings": Self.json(problems.map(Told.init)),
                ])
        case .inUse(let uses):
            Problem(
                .conflict, "It is in use: \(uses.prefix(5).joined(separator: "; ")). Change those first.",
                details: ["reason": "inUse", "uses": Self.json(uses)])
        case .changedMeanwhile:
            Problem(
                .conflict, "Somebody has changed this meanwhile; read it again and decide.",
                details: ["reason": "changedMeanwhile"])
        }
    }

    /// Does the work, with its faults as answers.
    static func asProblem<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let fault as CentreFault { throw fault.problem }
    }

    /// Texts in a list always have a JSON form.
    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}
