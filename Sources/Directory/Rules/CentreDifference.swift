import Contracts
import Kernel

/// What one version of the centre has that another has not, in the words of the centre's file.
enum CentreDifference {
    struct Change: Codable, Hashable, Sendable {
        enum Kind: String, Codable, Hashable, Sendable { case added, changed, removed }
        struct Field: Codable, Hashable, Sendable {
            var field: String
            var before: SettingValue?
            var after: SettingValue?
        }
        /// `general`, `announcements`, or the word of a section.
        var section: String
        /// Empty for `general`.
        var key: String
        var kind: Kind
        var fields: [Field]
    }

    /// In the order of the sections, then of the rows as they are now, then of those that are gone.
    static func changes(from former: Centre, to next: Centre) -> [Change] {
        let (old, new) = (CentreEditor(former), CentreEditor(next))
        var changes: [Change] = []
        let fields = Self.fields(old.general, new.general)
        if !fields.isEmpty {
            changes.append(Change(section: "general", key: "", kind: .changed, fields: fields))
        }
        for section in CentreSection.all {
            changes += Self.changes(section.word, section.rows(of: old.file), section.rows(of: new.file))
        }
        return changes
            + Self.changes(
                "announcements", former.announcements.map(Self.row), next.announcements.map(Self.row))
    }

    private static func changes(
        _ section: String, _ former: [CentreSection.Row], _ next: [CentreSection.Row]
    ) -> [Change] {
        let before = Dictionary(former.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(next.map(\.key))
        let present = next.compactMap { row -> Change? in
            let old = before[row.key]
            guard old != row else { return nil }
            return Change(
                section: section, key: row.key, kind: old == nil ? .added : .changed,
                fields: fields(
                    old?.hidden.values ?? [:], row.hidden.values, evenIfSame: old?.values, row.values))
        }
        let gone = former.filter { !after.contains($0.key) }.map {
            Change(section: section, key: $0.key, kind: .removed, fields: fields($0.hidden.values, [:]))
        }
        return present + gone
    }

    /// Fields that differ; those whose secret alone differs are told with what is shown of them.
    private static func fields(
        _ before: [String: SettingValue], _ after: [String: SettingValue],
        evenIfSame secretBefore: [String: SettingValue]? = nil, _ secretAfter: [String: SettingValue] = [:]
    ) -> [Change.Field] {
        Set(before.keys).union(after.keys).sorted().compactMap { key in
            let isSecretChange = secretBefore.map { $0[key] != secretAfter[key] } ?? false
            guard before[key] != after[key] || isSecretChange else { return nil }
            return Change.Field(field: SettingValue.apiKey(key), before: before[key], after: after[key])
        }
    }

    private static func row(_ announcement: CentreAnnouncement) -> CentreSection.Row {
        var values: [String: SettingValue] = [
            "board": .text(announcement.board), "texts": .names(announcement.texts),
        ]
        if let from = announcement.from { values["from"] = .number(Int(from.milliseconds)) }
        if let until = announcement.until { values["until"] = .number(Int(until.milliseconds)) }
        if announcement.needsReceipt == true { values["needs_receipt"] = .flag(true) }
        return CentreSection.Row(key: announcement.id.description, values: values)
    }
}

extension CentreSection.Row {
    /// With dots in place of a phone's password.
    fileprivate var hidden: CentreSection.Row {
        guard case .table(var phone)? = values["phone"], phone["password"] != nil else { return self }
        phone["password"] = .text("•••")
        var row = self
        row.values["phone"] = .table(phone)
        return row
    }
}
