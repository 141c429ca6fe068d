package import Kernel

/// The readable description of a centre: what an operator writes into one file.
///
/// Keys are words that the tables use for each other; ids follow from them (`CentreKeys`), so that reading the file
/// again keeps every id.
package struct CentreFile: Codable, Hashable, Sendable {
    /// Levels of a skill: 1 is a beginner, 5 an expert.
    package static let levels = 1...5

    package var tenant: Tenant
    package var limits: Limits
    package var prompts: Prompts
    package var sites: [Site]
    package var trunks: [Trunk]
    package var numbers: [Number]
    package var skills: [Skill]
    package var queues: [Queue]
    package var people: [Person]
    package var seats: [Seat]
    package var calendars: [Calendar]
    package var announcements: [Announcement]
    package var requestTypes: [RequestType]
    package var dispositions: [Disposition]
    package var breakReasons: [BreakReason]

    /// `[tenant]`: the organisation.
    package struct Tenant: Codable, Hashable, Sendable {
        /// Never changes: every id follows from it.
        package var key: String
        package var name: String
        /// IANA name of the zone whose days count.
        package var zone: String
        package var businessDayStarts: LocalTime
    }

    /// `[limits]`: what the centre may have at the same time (mission N18); `nil` is unlimited.
    package struct Limits: Codable, Hashable, Sendable {
        package var seats: Int?
        package var lines: Int?
        package var whenLinesFull: WhenLinesFull
    }

    /// What happens to a call for which no line is free.
    package enum WhenLinesFull: Codable, Hashable, Sendable {
        /// The caller hears busy.
        case busy
        /// The call goes to this number.
        case overflow(to: String)
    }

    /// `[prompts]`: where recorded prompts are.
    package struct Prompts: Codable, Hashable, Sendable {
        /// Beside the file.
        package var directory: String
    }

    /// `[[site]]`: a place with seats.
    package struct Site: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
    }

    /// `[[trunk]]`: a way in.
    package struct Trunk: Codable, Hashable, Sendable {
        package var key: String
        /// Addresses or networks (CIDR) that may call; nobody else may.
        package var addresses: [String]
        package var origin: Origin
        package var rules: NumberingRules
    }

    /// Which of the ways in a call took (mission N16).
    package enum Origin: String, Codable, CaseIterable, Hashable, Sendable {
        case external, `internal`, city
    }

    /// `[[number]]`: a called number and what answers it.
    package struct Number: Codable, Hashable, Sendable {
        package var number: String
        /// The flow's file, beside this one.
        package var flow: String
        package var trunk: String
        /// Whether the call page may call it.
        package var takesWebCalls: Bool
    }

    /// `[[skill]]`: an ability.
    package struct Skill: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
    }

    /// `[[queue]]`: a group (座席组) with its limits; times are in the units that the keys name.
    package struct Queue: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
        /// Skill -> least level.
        package var skills: [String: Int]
        package var selection: Selection
        package var priority: Int
        package var ringSeconds: Int
        package var wrapUpSeconds: Int
        package var mostWaiting: Int
        package var whenFull: Overflow
        package var longestWaitSeconds: Int?
        package var whenTooLong: Overflow
        /// `nil` lets callers wait although nobody is signed in.
        package var whenNobody: Overflow?
        package var lastAgentMinutes: Int?
        /// Whether calls are taken by themselves in an agent's browser, after a tone and the queue's name.
        package var answersItself: Bool
        package var shortAbandonSeconds: Int
        /// Agents of the group who may be on a break at once; `nil` is unlimited.
        package var mostOnBreak: Int?
        /// Whether a supervisor is asked before a break.
        package var breaksNeedApproval: Bool
    }

    /// Who of those that are free gets the call.
    package enum Selection: String, Codable, CaseIterable, Hashable, Sendable {
        case longestIdle = "longest_idle"
        case highestLevel = "highest_level"
    }

    /// What happens at a limit of a queue.
    package enum Overflow: Codable, Hashable, Sendable {
        /// Told politely that nobody can take the call (劝退).
        case dissuade
        /// On in the queue with this key.
        case queue(String)
    }

    /// `[[person]]`: somebody with a 工号.
    package struct Person: Codable, Hashable, Sendable {
        package var number: String
        package var name: String
        /// Skill -> level.
        package var skills: [String: Int]
        package var roles: [Role]
        /// The word for the team (班组).
        package var team: String?
        /// The key of the site (分中心).
        package var site: String?
        /// Whether the person works part of the time, for full-time equivalents (mission F01).
        package var isPartTime: Bool = false
        /// The year of birth (mission P12).
        package var born: Int?
        /// The first day with the organisation.
        package var joined: String?
        /// For demonstrations: the password of an account that signs in from this machine alone.
        package var demoPassword: String?
    }

    /// `[[seat]]`: a place with a phone (机位).
    package struct Seat: Codable, Hashable, Sendable {
        package var number: String
        package var site: String
        /// `nil` for a place where the browser is the only telephone, such as at home.
        package var phone: Phone?
    }

    /// How a seat's phone is reached.
    package enum Phone: Codable, Hashable, Sendable {
        /// Registers as this user with this password.
        case registered(user: String, password: String)
        /// Is always at this address, `sip:user@host:port`; may be asked with OPTIONS whether it is there unless
        /// `probe = false`.
        case fixed(uri: String, isAsked: Bool = true)
    }

    /// `[[calendar]]`: when a service is open.
    package struct Calendar: Codable, Hashable, Sendable {
        package var key: String
        package var weekly: WeeklyHours
        package var exceptions: [DayException]
    }

    /// `[[announcement]]`: something to be spoken or shown while it is in force (mission N21).
    package struct Announcement: Codable, Hashable, Sendable {
        package var key: String
        package var board: String
        package var texts: [String: String]
        /// By the tenant's wall clock; `nil` without end on that side.
        package var from: WallTime?
        package var until: WallTime?
    }

    /// `[[request_type]]`: what a customer may want (mission N22); tickets will use it.
    package struct RequestType: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
        /// First letters of the Chinese name's pinyin.
        package var initials: String?
        /// Hours within which the centre commits itself to answer.
        package var answerHours: Int
        /// What a ticket of this type asks for beside its text.
        package var fields: [Field]
    }

    /// `[[request_type.fields]]`: something to be filled in.
    package struct Field: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
        package var isRequired: Bool
    }

    /// `[[disposition]]`: how a contact came out.
    package struct Disposition: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
    }

    /// `[[break_reason]]`: why agents take breaks.
    package struct BreakReason: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
        /// How long it should last at most; `nil` is any time.
        package var mostMinutes: Int?
        /// Whether the time is management, not rest (mission F02); `nil` is no.
        package var isManagement: Bool?
    }
}

/// A minute by the wall clock of some zone, written `2026-11-22 18:00`.
package struct WallTime: Codable, Hashable, Comparable, Sendable {
    package var date: CivilDate
    package var time: LocalTime

    /// `nil` for anything that is not a date, a space or `T`, and a time.
    package init?(_ text: String) {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == " " || $0 == "T" }
        guard parts.count == 2, let date = CivilDate(String(parts[0])), let time = LocalTime(String(parts[1]))
        else {
            return nil
        }
        self.date = date
        self.time = time
    }

    package static func < (a: WallTime, b: WallTime) -> Bool { (a.date, a.time) < (b.date, b.time) }
}
