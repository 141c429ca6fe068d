/// Something that is wrong in the description of a centre: where, what, and what to do about it.
package struct CentreProblem: Hashable, Sendable, CustomStringConvertible {
    /// The table, with the key of its row: `[[queue]] client`.
    package var place: String
    /// The key inside the table; empty when the table itself is meant.
    package var key: String
    /// What is wrong.
    package var fault: String
    /// What to do.
    package var remedy: String

    package init(place: String, key: String, fault: String, remedy: String) {
        self.place = place
        self.key = key
        self.fault = fault
        self.remedy = remedy
    }

    package var description: String { "\(place)\(key.isEmpty ? "" : ", \(key)"): \(fault); \(remedy)." }
}

/// Collects problems while a file is read and checked, so that one look shows them all.
final class Findings {
    /// Problems kept; a file with more is wrong altogether.
    static let most = 100

    private(set) var problems: [CentreProblem] = []

    func add(_ place: String, _ key: String, _ fault: String, _ remedy: String) {
        guard problems.count < Self.most else { return }
        problems.append(CentreProblem(place: place, key: key, fault: fault, remedy: remedy))
    }
}
