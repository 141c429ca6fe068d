/// What figures are made of: counts and lengths of time, each a sum over facts (the longest wait is a maximum).
///
/// Lengths of time are milliseconds. The names are those of formulas, of the interface and of screens.
package enum Term: String, CaseIterable, Codable, Hashable, Sendable {
    // Entries into queues; they count in the interval in which the queue was entered (decision 13).
    /// Every entry; each ends in exactly one way.
    case offered
    /// Ended with an agent.
    case answered
    /// The customer left while waiting, short ones included.
    case abandoned
    /// The customer left before the queue's bound for short abandons; they are among `abandoned`.
    case shortAbandoned
    /// Went on to another queue, where it is another entry.
    case overflowed
    /// Ended with a promise to call back.
    case callback
    case voicemail
    /// Told that nobody can take it.
    case dissuaded
    /// Ended by the platform.
    case released
    /// Not ended yet.
    case waiting
    /// Answered within the seconds of the service level.
    case answeredIn
    /// Abandoned within them.
    case abandonedIn
    /// Answered within the seconds of the connect rate.
    case answeredInConnect
    /// Entries while the service calendar was open.
    case inHoursOffered
    case inHoursAnswered
    /// Wait of what was answered.
    case waitAnswered
    /// Longest wait of any entry that ended; a maximum, not a sum.
    case longestWait
    /// Ringing at the agent who answered.
    case ring
    /// Talk, hold and wrap-up of conversations.
    case talk
    case hold
    case wrapUp
    /// Conversations that ended.
    case handled
    // Time of staff; it counts where it is spent.
    case idle
    case ringing
    case talkTime
    case holdTime
    case wrapUpTime
    case notReady
    case onBreak
    /// Of the breaks, those whose reason is management.
    case management
    /// All of these together: from signing in to signing out.
    case signedIn
    /// Offers to agents, those that nobody took, and those declined.
    case offers
    case missed
    case declined
    /// Agents who were signed in, once for each business day; those among them who work part of the time; seats in use.
    case agentDays
    case partTimeDays
    case seatDays
    /// Business days of the period.
    case days
    // Contacts; they count when they arrive.
    case contacts
    /// Answered by the platform and ended without any queue.
    case selfServed
    /// Not answered at all.
    case rejected
    /// Contacts with a request type.
    case requests
    /// Ratings asked for, given, their sum, and those that are satisfied.
    case ratingsAsked
    case ratings
    case ratingSum
    case satisfied
    /// Served contacts of a known caller with no served one in the window before, once the window after them is over;
    /// and those of them after which the caller did not come again within it (mission D13).
    case issues
    case resolvedFirst

    /// Whether it is a length of time, in milliseconds.
    package var isDuration: Bool {
        switch self {
        case .waitAnswered, .longestWait, .ring, .talk, .hold, .wrapUp, .idle, .ringing, .talkTime, .holdTime,
            .wrapUpTime, .notReady, .onBreak, .management, .signedIn:
            true
        default: false
        }
    }
}

/// A value for each term; what is not there is 0.
package struct Terms: Hashable, Sendable {
    private var values: [Term: Int64] = [:]

    package init() {}
    package init(_ values: [Term: Int64]) { self.values = values }

    package subscript(term: Term) -> Int64 {
        get { values[term] ?? 0 }
        set { values[term] = newValue == 0 ? nil : newValue }
    }

    /// Adds another group's terms; of the longest wait the longer one stays.
    package mutating func add(_ other: Terms) {
        for (term, value) in other.values {
            self[term] = term == .longestWait ? max(self[term], value) : self[term] + value
        }
    }

    /// Those that are not 0, in the order of the terms.
    package var all: [(term: Term, value: Int64)] {
        Term.allCases.compactMap { term in values[term].map { (term, $0) } }
    }

    /// Entries that ended, by the law of conservation equal to `offered - waiting`.
    package var ended: Int64 {
        self[.answered] + self[.abandoned] + self[.overflowed] + self[.callback] + self[.voicemail]
            + self[.dissuaded] + self[.released]
    }
}
