package import Contracts
package import Kernel

extension CentreFile {
    /// The centre with ids for keys, as the rest of the product knows it. For a file without problems.
    /// - Parameters:
    ///   - version: grows with every change.
    ///   - zone: the clock of `tenant.zone`.
    ///   - known: which ids stand already.
    /// - Throws: `Problem(.invalid)` for a calendar that cannot be.
    package func centre(version: Int, zone: ZoneTransitions, known: CentreKeys.Known = .none) throws -> Centre
    {
        let keys = CentreKeys(tenant: tenant.key, known: known)
        func moment(_ wall: WallTime?) -> Timestamp? { wall.map { zone.instant(of: $0.date, at: $0.time) } }
        var overflowTo: String?
        if case .overflow(let number) = limits.whenLinesFull { overflowTo = number }
        return Centre(
            tenant: keys.tenantID, key: tenant.key, name: tenant.name, zone: tenant.zone,
            businessDayStarts: tenant.businessDayStarts, version: version,
            mostSeats: limits.seats,
            mostLines: limits.lines,
            trunks: trunks.map {
                Contracts.Trunk(
                    name: $0.key, sources: $0.addresses, origin: $0.origin.rawValue, rules: $0.rules)
            },
            numbers: numbers.map {
                CentreNumber(
                    number: $0.number, flow: $0.flow, overflowTo: overflowTo,
                    takesWebCalls: $0.takesWebCalls ? true : nil, trunk: $0.trunk)
            },
            queues: queues.map { $0.queue(keys) },
            agents: people.filter { $0.roles.contains(.agent) }.map {
                CentreAgent(
                    id: keys.person($0.number), number: $0.number, name: $0.name,
                    skills: keys.demands($0.skills))
            },
            people: people.map {
                CentrePerson(
                    id: keys.person($0.number), number: $0.number, name: $0.name,
                    roles: $0.roles.map(\.rawValue), team: $0.team, site: $0.site,
                    isPartTime: $0.isPartTime ? true : nil, born: $0.born, joined: $0.joined)
            },
            seats: seats.map { $0.seat(keys) },
            calendars: try calendars.map { try $0.calendar(keys, zone: zone, version: version) },
            announcements: announcements.map {
                CentreAnnouncement(
                    id: keys.announcement($0.key), board: $0.board, texts: $0.texts, from: moment($0.from),
                    until: moment($0.until))
            },
            requestTypes: requestTypes.map(\.type),
            dispositions: dispositions.map { CentreDisposition(key: $0.key, names: $0.names) },
            breakReasons: breakReasons.map {
                CentreBreakReason(
                    key: $0.key, names: $0.names, most: $0.mostMinutes.map { .minutes(Int64($0)) },
                    isManagement: $0.isManagement)
            },
            skills: skills.map { CentreSkill(id: keys.skill($0.key), key: $0.key, names: $0.names) },
            sites: sites.map { CentreSite(key: $0.key, names: $0.names) })
    }
}

extension CentreKeys {
    fileprivate func demands(_ skills: [String: Int]) -> [SkillDemand] {
        skills.sorted { $0.key < $1.key }.map { SkillDemand(skill: skill($0.key), level: $0.value) }
    }

    fileprivate func queue(_ overflow: CentreFile.Overflow?) -> QueueID? {
        if case .queue(let key)? = overflow { queue(key) } else { nil }
    }
}

extension CentreFile.Queue {
    fileprivate func queue(_ keys: CentreKeys) -> CentreQueue {
        CentreQueue(
            id: keys.queue(key), key: key, names: names, skills: keys.demands(skills), priority: priority,
            prefersHighestLevel: selection == .highestLevel, ringTimeout: .seconds(Int64(ringSeconds)),
            wrapUp: .seconds(Int64(wrapUpSeconds)), mostWaiting: mostWaiting,
            overflowWhenFull: keys.queue(whenFull),
            longestWait: longestWaitSeconds.map { .seconds(Int64($0)) },
            overflowWhenTooLong: keys.queue(whenTooLong), refusesWhenNobody: whenNobody != nil,
            overflowWhenNobody: keys.queue(whenNobody),
            lastAgentWithin: lastAgentMinutes.map { .minutes(Int64($0)) },
            shortAbandon: .seconds(Int64(shortAbandonSeconds)), answersItself: answersItself ? true : nil,
            mostOnBreak: mostOnBreak, breaksNeedApproval: breaksNeedApproval ? true : nil)
    }
}

extension CentreFile.Seat {
    fileprivate func seat(_ keys: CentreKeys) -> CentreSeat {
        let phone: Contracts.Phone? =
            switch phone {
            case nil: nil
            case .registered(let user, let password): .registered(user: user, password: password)
            case .fixed(let uri, let isAsked): .fixed(uri: uri, isAsked: isAsked ? nil : false)
            }
        return CentreSeat(id: keys.seat(number), number: number, phone: phone, site: site)
    }
}

extension CentreFile.Calendar {
    fileprivate func calendar(
        _ keys: CentreKeys, zone: ZoneTransitions, version: Int
    ) throws -> CentreCalendar {
        let isAlways = weekly == .always && exceptions.isEmpty
        let calendar =
            isAlways
            ? BusinessCalendar.alwaysOpen(in: zone, version: version)
            : try BusinessCalendar(zone: zone, weekly: weekly, exceptions: exceptions, version: version)
        return CentreCalendar(id: keys.calendar(key), key: key, calendar: calendar)
    }
}

extension CentreFile.RequestType {
    fileprivate var type: CentreRequestType {
        CentreRequestType(
            key: key, names: names, initials: initials, answerHours: answerHours,
            fields: fields.isEmpty
                ? nil : fields.map { .init(key: $0.key, names: $0.names, isRequired: $0.isRequired) })
    }
}
