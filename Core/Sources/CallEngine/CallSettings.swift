public import FlowEngine
public import Kernel
public import RoutingEngine

/// Everything about a tenant's calls that a decision depends on, as one value.
public struct CallSettings: Sendable {
    public var routing: RoutingSettings
    /// Canonical number -> what answers there.
    public var numbers: [String: NumberSettings]
    public var context: FlowContext
    /// The agents' numbers (工号), spoken on connection.
    public var agentNumbers: [AgentID: String]
    /// Whether conversations may be recorded at all: not while the disk is nearly full. What is being recorded when this
    /// becomes false is closed, and a conversation that began unrecorded stays so.
    public var mayRecord = true

    public init(
        routing: RoutingSettings, numbers: [String: NumberSettings], context: FlowContext = FlowContext(),
        agentNumbers: [AgentID: String] = [:]
    ) {
        self.routing = routing
        self.numbers = numbers
        self.context = context
        self.agentNumbers = agentNumbers
    }
}

/// What answers a called number.
public struct NumberSettings: Hashable, Sendable {
    public var flow: Flow
    /// What a caller gets when every line is held.
    public var whenLinesFull: LinesFullRule
    public init(flow: Flow, whenLinesFull: LinesFullRule = .busy) {
        self.flow = flow
        self.whenLinesFull = whenLinesFull
    }
}

/// What the call after the last free line gets (mission N18).
public enum LinesFullRule: Codable, Hashable, Sendable {
    case busy
    /// Redirected to another number or URI (SIP 302).
    case overflow(to: String)
}
