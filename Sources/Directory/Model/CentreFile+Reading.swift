import Contracts
import Kernel

extension CentreFile {
    /// Rows of a kind that one file may have.
    enum Most {
        static let sites = 200
        static let trunks = 200
        static let numbers = 2_000
        static let skills = 500
        static let queues = 1_000
        static let people = 20_000
        static let seats = 20_000
        static let calendars = 200
        static let announcements = 500
        static let requestTypes = 200
        static let breakReasons = 50
    }

    private static let aDay = 86_400

    /// Reads the tables; everything that is missing or does not fit is noted in `findings`.
    init(top: TableReader, findings: Findings) {
        func table(_ key: String) -> TableReader {
            if let values = top.tableValues(key) {
                return TableReader(place: "[\(key)]", values: values, findings: findings)
            }
            return TableReader(place: "[\(key)]", values: [:], findings: findings)
        }
        func rows<Row>(
            _ key: String, _ most: Int, namedBy naming: String = "key", _ read: (TableReader) -> Row
        ) -> [Row] {
            top.rows(key, most: most, namedBy: naming).map { reader in
                let row = read(reader)
                reader.finish()
                return row
            }
        }
        let tenantTable = table("tenant")
        let limitsTable = table("limits")
        let promptsTable = table("prompts")
        tenant = Tenant(tenantTable)
        limits = Limits(limitsTable)
        prompts = Prompts(directory: promptsTable.text("directory", otherwise: "prompts"))
        for table in [tenantTable, limitsTable, promptsTable] { table.finish() }
        sites = rows("site", Most.sites) { Site($0) }
        trunks = rows("trunk", Most.trunks) { Trunk($0) }
        numbers = rows("number", Most.numbers, namedBy: "number") { Number($0) }
        skills = rows("skill", Most.skills) { Skill($0) }
        queues = rows("queue", Most.queues) { Queue($0) }
        people = rows("person", Most.people, namedBy: "number") { Person($0) }
        seats = rows("seat", Most.seats, namedBy: "number") { Seat($0) }
        calendars = rows("calendar", Most.calendars) { Calendar($0) }
        announcements = rows("announcement", Most.announcements) { Announcement($0) }
        requestTypes = rows("request_type", Most.requestTypes) { RequestType($0) }
        dispositions = rows("disposition", Most.requestTypes) { Disposition($0) }
        breakReasons =
            top.has("break_reason")
            ? rows("break_reason", Most.breakReasons) { BreakReason($0) } : BreakReason.usual
        top.finish()
    }
}

extension CentreFile.Site {
    init(_ table: TableReader) {
        self.init(key: table.text("key"), names: table.translations("name"))
    }
}

extension CentreFile.Skill {
    init(_ table: TableReader) {
        self.init(key: table.text("key"), names: table.translations("name"))
    }
}

extension CentreFile.Number {
    init(_ table: TableReader) {
        self.init(
            number: table.text("number"), flow: table.text("flow"), trunk: table.text("trunk"),
            takesWebCalls: table.flag("web_calls", otherwise: false))
    }
}

extension CentreFile.Seat {
    init(_ table: TableReader) {
        self.init(
            number: table.text("number"), site: table.text("site"),
            phone: table.table("phone").map { CentreFile.Phone($0) })
    }
}

extension CentreFile.RequestType {
    /// Fields that one type may ask for; a longer form belongs to a system of its own.
    private static let mostFields = 20

    init(_ table: TableReader) {
        self.init(
            key: table.text("key"), names: table.translations("name"),
            initials: table.optionalText("initials"), answerHours: table.number("answer_hours", 1...8_760),
            fields: table.rows("fields", most: Self.mostFields).map { row in
                let field = CentreFile.Field(
                    key: row.text("key"), names: row.translations("name"),
                    isRequired: row.flag("is_required", otherwise: false))
                row.finish()
                return field
            })
    }
}

extension CentreFile.Disposition {
    init(_ table: TableReader) {
        self.init(key: table.text("key"), names: table.translations("name"))
    }
}

extension CentreFile.BreakReason {
    /// What a file has that names none.
    static let usual = CentreBreakReason.usual.map {
        CentreFile.BreakReason(key: $0.key, names: $0.names, isManagement: $0.isManagement)
    }

    init(_ table: TableReader) {
        self.init(
            key: table.text("key"), names: table.translations("name"),
            mostMinutes: table.optionalNumber("most_minutes", 1...1_440),
            isManagement: table.flag("management", otherwise: false) ? true : nil)
    }
}

extension CentreFile.Tenant {
    init(_ table: TableReader) {
        key = table.text("key")
        name = table.text("name")
        zone = table.text("zone")
        let start = table.text("business_day_starts", otherwise: "00:00")
        if let time = LocalTime(start), time < .endOfDay {
            businessDayStarts = time
        } else {
            businessDayStarts = .midnight
            table.fault("business_day_starts", "'\(start)' is no time of day", "write it like \"00:00\"")
        }
    }
}

