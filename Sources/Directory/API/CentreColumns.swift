import Kernel
import Sheets

extension CentreSection {
    /// Columns of a section's file: the settings that its rows have, by their names in every language, so that a file
    /// that was taken can be changed and imported again.
    func columns(of rows: [Row]) -> [SheetColumn<Row>] {
        let first = [naming, "name", "skills", "roles", "team", "site"]
        // Whoever fills in what nobody has yet finds its column.
        let always = word == Self.people.word ? ["part_time", "born", "joined"] : []
        let present = Set(rows.flatMap(\.values.keys)).union([naming]).union(always)
        let others = present.subtracting(first).sorted()
        return (first.filter(present.contains) + others).map { key in
            let title = SettingValue.apiKey(key)
            return SheetColumn(title, title) { row, _ in row.values[key].map(Self.cell) ?? .empty }
        }
    }

    private static func cell(_ value: SettingValue) -> Sheet.Cell {
        if case .number(let number) = value { return .whole(number) }
        return .text(value.line)
    }
}

extension SettingValue {
    /// The value on one line: `a b` for a list, `erp:3 client:1` for a table.
    fileprivate var line: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let items): items.map(\.line).joined(separator: " ")
        case .table(let table):
            table.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.line)" }.joined(separator: " ")
        case .other(let kind): kind
        }
    }
}
