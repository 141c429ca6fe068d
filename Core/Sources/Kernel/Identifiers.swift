/// The things that have identifiers. Each is an empty type that keeps its ids from being mistaken for others.
public enum Named {
    /// Names a `TenantID`.
    public enum Tenant {}
    /// Names a `SiteID`.
    public enum Site {}
    /// Names an `AgentID`.
    public enum Person {}
    /// Names a `SeatID`.
    public enum Seat {}
    /// Names a `SkillID`.
    public enum Skill {}
    /// Names a `QueueID`.
    public enum Queue {}
    /// Names an `InteractionID`.
    public enum Interaction {}
    /// Names a `FlowID`.
    public enum Flow {}
    /// Names a `CalendarID`.
    public enum Calendar {}
    /// Names an `AnnouncementID`.
    public enum Announcement {}
    /// Names a `TicketID`.
    public enum Ticket {}
    /// Names an `EventID`.
    public enum Event {}
}

/// An isolated organisation on the platform (租户).
public typealias TenantID = ID<Named.Tenant>
/// A physical centre inside a tenant (分中心).
public typealias SiteID = ID<Named.Site>
/// A person who may work as an agent (座席员); the human number (工号) is text beside it.
public typealias AgentID = ID<Named.Person>
/// A place with a phone that an agent signs in to (机位).
public typealias SeatID = ID<Named.Seat>
/// An ability with a level that queues ask for (技能).
public typealias SkillID = ID<Named.Skill>
/// An ordered set of waiting interactions with a service goal (队列 / 座席组).
public typealias QueueID = ID<Named.Queue>
/// One customer's dealing on one channel from arrival to end (联络).
public typealias InteractionID = ID<Named.Interaction>
/// A published or drafted call flow (流程).
public typealias FlowID = ID<Named.Flow>
/// A business calendar (服务时间日历).
public typealias CalendarID = ID<Named.Calendar>
/// A spoken or shown announcement, such as a known fault (公告).
public typealias AnnouncementID = ID<Named.Announcement>
/// A tracked request with a type and an owner (工单); the human number is text beside it.
public typealias TicketID = ID<Named.Ticket>
/// One entry of the event log.
public typealias EventID = ID<Named.Event>