extension CentreFile.Limits {
    private static let range = 1...100_000
    static let overflowPrefix = "overflow:"

    init(_ table: TableReader) {
        seats = table.optionalNumber("seats", Self.range)
        lines = table.optionalNumber("lines", Self.range)
        whenLinesFull = .busy
        let rule = table.text("when_lines_full", otherwise: "busy")
        if rule.hasPrefix(Self.overflowPrefix) {
            whenLinesFull = .overflow(to: String(rule.dropFirst(Self.overflowPrefix.count)))
        } else if rule != "busy", !rule.isEmpty {
            table.fault(
                "when_lines_full", "'\(rule)' is unknown", "use \"busy\" or \"overflow:<number>\"")
        }
    }
}

extension CentreFile.Trunk {
    init(_ table: TableReader) {
        let usual = NumberingRules()
        key = table.text("key")
        addresses = table.texts("addresses")
        origin = table.word("origin", otherwise: .external)
        rules = NumberingRules(
            plan: table.anyText("plan", otherwise: usual.plan),
            homeCountry: table.text("home_country", otherwise: usual.homeCountry),
            homeArea: table.anyText("home_area", otherwise: usual.homeArea),
            internationalPrefixes: table.texts(
                "international_prefixes", otherwise: usual.internationalPrefixes),
            nationalPrefix: table.anyText("national_prefix", otherwise: usual.nationalPrefix),
            zeroBeforeMobile: table.flag("zero_before_mobile", otherwise: usual.zeroBeforeMobile),
            outsidePrefix: table.anyText("outside_prefix", otherwise: usual.outsidePrefix),
            shortCodes: table.texts("short_codes"),
            localLengths: table.numbers("local_lengths", 1...20, otherwise: usual.localLengths),
            nationalLengths: table.numbers("national_lengths", 1...20, otherwise: usual.nationalLengths),
            minimumLength: table.number("minimum_length", 1...32, otherwise: usual.minimumLength),
            maximumLength: table.number("maximum_length", 1...32, otherwise: usual.maximumLength),
            dialFormat: table.word("dial_format", otherwise: CentreFile.DialWord.national).format,
            dialsHomeArea: table.flag("dials_home_area", otherwise: usual.dialsHomeArea))
    }
}

extension CentreFile {
    /// The words for the ways of dialling.
    enum DialWord: String, CaseIterable {
        case e164
        case e164WithoutPlus = "e164_without_plus"
        case national

        init(_ format: NumberingRules.DialFormat) {
            self =
                switch format {
                case .e164: .e164
                case .e164WithoutPlus: .e164WithoutPlus
                case .national: .national
                }
        }

        var format: NumberingRules.DialFormat {
            switch self {
            case .e164: .e164
            case .e164WithoutPlus: .e164WithoutPlus
            case .national: .national
            }
        }
    }
}

extension CentreFile.Queue {
    /// The longest that any of the times of a queue may be, in seconds.
    private static let aDay = 86_400

    init(_ table: TableReader) {
        key = table.text("key")
        names = table.translations("name")
        skills = table.levels("skills")
        selection = table.word("selection", otherwise: .longestIdle)
        priority = table.number("priority", -1_000...1_000, otherwise: 0)
        ringSeconds = table.number("ring_seconds", 5...120, otherwise: 15)
        wrapUpSeconds = table.number("wrap_up_seconds", 0...3_600, otherwise: 20)
        mostWaiting = table.number("most_waiting", 0...100_000, otherwise: 1_000)
        whenFull = CentreFile.Overflow(table, "when_full") ?? .dissuade
        longestWaitSeconds = table.optionalNumber("longest_wait_seconds", 1...Self.aDay)
        whenTooLong = CentreFile.Overflow(table, "when_too_long") ?? .dissuade
        whenNobody = CentreFile.Overflow(table, "when_nobody")
        lastAgentMinutes = table.optionalNumber("last_agent_minutes", 1...525_600)
        answersItself = table.flag("auto_answer", otherwise: false)
        shortAbandonSeconds = table.number("short_abandon_seconds", 0...60, otherwise: 5)
        mostOnBreak = table.optionalNumber("most_on_break", 0...10_000)
        breaksNeedApproval = table.flag("breaks_need_approval", otherwise: false)
    }
}

extension CentreFile.Overflow {
    static let prefix = "overflow:"

    /// `nil` when the key is not there.
    fileprivate init?(_ table: TableReader, _ key: String) {
        guard let rule = table.optionalText(key) else { return nil }
        if rule.hasPrefix(Self.prefix) {
            self = .queue(String(rule.dropFirst(Self.prefix.count)))
        } else {
            if rule != "dissuade", !rule.isEmpty {
                table.fault(key, "'\(rule)' is unknown", "use \"dissuade\" or \"overflow:<key of a queue>\"")
            }
            self = .dissuade
        }
    }
}

