package import Kernel

/// A whole centre as its directory knows it: who works there, which numbers ring, which queues wait.
///
/// Resolved values with ids. `Directory` owns it; `Routing` turns it into engine settings when it changes.
package struct Centre: Codable, Hashable, Sendable {
    package var tenant: TenantID
    package var name: String
    /// IANA zone; figures and the business day are local to it.
    package var zone: String
    /// Grows with every change.
    package var version: Int
    /// Seats that may be signed in at once (mission N18); `nil` is unlimited.
    package var mostSeats: Int?
    /// IVR lines that may be held at once (mission N18); `nil` is unlimited.
    package var mostLines: Int?
    package var trunks: [Trunk]
    package var numbers: [CentreNumber]
    package var queues: [CentreQueue]
    package var agents: [CentreAgent]
    /// Everybody with a number (工号), agents included.
    package var people: [CentrePerson]
    package var seats: [CentreSeat]
    package var calendars: [CentreCalendar]
    package var announcements: [CentreAnnouncement]
    /// What customers may ask for (mission N22).
    package var requestTypes: [CentreRequestType]
    /// How a contact came out (小结).
    package var dispositions: [CentreDisposition]

    package init(
        tenant: TenantID, name: String, zone: String, version: Int, mostSeats: Int? = nil,
        mostLines: Int? = nil,
        trunks: [Trunk] = [], numbers: [CentreNumber] = [], queues: [CentreQueue] = [],
        agents: [CentreAgent] = [], people: [CentrePerson] = [], seats: [CentreSeat] = [],
        calendars: [CentreCalendar] = [],
        announcements: [CentreAnnouncement] = [],
        requestTypes: [CentreRequestType] = [], dispositions: [CentreDisposition] = []
    ) {
        self.tenant = tenant
        self.name = name
        self.zone = zone
        self.version = version
        self.mostSeats = mostSeats
        self.mostLines = mostLines
        self.trunks = trunks
        self.numbers = numbers
        self.queues = queues
        self.agents = agents
        self.people = people
        self.seats = seats
        self.calendars = calendars
        self.announcements = announcements
        self.requestTypes = requestTypes
        self.dispositions = dispositions
    }

    /// Reads any version ever kept: people are not in those before accounts came.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            tenant: try values.decode(TenantID.self, forKey: .tenant),
            name: try values.decode(String.self, forKey: .name),
            zone: try values.decode(String.self, forKey: .zone),
            version: try values.decode(Int.self, forKey: .version),
            mostSeats: try values.decodeIfPresent(Int.self, forKey: .mostSeats),
            mostLines: try values.decodeIfPresent(Int.self, forKey: .mostLines),
            trunks: try values.decode([Trunk].self, forKey: .trunks),
            numbers: try values.decode([CentreNumber].self, forKey: .numbers),
            queues: try values.decode([CentreQueue].self, forKey: .queues),
            agents: try values.decode([CentreAgent].self, forKey: .agents),
            people: try values.decodeIfPresent([CentrePerson].self, forKey: .people) ?? [],
            seats: try values.decode([CentreSeat].self, forKey: .seats),
            calendars: try values.decode([CentreCalendar].self, forKey: .calendars),
            announcements: try values.decode([CentreAnnouncement].self, forKey: .announcements),
            requestTypes: try values.decodeIfPresent([CentreRequestType].self, forKey: .requestTypes) ?? [],
            dispositions: try values.decodeIfPresent([CentreDisposition].self, forKey: .dispositions) ?? [])
    }
}

/// Somebody with a number (工号): who is no agent supervises or administers. An agent has the same id.
package struct CentrePerson: Codable, Hashable, Sendable {
    package var id: AgentID
    /// 工号, unique in the tenant; the name by which the person signs in.
    package var number: String
    package var name: String
    /// `agent`, `supervisor`, `systemAdmin`, `securityAdmin` or `auditAdmin`: what a new account gets. Afterwards the
    /// account's own roles count.
    package var roles: [String]
    /// The key of the team (班组); `nil` outside every team.
    package var team: String?
    /// The key of the site (分中心).
    package var site: String?

    package init(
        id: AgentID, number: String, name: String, roles: [String], team: String? = nil, site: String? = nil
    ) {
        self.id = id
        self.number = number
        self.name = name
        self.roles = roles
        self.team = team
        self.site = site
    }
}

/// A way in from outside: whose addresses may call, and how they write numbers.
package struct Trunk: Codable, Hashable, Sendable {
    package var name: String
    /// Addresses or networks in CIDR form; the only ones that may call.
    package var sources: [String]
    /// `external`, `internal` or `city` (mission N16).
    package var origin: String
    package var rules: NumberingRules
    package init(name: String, sources: [String], origin: String = "external", rules: NumberingRules) {
        self.name = name
        self.sources = sources
        self.origin = origin
        self.rules = rules
    }
}

/// A called number and the flow that answers it.
package struct CentreNumber: Codable, Hashable, Sendable {
    /// Canonical form.
    package var number: String
    /// Key of the flow.
    package var flow: String
    /// Where calls go when every line is held; `nil` for busy.
    package var overflowTo: String?
    /// Whether the call page may call it; `nil` is no.
    package var takesWebCalls: Bool?
    package init(number: String, flow: String, overflowTo: String? = nil, takesWebCalls: Bool? = nil) {
        self.takesWebCalls = takesWebCalls
        self.number = number
        self.flow = flow
        self.overflowTo = overflowTo
    }
}

