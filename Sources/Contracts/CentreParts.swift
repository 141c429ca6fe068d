package import Kernel

/// Somebody with a number (工号): who is no agent supervises or administers. An agent has the same id.
package struct CentrePerson: Codable, Hashable, Sendable {
    package var id: AgentID
    /// 工号, unique in the tenant; the name by which the person signs in.
    package var number: String
    package var name: String
    /// `agent`, `supervisor`, `systemAdmin`, `securityAdmin`, `auditAdmin` or `privacyOfficer`: what a new account gets. Afterwards the
    /// account's own roles count.
    package var roles: [String]
    /// The key of the team (班组); `nil` outside every team.
    package var team: String?
    /// The key of the site (分中心).
    package var site: String?
    /// Whether the person works part of the time; `nil` is no.
    package var isPartTime: Bool?
    /// The year of birth, for the profile of the workforce (mission P12): no day, which nothing here needs.
    package var born: Int?
    /// The first day with the organisation, `2026-11-26`.
    package var joined: String?

    package init(
        id: AgentID, number: String, name: String, roles: [String], team: String? = nil,
        site: String? = nil, isPartTime: Bool? = nil, born: Int? = nil, joined: String? = nil
    ) {
        self.born = born
        self.joined = joined
        self.isPartTime = isPartTime
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
    /// The name of the trunk by which it is reached.
    package var trunk: String?
    package init(
        number: String, flow: String, overflowTo: String? = nil, takesWebCalls: Bool? = nil,
        trunk: String? = nil
    ) {
        self.takesWebCalls = takesWebCalls
        self.trunk = trunk
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
    /// Agents of this group who may be on a break at once (mission G23); `nil` is unlimited.
    package var mostOnBreak: Int?
    /// Whether a supervisor is asked before an agent of this group takes a break; `nil` is no.
    package var breaksNeedApproval: Bool?

    package init(
        id: QueueID, key: String, names: [String: String], skills: [SkillDemand], priority: Int = 0,
        prefersHighestLevel: Bool = false, ringTimeout: TimeSpan = .seconds(15),
        wrapUp: TimeSpan = .seconds(20),
        mostWaiting: Int = 1_000, overflowWhenFull: Overflow? = nil, longestWait: TimeSpan? = nil,
        overflowWhenTooLong: Overflow? = nil, refusesWhenNobody: Bool = false,
        overflowWhenNobody: Overflow? = nil,
        lastAgentWithin: TimeSpan? = nil, shortAbandon: TimeSpan = .seconds(5), answersItself: Bool? = nil,
        mostOnBreak: Int? = nil, breaksNeedApproval: Bool? = nil
    ) {
        self.answersItself = answersItself
        self.mostOnBreak = mostOnBreak
        self.breaksNeedApproval = breaksNeedApproval
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
    /// `nil` for a place where the browser is the only telephone, such as at home.
    package var phone: Phone?
    /// The key of the site.
    package var site: String?
    package init(id: SeatID, number: String, phone: Phone?, site: String? = nil) {
        self.id = id
        self.number = number
        self.phone = phone
        self.site = site
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
    /// Whether agents are to acknowledge that they have read it (mission N25); `nil` is no.
    package var needsReceipt: Bool?
    package init(
        id: AnnouncementID, board: String, texts: [String: String], from: Timestamp? = nil,
        until: Timestamp? = nil, needsReceipt: Bool? = nil
    ) {
        self.needsReceipt = needsReceipt
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
    /// What a ticket of this type asks for beside its text; `nil` is nothing.
    package var fields: [Field]?

    /// Something to be filled in, such as the train in which a bag was left (mission R16).
    package struct Field: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
        package var isRequired: Bool
        package init(key: String, names: [String: String], isRequired: Bool) {
            self.key = key
            self.names = names
            self.isRequired = isRequired
        }
    }

    package init(
        key: String, names: [String: String], initials: String? = nil, answerHours: Int,
        fields: [Field]? = nil
    ) {
        self.fields = fields
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

/// Why an agent takes a break: a code for the facts and names for people.
package struct CentreBreakReason: Codable, Hashable, Sendable {
    package var key: String
    package var names: [String: String]
    /// How long such a break should last at most; screens count against it. `nil` is any time.
    package var most: TimeSpan?
    /// Whether the time is management (mission F02), not rest; `nil` is no.
    package var isManagement: Bool?
    package init(key: String, names: [String: String], most: TimeSpan? = nil, isManagement: Bool? = nil) {
        self.key = key
        self.names = names
        self.most = most
        self.isManagement = isManagement
    }

    /// What a centre has that names none.
    package static let usual = [
        CentreBreakReason(key: "lunch", names: ["zh-CN": "用餐", "en": "Lunch"]),
        CentreBreakReason(key: "rest", names: ["zh-CN": "小休", "en": "Rest"]),
        CentreBreakReason(key: "training", names: ["zh-CN": "培训", "en": "Training"]),
        CentreBreakReason(key: "meeting", names: ["zh-CN": "会议", "en": "Meeting"]),
    ]
}

extension Centre {
    /// Keys of the break reasons whose time is management (mission F02).
    package var managementReasons: [String] { breakReasons.filter { $0.isManagement == true }.map(\.key) }
}

/// An ability by the word that files and screens use for it.
package struct CentreSkill: Codable, Hashable, Sendable {
    package var id: SkillID
    package var key: String
    package var names: [String: String]
    package init(id: SkillID, key: String, names: [String: String]) {
        self.id = id
        self.key = key
        self.names = names
    }
}

/// A place with seats (分中心).
package struct CentreSite: Codable, Hashable, Sendable {
    package var key: String
    package var names: [String: String]
    package init(key: String, names: [String: String]) {
        self.key = key
        self.names = names
    }
}