extension CentreFile.Person {
    /// Years in which somebody who works can have been born.
    private static let birthYears = 1900...2100

    init(_ table: TableReader) {
        number = table.text("number")
        name = table.text("name")
        skills = table.levels("skills")
        team = table.optionalText("team")
        site = table.optionalText("site")
        isPartTime = table.flag("part_time", otherwise: false)
        born = table.optionalNumber("born", Self.birthYears)
        joined = table.optionalText("joined")
        if let joined, CivilDate(joined) == nil {
            table.fault("joined", "'\(joined)' is no day", "write it as \"2026-11-26\"")
        }
        demoPassword = table.optionalText("demo_password")
        roles = []
        for word in table.texts("roles", otherwise: ["agent"]) {
            if let role = Role(rawValue: word) {
                roles.append(role)
            } else {
                let words = Role.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                table.fault("roles", "'\(word)' is unknown", "use one of \(words)")
            }
        }
    }
}

extension CentreFile.Phone {
    init(_ table: TableReader) {
        self = .fixed(uri: "")
        let kind = table.text("kind")
        if !kind.isEmpty, kind != "sip" { table.fault("kind", "'\(kind)' is unknown", "use \"sip\"") }
        switch (table.has("uri"), table.has("user") || table.has("password")) {
        case (true, false):
            self = .fixed(uri: table.text("uri"), isAsked: table.flag("probe", otherwise: true))
        case (false, true): self = .registered(user: table.text("user"), password: table.text("password"))
        case (true, true):
            table.fault("uri", "stands beside user and password", "give either uri, or user and password")
            (_, _, _) = (
                table.optionalText("uri"), table.optionalText("user"), table.optionalText("password")
            )
        case (false, false):
            table.fault("user", "is missing", "give user and password, or uri for a fixed address")
        }
        table.finish()
    }
}

extension CentreFile.Calendar {
    init(_ table: TableReader) {
        key = table.text("key")
        weekly = .closed
        exceptions = []
        let isAlways = table.flag("always", otherwise: false)
        switch (isAlways, table.table("weekly")) {
        case (true, nil): weekly = .always
        case (false, let week?): weekly = Self.week(week)
        case (true, _?): table.fault("weekly", "stands beside always = true", "keep one of them")
        case (false, nil):
            if !table.has("weekly") {
                table.fault(
                    "weekly", "is missing",
                    "add weekly = { monday = [\"08:00-18:00\"], ... } or always = true")
            }
        }
        for row in table.rows("exceptions", most: BusinessCalendar.maximumExceptions, namedBy: "date") {
            if let exception = Self.exception(row) { exceptions.append(exception) }
            row.finish()
        }
    }

    static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    private static func week(_ table: TableReader) -> WeeklyHours {
        var week = WeeklyHours.closed
        for (weekday, name) in zip(Weekday.allCases, weekdays) { week[weekday] = intervals(table, name) }
        table.finish()
        return week
    }

    private static func intervals(_ table: TableReader, _ key: String) -> [OpeningInterval] {
        table.texts(key).compactMap { text in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
                LocalTime(String($0))
            }
            guard ends.count == 2, let opens = ends[0], let closes = ends[1], opens < .endOfDay else {
                table.fault(key, "'\(text)' is no interval", "write it like \"08:00-18:00\"")
                return nil
            }
            return OpeningInterval(opens: opens, closes: closes)
        }
    }

    private static func exception(_ table: TableReader) -> DayException? {
        let text = table.text("date")
        let name = table.text("name", otherwise: "-")
        let isClosed = table.flag("closed", otherwise: false)
        let weekday = table.optionalText("as")
        let hours = intervals(table, "hours")
        guard let date = CivilDate(text) else {
            if !text.isEmpty { table.fault("date", "'\(text)' is no date", "write it like \"2026-10-01\"") }
            return nil
        }
        guard [isClosed, weekday != nil, table.has("hours")].count(where: { $0 }) == 1 else {
            table.fault(
                "", "does not say what holds",
                "give exactly one of closed = true, as = \"monday\" and hours = [...]")
            return nil
        }
        if isClosed { return DayException(date, .closed, name: name) }
        guard let weekday else { return DayException(date, .special(hours), name: name) }
        guard let index = weekdays.firstIndex(of: weekday) else {
            table.fault("as", "'\(weekday)' is no weekday", "use one of " + weekdays.joined(separator: ", "))
            return nil
        }
        return DayException(date, .hoursOf(Weekday.allCases[index]), name: name)
    }
}

extension CentreFile.Announcement {
    init(_ table: TableReader) {
        func time(_ key: String) -> WallTime? {
            guard let text = table.optionalText(key) else { return nil }
            let time = WallTime(text)
            if time == nil { table.fault(key, "'\(text)' is no time", "write it like \"2026-11-22 18:00\"") }
            return time
        }
        key = table.text("key")
        board = table.text("board")
        texts = table.translations("text")
        from = time("from")
        until = time("until")
    }
}
