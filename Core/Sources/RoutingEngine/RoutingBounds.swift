public import Kernel

/// The ends of everything in the engine that could grow or repeat, with the reason for each number.
public enum RoutingBounds {
    /// Interactions that wait, ring or talk; also lines, when the centre sets no limit. Ten times the size that one
    /// node is built for.
    public static let mostInteractions = 100_000
    /// Agents in the settings and signed in. Twice the size that one node is built for.
    public static let mostAgents = 20_000
    /// Queues in the settings.
    public static let mostQueues = 2_000
    /// Skills that one request may ask for beside the queue's own.
    public static let mostRequestSkills = 32
    /// Different sets of required skills that may wait at the same time; keeps the compatibility table below 50 MB.
    public static let mostDemandClasses = 16_384
    /// Empty sets of required skills that are kept because the next request probably asks for the same.
    public static let mostIdleDemandClasses = 256
    /// Queues that one interaction passes by overflow before it is dissuaded; longer chains are cycles.
    public static let mostOverflows = 8
    /// Levels above count as this one, for agents and for requirements.
    public static let highestLevel = 5
    /// How long an interaction avoids the agent whose offer came to nothing, unless another was tried before.
    public static let avoidance = TimeSpan.seconds(30)
    /// How long an agent whose phone is in use gets no offer.
    public static let busyBackOff = TimeSpan.seconds(10)
    /// Unanswered or declined offers within `avoidance` after which an agent gets none until the oldest is over.
    public static let mostDeclines = 16
    /// The longest wrap-up with all its extensions.
    public static let longestWrapUp = TimeSpan.minutes(30)
    /// The shortest time that a phone rings, whatever the settings say.
    public static let shortestRing = TimeSpan.seconds(1)
    /// The longest of any span in the settings; keeps sums of times far from overflow.
    public static let longestSpan = TimeSpan.hours(24 * 366)
    /// Deadlines that one input looks at to find those that are over; more than an input makes.
    public static let deadlinesSweptAtOnce = 8
    /// How long the last attempt of an interaction that left is remembered, so that a late answer to an old offer is
    /// not taken for an answer to a new one.
    public static let departureMemory = TimeSpan.minutes(10)
    /// Interactions that left and are remembered; the oldest are forgotten first.
    public static let mostDepartures = 20_000
}

extension TimeSpan {
    /// Between zero and `RoutingBounds.longestSpan`.
    var bounded: TimeSpan { min(max(self, .zero), RoutingBounds.longestSpan) }
}
