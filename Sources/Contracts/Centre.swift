package import Kernel

/// A whole centre as its directory knows it: who works there, which numbers ring, which queues wait.
///
/// Resolved values with ids. `Directory` owns it; `Routing` turns it into engine settings when it changes.
package struct Centre: Codable, Hashable, Sendable {
    package var tenant: TenantID
    /// The word that ids of its file follow from; `nil` in versions kept before it was.
    package var key: String?
    package var name: String
    /// IANA zone; figures and the business day are local to it.
    package var zone: String
    /// When the business day begins by the zone's clock; `nil` is midnight.
    package var businessDayStarts: LocalTime?
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
    /// Why agents take breaks.
    package var breakReasons: [CentreBreakReason]
    /// Abilities that queues ask for and agents have.
    package var skills: [CentreSkill]
    /// Places with seats (分中心).
    package var sites: [CentreSite]

    package init(
        tenant: TenantID, key: String? = nil, name: String, zone: String,
        businessDayStarts: LocalTime? = nil, version: Int, mostSeats: Int? = nil,
        mostLines: Int? = nil,
        trunks: [Trunk] = [], numbers: [CentreNumber] = [], queues: [CentreQueue] = [],
        agents: [CentreAgent] = [], people: [CentrePerson] = [], seats: [CentreSeat] = [],
        calendars: [CentreCalendar] = [],
        announcements: [CentreAnnouncement] = [],
        requestTypes: [CentreRequestType] = [], dispositions: [CentreDisposition] = [],
        breakReasons: [CentreBreakReason] = CentreBreakReason.usual, skills: [CentreSkill] = [],
        sites: [CentreSite] = []
    ) {
        self.tenant = tenant
        self.key = key
        self.name = name
        self.zone = zone
        self.businessDayStarts = businessDayStarts
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
        self.breakReasons = breakReasons
        self.skills = skills
        self.sites = sites
    }

    /// Reads any version ever kept: what came later is not in older ones.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            tenant: try values.decode(TenantID.self, forKey: .tenant),
            key: try values.decodeIfPresent(String.self, forKey: .key),
            name: try values.decode(String.self, forKey: .name),
            zone: try values.decode(String.self, forKey: .zone),
            businessDayStarts: try values.decodeIfPresent(LocalTime.self, forKey: .businessDayStarts),
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
            dispositions: try values.decodeIfPresent([CentreDisposition].self, forKey: .dispositions) ?? [],
            breakReasons: try values.decodeIfPresent([CentreBreakReason].self, forKey: .breakReasons)
                ?? CentreBreakReason.usual,
            skills: try values.decodeIfPresent([CentreSkill].self, forKey: .skills) ?? [],
            sites: try values.decodeIfPresent([CentreSite].self, forKey: .sites) ?? [])
    }
}

/// Who knows the centre: answers with its present state and tells when it changed.
package protocol CentreSource: Sendable {
    /// The centre as it is now.
    func centre() async throws -> Centre
}
