package import Contracts
package import Kernel

extension CentreFile {
    /// The centre with ids for keys, as the rest of the product knows it. For a file without problems.
    /// - Parameters:
    ///   - version: grows with every change.
    ///   - zone: the clock of `tenant.zone`.
    /// - Throws: `Problem(.invalid)` for a calendar that cannot be.
    package func centre(version: Int, zone: ZoneTransitions) throws -> Centre {
        let keys = CentreKeys(tenant: tenant.key)
        func demands(_ skills: [String: Int]) -> [SkillDemand] {
            skills.sorted { $0.key < $1.key }.map { SkillDemand(skill: keys.skill($0.key), level: $0.value) }
        }
        func queue(_ overflow: Overflow?) -> QueueID? {
            if case .queue(let key)? = overflow { keys.queue(key) } else { nil }
        }
        func moment(_ wall: WallTime?) -> Timestamp? { wall.map { zone.instant(of: $0.date, at: $0.time) } }
        var overflowTo: String?
        if case .overflow(let number) = limits.whenLinesFull { overflowTo = number }
        return Centre(
            tenant: keys.tenantID, name: tenant.name, zone: tenant.zone, version: version,
            mostSeats: limits.seats,
            mostLines: limits.lines,
            trunks: trunks.map {
                Contracts.Trunk(
                    name: $0.key, sources: $0.addresses, origin: $0.origin.rawValue, rules: $0.rules)
            },
            numbers: numbers.map {
                CentreNumber(
                    number: $0.number, flow: $0.flow, overflowTo: overflowTo,
                    takesWebCalls: $0.takesWebCalls ? true : nil)
            },
            queues: queues.map {
                CentreQueue(
                    id: keys.queue($0.key), key: $0.key, names: $0.names, skills: demands($0.skills),
                    priority: $0.priority, prefersHighestLevel: $0.selection == .highestLevel,
                    ringTimeout: .seconds(Int64($0.ringSeconds)), wrapUp: .seconds(Int64($0.wrapUpSeconds)),
                    mostWaiting: $0.mostWaiting, overflowWhenFull: queue($0.whenFull),
                    longestWait: $0.longestWaitSeconds.map { .seconds(Int64($0)) },
                    overflowWhenTooLong: queue($0.whenTooLong), refusesWhenNobody: $0.whenNobody != nil,
                    overflowWhenNobody: queue($0.whenNobody),
                    lastAgentWithin: $0.lastAgentMinutes.map { .minutes(Int64($0)) },
                    shortAbandon: .seconds(Int64($0.shortAbandonSeconds)),
                    answersItself: $0.answersItself ? true : nil)
            },
            agents: people.filter { $0.roles.contains(.agent) }.map {
                CentreAgent(
                    id: keys.person($0.number), number: $0.number, name: $0.name, skills: demands($0.skills))
            },
            people: people.map {
                CentrePerson(
                    id: keys.person($0.number), number: $0.number, name: $0.name,
                    roles: $0.roles.map(\.rawValue), team: $0.team, site: $0.site)
            },
            seats: seats.map { seat in
                let phone: Contracts.Phone =
                    switch seat.phone {
                    case .registered(let user, let password): .registered(user: user, password: password)
                    case .fixed(let uri, let isAsked): .fixed(uri: uri, isAsked: isAsked ? nil : false)
                    }
                return CentreSeat(id: keys.seat(seat.number), number: seat.number, phone: phone)
            },
            calendars: try calendars.map {
                let isAlways = $0.weekly == .always && $0.exceptions.isEmpty
                let calendar =
                    isAlways
                    ? BusinessCalendar.alwaysOpen(in: zone, version: version)
                    : try BusinessCalendar(
                        zone: zone, weekly: $0.weekly, exceptions: $0.exceptions, version: version)
                return CentreCalendar(id: keys.calendar($0.key), key: $0.key, calendar: calendar)
            },
            announcements: announcements.map {
                CentreAnnouncement(
                    id: keys.announcement($0.key), board: $0.board, texts: $0.texts, from: moment($0.from),
                    until: moment($0.until))
            },
            requestTypes: requestTypes.map {
                CentreRequestType(
                    key: $0.key, names: $0.names, initials: $0.initials, answerHours: $0.answerHours)
            },
            dispositions: dispositions.map { CentreDisposition(key: $0.key, names: $0.names) })
    }
}
