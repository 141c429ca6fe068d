import Foundation
import Kernel

/// An empty centre before its first call: what the first run asks for.
package struct CentreDraft: Sendable {
    /// Somebody who works there.
    package struct Person: Sendable, Hashable {
        package var number: String
        package var name: String
        package var role: String
    }

    /// `zh-CN` or `en`: what callers hear first.
    package var language = "en"
    /// The organisation's name.
    package var company = ""
    /// IANA zone.
    package var zone = "Asia/Shanghai"
    /// What callers dial.
    package var number = "1000"
    /// Address or network of the trunk; loopback takes calls of this machine alone.
    package var trunk = "127.0.0.1"
    /// Everybody but the administrator.
    package var people: [Person] = []
    /// The administrator's number (工号).
    package var administrator = "9001"

    /// The languages that it can be made in.
    package static let languages = ["zh-CN", "en"]
    /// Roles of a line of the list of people.
    static let roles = ["agent", "supervisor"]
    /// People of one file.
    static let mostPeople = 2_000

    /// An English draft without a name.
    package init() {}

    /// Takes people from lines `number,name,role`; a line of headings and empty lines are passed over, and the role may be
    /// left out.
    ///
    /// - Throws: `Problem(.invalid)` that names the line and the remedy.
    package mutating func takePeople(csv text: String) throws {
        var people: [Person] = []
        var seen: Set<String> = [administrator]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces.union(["\""]))
            }
            guard !fields.allSatisfy(\.isEmpty) else { continue }
            let role = fields.count > 2 && !fields[2].isEmpty ? fields[2] : "agent"
            if people.isEmpty, seen.count == 1, !Self.isNumber(fields[0]),
                !fields[0].contains(where: \.isNumber)
            {
                continue
            }
            func refuse(_ reason: String) -> Problem {
                Problem(
                    .invalid, "Line \(index + 1) of the people: \(reason). Write number,name,role.",
                    details: ["field": "people", "line": String(index + 1)])
            }
            guard fields.count >= 2, !fields[1].isEmpty else { throw refuse("there is no name") }
            guard Self.isNumber(fields[0]) else {
                throw refuse("'\(fields[0])' is no number of 1 to 12 digits")
            }
            guard Self.roles.contains(role) else {
                throw refuse("the role must be one of \(Self.roles.joined(separator: ", "))")
            }
            guard seen.insert(fields[0]).inserted else { throw refuse("\(fields[0]) is there twice") }
            guard people.count < Self.mostPeople else { throw refuse("more than \(Self.mostPeople) people") }
            people.append(Person(number: fields[0], name: fields[1], role: role))
        }
        self.people = people
    }

    /// - Throws: `Problem(.invalid)` that names the field and the remedy.
    package func check() throws {
        func require(_ condition: Bool, _ field: String, _ rule: String) throws {
            guard condition else {
                throw Problem(.invalid, "\(field) must be \(rule).", details: ["field": field])
            }
        }
        try require(Self.languages.contains(language), "language", "zh-CN or en")
        let name = company.trimmingCharacters(in: .whitespaces)
        try require(!name.isEmpty && name.count <= 100, "company", "a name of 1 to 100 characters")
        try require(
            TimeZone(identifier: zone) != nil && !zone.isEmpty, "zone", "an IANA zone such as Asia/Shanghai")
        try require(
            (3...15).contains(number.count) && number.allSatisfy { $0.isASCII && $0.isNumber }, "number",
            "3 to 15 digits")
        try require(
            !trunk.isEmpty && trunk.allSatisfy { "0123456789abcdefABCDEF.:/".contains($0) }, "trunk",
            "an address or a network, such as 192.0.2.1 or 192.0.2.0/24")
        try require(Self.isNumber(administrator), "administrator", "a number of 1 to 12 digits")
    }

    private static func isNumber(_ text: String) -> Bool {
        (1...12).contains(text.count) && text.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
