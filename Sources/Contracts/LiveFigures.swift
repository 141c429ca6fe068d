package import Kernel

/// What is going on at one moment, for wallboards and alarms: the routing desk's view in plain values.
package struct LiveFigures: Sendable {
    package struct Queue: Sendable {
        package var id: QueueID
        package var waiting: Int
        package var longestWait: TimeSpan?
        package var expectedWait: TimeSpan?
        /// Agents with the queue's skills; those below are among them.
        package var signedIn: Int
        package var ready: Int
        package var idle: Int
        package var ringing: Int
        package var talking: Int
        package var wrapUp: Int
        package init(
            id: QueueID, waiting: Int, longestWait: TimeSpan?, expectedWait: TimeSpan?, signedIn: Int,
            ready: Int, idle: Int, ringing: Int, talking: Int, wrapUp: Int
        ) {
            self.id = id
            self.waiting = waiting
            self.longestWait = longestWait
            self.expectedWait = expectedWait
            self.signedIn = signedIn
            self.ready = ready
            self.idle = idle
            self.ringing = ringing
            self.talking = talking
            self.wrapUp = wrapUp
        }
    }
    package struct Agent: Sendable {
        package var id: AgentID
        package var seat: SeatID
        /// `ready`, `notReady`, `break`.
        package var presence: String
        /// `idle`, `ringing`, `talking`, `hold`, `wrapUp`.
        package var activity: String
        package init(id: AgentID, seat: SeatID, presence: String, activity: String) {
            self.id = id
            self.seat = seat
            self.presence = presence
            self.activity = activity
        }
    }
    package var at: Timestamp
    package var calls: Int
    package var linesInUse: Int
    package var lineLimit: Int?
    package var seatsInUse: Int
    package var seatLimit: Int?
    package var queues: [Queue]
    package var agents: [Agent]
    package init(
        at: Timestamp, calls: Int, linesInUse: Int, lineLimit: Int?, seatsInUse: Int, seatLimit: Int?,
        queues: [Queue], agents: [Agent]
    ) {
        self.at = at
        self.calls = calls
        self.linesInUse = linesInUse
        self.lineLimit = lineLimit
        self.seatsInUse = seatsInUse
        self.seatLimit = seatLimit
        self.queues = queues
        self.agents = agents
    }
}

/// Who knows what is going on.
package protocol LiveSource: Sendable {
    func liveFigures() async -> LiveFigures
}
