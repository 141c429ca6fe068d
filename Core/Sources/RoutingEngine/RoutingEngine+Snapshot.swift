import Kernel

/// The whole state without anything that follows from it, each list in the order of its ids.
private struct Snapshot: Codable {
    struct Line: Codable {
        var interaction: InteractionID
        var since: Timestamp
    }
    struct Experience: Codable {
        var queue: QueueID
        var handling: HandlingTime
    }

    /// The engine's version that wrote it.
    var engine: Int
    var clock: Timestamp
    var settings: RoutingSettings
    var experience: [Experience]
    var agents: [AgentState]
    var interactions: [InteractionState]
    var lines: [Line]
    var departures: [Departures.Departure]
    var readyTurns: Int
}

/// The snapshot with which a journal segment opens (decision 3). Restored, it goes on exactly like the original.
extension RoutingEngine: Codable {
    public func encode(to encoder: any Encoder) throws {
        let snapshot = Snapshot(
            engine: Self.version, clock: clock, settings: settings,
            experience: queues.map { .init(queue: $0.settings.id, handling: $0.handling) },
            agents: agents.values, interactions: interactions.values,
            lines: lines.held.sorted { $0.key < $1.key }.map { .init(interaction: $0.key, since: $0.value) },
            departures: departures.all, readyTurns: readyTurns)
        try snapshot.encode(to: encoder)
    }

    /// Reads what `encode` wrote; throws `DecodingError` for another engine version or a state that cannot be.
    public init(from decoder: any Decoder) throws {
        let snapshot = try Snapshot(from: decoder)
        func corrupt(_ description: String) -> DecodingError {
            .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: description))
        }
        guard snapshot.engine == Self.version else {
            throw corrupt("the snapshot is of routing engine version \(snapshot.engine)")
        }
        self.init()
        clock = snapshot.clock
        settings = snapshot.settings
        layOut()
        for experience in snapshot.experience {
            guard let queue = queueIndex[experience.queue] else { continue }
            queues[queue].handling = experience.handling
        }
        for agent in snapshot.agents {
            guard agents.slot(of: agent.id) == nil, seats[agent.seat] == nil else {
                throw corrupt("agent \(agent.id) or the seat occurs twice")
            }
            _ = agents.insert(agent, for: agent.id)
            seats[agent.seat] = agent.id
        }
        for interaction in snapshot.interactions {
            guard interactions.slot(of: interaction.id) == nil else {
                throw corrupt("interaction \(interaction.id) occurs twice")
            }
            _ = interactions.insert(interaction, for: interaction.id)
        }
        for line in snapshot.lines { lines.held[line.interaction] = line.since }
        departures = Departures(snapshot.departures)
        readyTurns = snapshot.readyTurns
        enrolAgents()
        guard enrolInteractions().isEmpty else { throw corrupt("an interaction waits in an unknown queue") }
        renewDeadlines()
        if let violation = structureViolations().first { throw corrupt(violation) }
    }
}
