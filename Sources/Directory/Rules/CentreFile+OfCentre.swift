import Contracts
import Kernel

extension CentreFile {
    /// A centre in the words of its file, without its announcements: the other way round of `centre(version:zone:known:)`.
    ///
    /// Versions that were kept before skills had names give them the words `skill-1`, `skill-2` and so on.
    init(_ centre: Centre) {
        let skillWords = Self.skillWords(of: centre)
        let queueWords = Dictionary(
            centre.queues.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        func levels(_ demands: [SkillDemand]) -> [String: Int] {
            Dictionary(
                demands.map { (skillWords[$0.skill] ?? "\($0.skill)", $0.level) },
                uniquingKeysWith: { first, _ in first })
        }
        func overflow(_ queue: QueueID?) -> Overflow {
            queue.flatMap { queueWords[$0] }.map { .queue($0) } ?? .dissuade
        }
        tenant = Tenant(
            key: centre.key ?? "", name: centre.name, zone: centre.zone,
            businessDayStarts: centre.businessDayStarts ?? .midnight)
        limits = Limits(
            seats: centre.mostSeats, lines: centre.mostLines,
            whenLinesFull: centre.numbers.lazy.compactMap(\.overflowTo).first.map { .overflow(to: $0) }
                ?? .busy)
        prompts = Prompts(directory: "prompts")
        sites = centre.sites.map { Site(key: $0.key, names: $0.names) }
        trunks = centre.trunks.map {
            Trunk(
                key: $0.name, addresses: $0.sources, origin: Origin(rawValue: $0.origin) ?? .external,
                rules: $0.rules)
        }
        let onlyTrunk = centre.trunks.first?.name ?? ""
        numbers = centre.numbers.map {
            Number(
                number: $0.number, flow: $0.flow, trunk: $0.trunk ?? onlyTrunk,
                takesWebCalls: $0.takesWebCalls ?? false)
        }
        skills = skillWords.sorted { $0.value < $1.value }.map { id, word in
            Skill(key: word, names: centre.skills.first { $0.id == id }?.names ?? ["en": word])
        }
        if !centre.skills.isEmpty {
            skills = centre.skills.map { Skill(key: $0.key, names: $0.names) }
        }
        queues = centre.queues.map {
            Queue(
                key: $0.key, names: $0.names, skills: levels($0.skills),
                selection: $0.prefersHighestLevel ? .highestLevel : .longestIdle, priority: $0.priority,
                ringSeconds: $0.ringTimeout.wholeSeconds, wrapUpSeconds: $0.wrapUp.wholeSeconds,
                mostWaiting: $0.mostWaiting, whenFull: overflow($0.overflowWhenFull),
                longestWaitSeconds: $0.longestWait?.wholeSeconds,
                whenTooLong: overflow($0.overflowWhenTooLong),
                whenNobody: $0.refusesWhenNobody ? overflow($0.overflowWhenNobody) : nil,
                lastAgentMinutes: $0.lastAgentWithin.map { $0.wholeSeconds / 60 },
                answersItself: $0.answersItself ?? false,
                shortAbandonSeconds: $0.shortAbandon.wholeSeconds, mostOnBreak: $0.mostOnBreak,
                breaksNeedApproval: $0.breaksNeedApproval ?? false)
        }
        people = Self.people(of: centre, levels: levels)
        seats = centre.seats.map { seat in
            let phone: Phone? =
                switch seat.phone {
                case nil: nil
                case .registered(let user, let password): .registered(user: user, password: password)
                case .fixed(let uri, let isAsked): .fixed(uri: uri, isAsked: isAsked ?? true)
                }
            return Seat(number: seat.number, site: seat.site ?? centre.sites.first?.key ?? "", phone: phone)
        }
        calendars = centre.calendars.map {
            Calendar(key: $0.key, weekly: $0.calendar.weekly, exceptions: $0.calendar.exceptions)
        }
        announcements = []
        requestTypes = centre.requestTypes.map {
            RequestType(
                key: $0.key, names: $0.names, initials: $0.initials, answerHours: $0.answerHours,
                fields: ($0.fields ?? []).map {
                    Field(key: $0.key, names: $0.names, isRequired: $0.isRequired)
                })
        }
        dispositions = centre.dispositions.map { Disposition(key: $0.key, names: $0.names) }
        breakReasons = centre.breakReasons.map {
            BreakReason(
                key: $0.key, names: $0.names, mostMinutes: $0.most.map { $0.wholeSeconds / 60 },
                isManagement: $0.isManagement)
        }
    }

    private static func people(of centre: Centre, levels: ([SkillDemand]) -> [String: Int]) -> [Person] {
        let agents = Dictionary(
            centre.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let people = centre.people.map { person in
            Person(
                number: person.number, name: person.name, skills: levels(agents[person.id]?.skills ?? []),
                roles: person.roles.compactMap { Role(rawValue: $0) }, team: person.team, site: person.site,
                isPartTime: person.isPartTime ?? false, born: person.born, joined: person.joined)
        }
        let known = Set(centre.people.map(\.id))
        // Versions kept before accounts came know agents alone.
        return people
            + centre.agents.filter { !known.contains($0.id) }.map {
                Person(number: $0.number, name: $0.name, skills: levels($0.skills), roles: [.agent])
            }
    }

    private static func skillWords(of centre: Centre) -> [SkillID: String] {
        guard centre.skills.isEmpty else {
            return Dictionary(
                centre.skills.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        }
        let used = Set(
            centre.queues.flatMap { $0.skills.map(\.skill) }
                + centre.agents.flatMap { $0.skills.map(\.skill) })
        return Dictionary(
            uniqueKeysWithValues: used.sorted().enumerated().map { ($1, "skill-\($0 + 1)") })
    }
}

extension TimeSpan {
    fileprivate var wholeSeconds: Int { Int(milliseconds / 1_000) }
}