/// A queue (座席组) with its service goal and its limits.
package struct CentreQueue: Codable, Hashable, Sendable {
    /// What happens when a limit is reached: on to another queue, or dissuasion when `nil`.
    package typealias Overflow = QueueID

    package var id: QueueID
    /// The word that flows use for it.
    package var key: String
    /// Language -> name.
    package var names: [String: String]
    package var skills: [SkillDemand]
    package var priority: Int
    package var prefersHighestLevel: Bool
    package var ringTimeout: TimeSpan
    package var wrapUp: TimeSpan
    package var mostWaiting: Int
    package var overflowWhenFull: Overflow?
    package var longestWait: TimeSpan?
    package var overflowWhenTooLong: Overflow?
    /// Whether a caller is dissuaded (or overflows) at once when nobody with the skills is signed in.
    package var refusesWhenNobody: Bool
    package var overflowWhenNobody: Overflow?
    package var lastAgentWithin: TimeSpan?
    package var shortAbandon: TimeSpan
    /// Whether a call is taken by itself in the agent's browser, after a tone and the queue's name (mission G13); `nil`
    /// is no.
    package var answersItself: Bool?

    package init(
        id: QueueID, key: String, names: [String: String], skills: [SkillDemand], priority: Int = 0,
        prefersHighestLevel: Bool = false, ringTimeout: TimeSpan = .seconds(15),
        wrapUp: TimeSpan = .seconds(20),
        mostWaiting: Int = 1_000, overflowWhenFull: Overflow? = nil, longestWait: TimeSpan? = nil,
        overflowWhenTooLong: Overflow? = nil, refusesWhenNobody: Bool = false,
        overflowWhenNobody: Overflow? = nil,
        lastAgentWithin: TimeSpan? = nil, shortAbandon: TimeSpan = .seconds(5), answersItself: Bool? = nil
    ) {
        self.answersItself = answersItself
        self.id = id
        self.key = key
        self.names = names
        self.skills = skills
        self.priority = priority
        self.prefersHighestLevel = prefersHighestLevel
        self.ringTimeout = ringTimeout
        self.wrapUp = wrapUp
        self.mostWaiting = mostWaiting
        self.overflowWhenFull = overflowWhenFull
        self.longestWait = longestWait
        self.overflowWhenTooLong = overflowWhenTooLong
        self.refusesWhenNobody = refusesWhenNobody
        self.overflowWhenNobody = overflowWhenNobody
        self.lastAgentWithin = lastAgentWithin
        self.shortAbandon = shortAbandon
    }
}

/// A skill with a level: what a queue asks for, or what an agent has.
package struct SkillDemand: Codable, Hashable, Sendable {
    package var skill: SkillID
    package var level: Int
    package init(skill: SkillID, level: Int) {
        self.skill = skill
        self.level = level
    }
}

/// A person who may sign in.
package struct CentreAgent: Codable, Hashable, Sendable {
    package var id: AgentID
    /// 工号, unique in the tenant.
    package var number: String
    package var name: String
    package var skills: [SkillDemand]
    /// How long the agent's phone may be silent before it counts as vanished; `nil` for no lease.
    package var lease: TimeSpan?
    package init(id: AgentID, number: String, name: String, skills: [SkillDemand], lease: TimeSpan? = nil) {
        self.id = id
        self.number = number
        self.name = name
        self.skills = skills
        self.lease = lease
    }
}

/// A place with a phone (机位).
package struct CentreSeat: Codable, Hashable, Sendable {
    package var id: SeatID
    package var number: String
    package var phone: Phone
    package init(id: SeatID, number: String, phone: Phone) {
        self.id = id
        self.number = number
        self.phone = phone
    }
}

/// How a seat's phone is reached.
package enum Phone: Codable, Hashable, Sendable {
    /// A SIP phone that registers as this user with this password.
    case registered(user: String, password: String)
    /// A SIP phone at a fixed address, `sip:user@host:port`. `isAsked`: whether it may be asked with OPTIONS if it is
    /// there, which some gateways do not answer; `nil` is yes.
    case fixed(uri: String, isAsked: Bool? = nil)
}

package struct CentreCalendar: Codable, Hashable, Sendable {
    package var id: CalendarID
    /// The word that flows use for it.
    package var key: String
    package var calendar: BusinessCalendar
    package init(id: CalendarID, key: String, calendar: BusinessCalendar) {
        self.id = id
        self.key = key
        self.calendar = calendar
    }
}

/// Something that is spoken or shown while it is in force; board `faults` is the known-fault board (mission N21).
package struct CentreAnnouncement: Codable, Hashable, Sendable {
    package var id: AnnouncementID
    package var board: String
    /// Language -> text.
    package var texts: [String: String]
    package var from: Timestamp?
    package var until: Timestamp?
    package init(
        id: AnnouncementID, board: String, texts: [String: String], from: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.id = id
        self.board = board
        self.texts = texts
        self.from = from
        self.until = until
    }
}

/// What a customer may ask for (诉求类型), with the commitment that goes with it.
package struct CentreRequestType: Codable, Hashable, Sendable {
    package var key: String
    package var names: [String: String]
    /// First letters of the Chinese name's pinyin, for typing it.
    package var initials: String?
    /// Hours within which the centre commits itself to an answer.
    package var answerHours: Int
    package init(key: String, names: [String: String], initials: String? = nil, answerHours: Int) {
        self.key = key
        self.names = names
        self.initials = initials
        self.answerHours = answerHours
    }
}

/// How a contact came out, as the agent says at its end (小结).
package struct CentreDisposition: Codable, Hashable, Sendable {
    package var key: String
    package var names: [String: String]
    package init(key: String, names: [String: String]) {
        self.key = key
        self.names = names
    }
}

/// Who knows the centre: answers with its present state and tells when it changed.
package protocol CentreSource: Sendable {
    /// The centre as it is now.
    func centre() async throws -> Centre
}
