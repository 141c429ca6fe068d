import CallEngine
import Contracts
import FlowEngine
import Kernel
import RoutingEngine

/// Turns the centre as the directory knows it, with its published flows, into what the call engine decides by.
enum CentreSettings {
    /// - Parameters:
    ///   - flows: the published flow of each key that a number names. A number without its flow is left out, and
    ///     its callers are told that the number is unknown.
    ///   - now: which announcements are in force.
    static func callSettings(_ centre: Centre, flows: [String: Flow], at now: Timestamp) -> CallSettings {
        var numbers: [String: NumberSettings] = [:]
        for number in centre.numbers {
            guard let flow = flows[number.flow].map({ withUrgentNews($0, centre, at: now) }) else { continue }
            let rule: LinesFullRule = number.overflowTo.map { .overflow(to: $0) } ?? .busy
            numbers[number.number] = NumberSettings(flow: flow, whenLinesFull: rule)
        }
        let calendars = Dictionary(
            centre.calendars.map { ($0.id, $0.calendar) }, uniquingKeysWith: { first, _ in first })
        return CallSettings(
            routing: routingSettings(centre), numbers: numbers,
            context: FlowContext(
                announcements: centre.announcements.filter { $0.isInForce(at: now) }.map {
                    ActiveAnnouncement(id: $0.id, board: $0.board, texts: $0.texts)
                }, calendars: calendars),
            agentNumbers: Dictionary(
                centre.agents.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The flow as it is run now: with the urgent board in front while an announcement of it is in force.
    static func withUrgentNews(_ flow: Flow, _ centre: Centre, at now: Timestamp) -> Flow {
        let isUrgent = centre.announcements.contains { $0.board == UrgentNews.board && $0.isInForce(at: now) }
        return isUrgent ? UrgentNews.first(in: flow) : flow
    }

    /// When an announcement next begins or ends by itself: the settings are another then.
    static func nextChange(_ centre: Centre, after now: Timestamp) -> Timestamp? {
        centre.announcements.flatMap { [$0.from, $0.until] }.compactMap { $0 }.filter { $0 > now }.min()
    }

    static func routingSettings(_ centre: Centre) -> RoutingSettings {
        RoutingSettings(
            version: centre.version,
            queues: centre.queues.map(queueSettings),
            agents: centre.agents.map { agent in
                AgentSettings(
                    id: agent.id, skills: agent.skills.map { SkillLevel(skill: $0.skill, level: $0.level) },
                    lease: agent.lease)
            },
            limits: CentreLimits(seats: centre.mostSeats, lines: centre.mostLines))
    }

    private static func queueSettings(_ queue: CentreQueue) -> QueueSettings {
        func rule(_ overflow: QueueID?) -> OverflowRule { overflow.map { .overflow(to: $0) } ?? .dissuade }
        return QueueSettings(
            id: queue.id,
            skills: queue.skills.map { SkillRequirement(skill: $0.skill, minimumLevel: $0.level) },
            priority: queue.priority, selection: queue.prefersHighestLevel ? .highestLevel : .longestIdle,
            ringTimeout: queue.ringTimeout, wrapUp: queue.wrapUp, mostWaiting: queue.mostWaiting,
            whenFull: rule(queue.overflowWhenFull), longestWait: queue.longestWait,
            whenTooLong: rule(queue.overflowWhenTooLong),
            whenNobody: queue.refusesWhenNobody ? rule(queue.overflowWhenNobody) : nil,
            lastAgentWithin: queue.lastAgentWithin, shortAbandon: queue.shortAbandon,
            mostOnBreak: queue.mostOnBreak)
    }
}

extension CentreAnnouncement {
    func isInForce(at now: Timestamp) -> Bool {
        if let from, now < from { return false }
        if let until, now >= until { return false }
        return true
    }
}
