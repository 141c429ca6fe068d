import Kernel

/// A kind of row of the centre that is administered: people, seats, queues and so on.
struct CentreSection: Sendable {
    /// As in addresses: `break-reasons`.
    let word: String
    /// As in the file: `break_reason`.
    let table: String
    /// What names a row: `key` or `number`.
    let naming: String
    private let read: @Sendable (CentreFile) -> [Row]
    private let write: @Sendable (inout CentreFile, TableReader, String?) -> Void
    private let drop: @Sendable (inout CentreFile, String) -> Void

    /// A row by its name.
    struct Row: Hashable, Sendable {
        var key: String
        var values: [String: SettingValue]
    }

    /// In the order of the file.
    func rows(of file: CentreFile) -> [Row] { read(file) }

    /// Reads a row into the file: in place of the one with this name, or behind the others.
    func put(_ row: TableReader, inPlaceOf key: String?, in file: inout CentreFile) { write(&file, row, key) }

    func remove(_ key: String, from file: inout CentreFile) { drop(&file, key) }

    private init<Item>(
        _ word: String, _ table: String, naming: String = "key",
        _ list: any WritableKeyPath<CentreFile, [Item]> & Sendable,
        _ key: any KeyPath<Item, String> & Sendable,
        values: @escaping @Sendable (Item) -> [String: SettingValue],
        item: @escaping @Sendable (TableReader) -> Item
    ) {
        self.word = word
        self.table = table
        self.naming = naming
        read = { file in
            file[keyPath: list].map { Row(key: $0[keyPath: key], values: values($0)) }
        }
        write = { file, reader, former in
            let new = item(reader)
            if let former, let place = file[keyPath: list].firstIndex(where: { $0[keyPath: key] == former }) {
                file[keyPath: list][place] = new
            } else {
                file[keyPath: list].append(new)
            }
        }
        drop = { file, name in file[keyPath: list].removeAll { $0[keyPath: key] == name } }
    }

    static let people = CentreSection(
        "people", "person", naming: "number", \.people, \.number, values: { $0.values },
        item: { CentreFile.Person($0) })
    static let seats = CentreSection(
        "seats", "seat", naming: "number", \.seats, \.number, values: { $0.values },
        item: { CentreFile.Seat($0) })

    /// Every kind, in the order of the file.
    static let all = [
        people, seats,
        CentreSection(
            "queues", "queue", \.queues, \.key, values: { $0.values }, item: { CentreFile.Queue($0) }),
        CentreSection(
            "skills", "skill", \.skills, \.key, values: { $0.values }, item: { CentreFile.Skill($0) }),
        CentreSection("sites", "site", \.sites, \.key, values: { $0.values }, item: { CentreFile.Site($0) }),
        CentreSection(
            "numbers", "number", naming: "number", \.numbers, \.number, values: { $0.values },
            item: { CentreFile.Number($0) }),
        CentreSection(
            "trunks", "trunk", \.trunks, \.key, values: { $0.values }, item: { CentreFile.Trunk($0) }),
        CentreSection(
            "calendars", "calendar", \.calendars, \.key, values: { $0.values },
            item: { CentreFile.Calendar($0) }),
        CentreSection(
            "break-reasons", "break_reason", \.breakReasons, \.key, values: { $0.values },
            item: { CentreFile.BreakReason($0) }),
        CentreSection(
            "request-types", "request_type", \.requestTypes, \.key, values: { $0.values },
            item: { CentreFile.RequestType($0) }),
        CentreSection(
            "dispositions", "disposition", \.dispositions, \.key, values: { $0.values },
            item: { CentreFile.Disposition($0) }),
    ]
}

extension CentreSection.Row {
    /// Without what nobody may read again: a phone's password.
    var shown: CentreSection.Row {
        guard case .table(var phone)? = values["phone"], phone["password"] != nil else { return self }
        phone["password"] = nil
        phone["has_password"] = .flag(true)
        var row = self
        row.values["phone"] = .table(phone)
        return row
    }

    /// With the password that `shown` left out, when it is not given anew.
    func completed(by former: CentreSection.Row) -> CentreSection.Row {
        guard case .table(var phone)? = values["phone"] else { return self }
        phone["has_password"] = nil
        if phone["uri"] == nil, phone["password"] == nil, case .table(let known)? = former.values["phone"] {
            phone["password"] = known["password"]
        }
        var row = self
        row.values["phone"] = .table(phone)
        return row
    }
}
