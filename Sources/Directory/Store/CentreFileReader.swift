import Foundation
package import Kernel
import TOMLKit

/// Reads the description of a centre from TOML text.
package enum CentreFileReader {
    /// What reading gave: the file when nothing is wrong with it, else everything that is.
    package enum Outcome: Sendable {
        case file(CentreFile)
        case problems([CentreProblem])
    }

    /// Bytes of a file; 20,000 people with their skills need a tenth of it.
    package static let mostBytes = 32 * 1_024 * 1_024

    /// Reads and checks. Never throws: every fault is a `CentreProblem` with its place and remedy, at most a hundred.
    package static func read(_ text: String) -> Outcome {
        let findings = Findings()
        guard text.utf8.count <= mostBytes else {
            findings.add("the file", "", "is longer than \(mostBytes) bytes", "split the centre")
            return .problems(findings.problems)
        }
        let table: TOMLTable
        do { table = try TOMLTable(string: text) } catch let error as TOMLParseError {
            findings.add(
                "line \(error.source.begin.line)", "", "is not TOML (\(error.description))",
                "check quotes, brackets and keys that occur twice")
            return .problems(findings.problems)
        } catch {
            findings.add("the file", "", "is not TOML", "check its quotes and brackets")
            return .problems(findings.problems)
        }
        let top = TableReader(place: "the file", values: values(of: table), findings: findings)
        let file = CentreFile(top: top, findings: findings)
        if !file.tenant.zone.isEmpty, zone(file.tenant.zone) == nil {
            findings.add(
                "[tenant]", "zone", "'\(file.tenant.zone)' is no time zone",
                "use an IANA name like \"Asia/Shanghai\"")
        }
        CentreCheck(file, findings: findings).run()
        return findings.problems.isEmpty ? .file(file) : .problems(findings.problems)
    }

    /// A digest of what a file says, whatever a version of the program makes of it: comments, order and layout do not
    /// matter. Throws for what is not TOML.
    static func digest(of text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let said = try encoder.encode(SettingValue.table(values(of: try TOMLTable(string: text))))
        return hexadecimal(SHA256.digest([UInt8](said)))
    }

    /// Reads, or throws `Problem(.invalid)` whose message lists every fault in a line of its own.
    package static func file(from text: String) throws -> CentreFile {
        switch read(text) {
        case .file(let file): return file
        case .problems(let problems):
            throw Problem(
                .invalid, problems.map(\.description).joined(separator: "\n"),
                details: ["reason": "centreFile", "count": "\(problems.count)"])
        }
    }

    /// The changes of a zone's clock from 2000 to 2099; `nil` for a name that the system does not know.
    package static func zone(_ name: String) -> ZoneTransitions? {
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        var moment = Date(timeIntervalSince1970: 946_684_800)
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        let initial = zone.secondsFromGMT(for: moment)
        var transitions: [ZoneTransitions.Transition] = []
        while transitions.count < ZoneTransitions.maximumTransitions,
            let next = zone.nextDaylightSavingTimeTransition(after: moment), next > moment, next < end
        {
            let milliseconds = Int64((next.timeIntervalSince1970 * 1_000).rounded())
            transitions.append(
                .init(
                    at: Timestamp(milliseconds: milliseconds),
                    offset: zone.secondsFromGMT(for: next.addingTimeInterval(1))))
            moment = next
        }
        return try? ZoneTransitions(name: name, initialOffset: initial, transitions: transitions)
    }

    private static func values(of table: TOMLTable) -> [String: SettingValue] {
        var values: [String: SettingValue] = [:]
        for key in table.keys {
            if let found = table[key] { values[key] = value(of: found) }
        }
        return values
    }

    private static func value(of found: any TOMLValueConvertible) -> SettingValue {
        switch found.type {
        case .string: .text(found.string ?? "")
        case .int: .number(found.int ?? 0)
        case .bool: .flag(found.bool ?? false)
        case .double: .other("a fraction")
        case .array: .list(found.array.map { $0.map { value(of: $0) } } ?? [])
        case .table: .table(found.table.map { values(of: $0) } ?? [:])
        case .date, .time, .dateTime: .other("a date without quotes")
        }
    }
}
