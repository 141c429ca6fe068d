import Kernel

// The other way round of `CentreFile+Reading.swift`: reading what is written here gives the same row. What is as usual
// or absent is left out only where reading it gives it back.

extension [String: SettingValue] {
    fileprivate mutating func set(_ key: String, _ number: Int?) {
        if let number { self[key] = .number(number) }
    }
    fileprivate mutating func set(_ key: String, _ text: String?) {
        if let text { self[key] = .text(text) }
    }
}

extension SettingValue {
    static func texts(_ texts: [String]) -> SettingValue { .list(texts.map { .text($0) }) }
    static func numbers(_ numbers: [Int]) -> SettingValue { .list(numbers.map { .number($0) }) }
    static func names(_ names: [String: String]) -> SettingValue { .table(names.mapValues { .text($0) }) }
    static func levels(_ levels: [String: Int]) -> SettingValue { .table(levels.mapValues { .number($0) }) }
}

extension CentreFile.Site {
    var values: [String: SettingValue] { ["key": .text(key), "name": .names(names)] }
}

extension CentreFile.Skill {
    var values: [String: SettingValue] { ["key": .text(key), "name": .names(names)] }
}

extension CentreFile.Disposition {
    var values: [String: SettingValue] { ["key": .text(key), "name": .names(names)] }
}

extension CentreFile.BreakReason {
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = ["key": .text(key), "name": .names(names)]
        values.set("most_minutes", mostMinutes)
        if isManagement == true { values["management"] = .flag(true) }
        return values
    }
}

extension CentreFile.RequestType {
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = [
            "key": .text(key), "name": .names(names), "answer_hours": .number(answerHours),
        ]
        values.set("initials", initials)
        if !fields.isEmpty {
            values["fields"] = .list(
                fields.map {
                    .table([
                        "key": .text($0.key), "name": .names($0.names), "is_required": .flag($0.isRequired),
                    ])
                })
        }
        return values
    }
}

extension CentreFile.Number {
    var values: [String: SettingValue] {
        [
            "number": .text(number), "flow": .text(flow), "trunk": .text(trunk),
            "web_calls": .flag(takesWebCalls),
        ]
    }
}

extension CentreFile.Trunk {
    var values: [String: SettingValue] {
        [
            "key": .text(key), "addresses": .texts(addresses), "origin": .text(origin.rawValue),
            "plan": .text(rules.plan), "home_country": .text(rules.homeCountry),
            "home_area": .text(rules.homeArea), "international_prefixes": .texts(rules.internationalPrefixes),
            "national_prefix": .text(rules.nationalPrefix),
            "zero_before_mobile": .flag(rules.zeroBeforeMobile),
            "outside_prefix": .text(rules.outsidePrefix), "short_codes": .texts(rules.shortCodes),
            "local_lengths": .numbers(rules.localLengths),
            "national_lengths": .numbers(rules.nationalLengths),
            "minimum_length": .number(rules.minimumLength), "maximum_length": .number(rules.maximumLength),
            "dial_format": .text(CentreFile.DialWord(rules.dialFormat).rawValue),
            "dials_home_area": .flag(rules.dialsHomeArea),
        ]
    }
}

extension CentreFile.Overflow {
    var text: String {
        switch self {
        case .dissuade: "dissuade"
        case .queue(let key): Self.prefix + key
        }
    }
}

extension CentreFile.Queue {
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = [
            "key": .text(key), "name": .names(names), "skills": .levels(skills),
            "selection": .text(selection.rawValue), "priority": .number(priority),
            "ring_seconds": .number(ringSeconds), "wrap_up_seconds": .number(wrapUpSeconds),
            "most_waiting": .number(mostWaiting), "when_full": .text(whenFull.text),
            "when_too_long": .text(whenTooLong.text), "auto_answer": .flag(answersItself),
            "short_abandon_seconds": .number(shortAbandonSeconds),
            "breaks_need_approval": .flag(breaksNeedApproval),
        ]
        values.set("longest_wait_seconds", longestWaitSeconds)
        values.set("when_nobody", whenNobody?.text)
        values.set("last_agent_minutes", lastAgentMinutes)
        values.set("most_on_break", mostOnBreak)
        return values
    }
}

extension CentreFile.Person {
    /// Without the demonstration's password, which is no setting of the centre.
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = [
            "number": .text(number), "name": .text(name), "skills": .levels(skills),
            "roles": .texts(roles.map(\.rawValue)),
        ]
        values.set("team", team)
        values.set("site", site)
        if isPartTime { values["part_time"] = .flag(true) }
        if let born { values["born"] = .number(born) }
        values.set("joined", joined)
        return values
    }
}

extension CentreFile.Seat {
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = ["number": .text(number), "site": .text(site)]
        switch phone {
        case nil: break
        case .registered(let user, let password):
            values["phone"] = .table([
                "kind": .text("sip"), "user": .text(user), "password": .text(password),
            ])
        case .fixed(let uri, let isAsked):
            values["phone"] = .table(["kind": .text("sip"), "uri": .text(uri), "probe": .flag(isAsked)])
        }
        return values
    }
}

extension CentreFile.Calendar {
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = ["key": .text(key)]
        if weekly == .always {
            values["always"] = .flag(true)
        } else {
            values["weekly"] = .table(
                Dictionary(
                    uniqueKeysWithValues: zip(Weekday.allCases, Self.weekdays).map {
                        ($1, Self.texts(weekly[$0]))
                    }))
        }
        if !exceptions.isEmpty { values["exceptions"] = .list(exceptions.map(Self.exception)) }
        return values
    }

    private static func texts(_ intervals: [OpeningInterval]) -> SettingValue {
        .texts(intervals.map { "\($0.opens)-\($0.closes)" })
    }

    private static func exception(_ exception: DayException) -> SettingValue {
        var values: [String: SettingValue] = [
            "date": .text("\(exception.date)"),
            "name": .text(exception.name.isEmpty ? "-" : exception.name),
        ]
        switch exception.rule {
        case .closed: values["closed"] = .flag(true)
        case .hoursOf(let weekday): values["as"] = .text(weekdays[weekday.rawValue - 1])
        case .special(let hours): values["hours"] = texts(hours)
        }
        return .table(values)
    }
}

extension CentreFile.Tenant {
    var values: [String: SettingValue] {
        [
            "key": .text(key), "name": .text(name), "zone": .text(zone),
            "business_day_starts": .text("\(businessDayStarts)"),
        ]
    }
}

extension CentreFile.Limits {
    var values: [String: SettingValue] {
        var values: [String: SettingValue] = [:]
        values.set("seats", seats)
        values.set("lines", lines)
        switch whenLinesFull {
        case .busy: values["when_lines_full"] = .text("busy")
        case .overflow(let number): values["when_lines_full"] = .text(Self.overflowPrefix + number)
        }
        return values
    }
}
