public import Kernel

/// Something to be heard, resolved to one language: a recorded file if there is one, else speech made from the text.
public struct Utterance: Codable, Hashable, Sendable {
    public var language: String
    public var text: String
    public var file: String?
    public init(language: String, text: String, file: String? = nil) {
        self.language = language
        self.text = text
        self.file = file
    }
}

/// An announcement in force, with its texts per language.
public struct ActiveAnnouncement: Codable, Hashable, Sendable {
    public var id: AnnouncementID
    public var board: String
    public var texts: [String: String]
    public init(id: AnnouncementID, board: String, texts: [String: String]) {
        self.id = id
        self.board = board
        self.texts = texts
    }
}

/// What a flow may ask about the world; values, so that the same question has the same answer in a replay.
public struct FlowContext: Sendable {
    public var announcements: [ActiveAnnouncement]
    /// Calendars by id; a missing one counts as closed and is a fact.
    public var calendars: [CalendarID: BusinessCalendar]
    public init(announcements: [ActiveAnnouncement] = [], calendars: [CalendarID: BusinessCalendar] = [:]) {
        self.announcements = announcements
        self.calendars = calendars
    }
}

/// What happened to the caller, in the past tense. What does not fit the present node changes nothing.
public enum FlowEvent: Codable, Hashable, Sendable {
    case started
    /// The play with this number ended by itself. Late ones (a later play has begun) are ignored.
    case playEnded(Int)
    /// The play with this number could not be heard: nothing could be made of its texts. The flow goes on, but a
    /// recording notice has not been given.
    case playFailed(Int)
    /// A key: `0`-`9`, `*`, `#`, `A`-`D`.
    case digitPressed(String)
    /// `nextDeadline` has come.
    case deadlineReached
    /// Answer to `askPosition`; `nil` when it does not wait any more.
    case positionTold(position: Int, wait: TimeSpan?)
    /// An agent's phone was answered; carries the agent's number (工号).
    case agentConnected(agentNumber: String)
    /// The agent vanished during the conversation and the caller waits again.
    case waitedAgain
    /// The conversation with the agent is over and the customer is still there. `toRating` when handed over.
    case conversationEnded
    /// The queue could not take or keep the caller.
    case queueRefused
}

/// What to do for the caller now. Plays are numbered within the call; a new one replaces the one before.
public enum FlowAction: Hashable, Sendable {
    case play(Int, [Utterance])
    /// Music until something else is played or `stopPlaying`.
    case playMusic(Int, name: String)
    case stopPlaying
    /// Spoken to customer and agent alike on connection.
    case playToBoth(Int, [Utterance])
    /// Ask for an agent with what the node says.
    case enterQueue(EnterQueue)
    /// Answer with `positionTold`.
    case askPosition
    case hangUp
    case fact(FlowFact)
}

/// What happened in the flow, for the event log: node names and scores, never digits.
public enum FlowFact: Codable, Hashable, Sendable {
    case flowStarted(FlowID, version: Int)
    case nodeEntered(NodeName)
    /// How a node was left: a choice's key, `noInput`, `noMatch`, `collected`, `failed`, `open`, `closed`, ...
    case nodeLeft(NodeName, exit: String)
    case recordingNoticeGiven(NodeName)
    case announcementSpoken(AnnouncementID)
    case rated(score: Int)
    case ratingSkipped
    /// The flow could not go on (a loop bound, a missing calendar); the call is ended politely.
    case flowFailed(NodeName, reason: String)
}
