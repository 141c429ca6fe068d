public import Kernel

/// A flow as people write it: one `[[node]]` table each, queues, calendars and skills by their keys, times in
/// seconds. `config/demo/flow-5186.toml` is the example; any format with a `Decoder` will do.
public struct FlowDocument: Codable, Hashable, Sendable {
    public var name: String
    /// Languages in order of preference (BCP 47).
    public var languages: [String]
    /// Name of the first node.
    public var entry: String
    public var nodes: [FlowDocumentNode]
    /// `[prompts.welcome]`: language -> text.
    public var prompts: [String: [String: String]]
    /// `[files.welcome]`: language -> recorded file, which goes before the text.
    public var files: [String: [String: String]]?

    private enum CodingKeys: String, CodingKey {
        case name, languages, entry, prompts, files
        case nodes = "node"
    }

    public init(
        name: String, languages: [String], entry: String, nodes: [FlowDocumentNode],
        prompts: [String: [String: String]], files: [String: [String: String]]? = nil
    ) {
        self.name = name
        self.languages = languages
        self.entry = entry
        self.nodes = nodes
        self.prompts = prompts
        self.files = files
    }

    /// The flow that the document means, or everything that keeps it from being one, in the order of the file.
    /// Whether the flow makes sense is then the question of `FlowChecker`.
    public func flow(
        id: FlowID, version: Int, queues: [String: QueueID], calendars: [String: CalendarID],
        skills: [String: SkillID] = [:]
    ) -> Result<Flow, FlowDocumentProblems> {
        var problems: [FlowDocumentProblem] = []
        var flowNodes: [FlowNode] = []
        for node in nodes {
            var reader = FlowNodeReader(node: node, queues: queues, calendars: calendars, skills: skills)
            if let kind = reader.kind() { flowNodes.append(FlowNode(name: node.name, kind: kind)) }
            problems += reader.problems
        }
        guard problems.isEmpty else { return .failure(FlowDocumentProblems(problems: problems)) }
        var spoken = prompts.mapValues { Prompt(texts: $0) }
        for (key, files) in files ?? [:] { spoken[key, default: Prompt(texts: [:])].files = files }
        return .success(
            Flow(
                id: id, version: version, name: name, languages: languages, entry: entry, nodes: flowNodes,
                prompts: spoken))
    }
}

/// What keeps a document from being a flow: where, and what.
public struct FlowDocumentProblem: Codable, Hashable, Sendable {
    public enum Reason: Codable, Hashable, Sendable {
        /// The kind of node cannot do without the field.
        case missing
        /// No kind of node has such a field; probably misspelt.
        case unknownField
        /// Other kinds of node have the field, this one does not.
        case notForKind(String)
        case unknownKind(String)
        case unknownQueue(String)
        case unknownCalendar(String)
        case unknownSkill(String)
    }
    public var node: NodeName
    /// As written in the file, such as `no_input`.
    public var field: String
    public var reason: Reason

    public init(node: NodeName, field: String, reason: Reason) {
        self.node = node
        self.field = field
        self.reason = reason
    }
}

extension FlowDocumentProblem: CustomStringConvertible {
    public var description: String { "node '\(node)', field '\(field)': \(what)" }

    /// What is wrong, in English, without the place.
    public var what: String {
        switch reason {
        case .missing: "is missing"
        case .unknownField: "is not a field of any node"
        case .notForKind(let kind): "does not belong to a node of kind '\(kind)'"
        case .unknownKind(let kind):
            "'\(kind)' is not one of \(FlowNodeReader.kinds.joined(separator: ", "))"
        case .unknownQueue(let key): "'\(key)' is not a queue"
        case .unknownCalendar(let key): "'\(key)' is not a calendar"
        case .unknownSkill(let key): "'\(key)' is not a skill"
        }
    }

    /// The word by which programs know the reason; the cases of `Reason` are spelled so.
    public var code: String {
        switch reason {
        case .missing: "missing"
        case .unknownField: "unknownField"
        case .notForKind: "notForKind"
        case .unknownKind: "unknownKind"
        case .unknownQueue: "unknownQueue"
        case .unknownCalendar: "unknownCalendar"
        case .unknownSkill: "unknownSkill"
        }
    }
}

/// All problems of a document at once, so that an author corrects them in one go.
public struct FlowDocumentProblems: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    public var problems: [FlowDocumentProblem]
    public init(problems: [FlowDocumentProblem]) { self.problems = problems }
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Seconds as people write them: `5` or `2.5`.
public struct FlowSeconds: Codable, Hashable, Sendable {
    /// Far beyond any wait in a flow; keeps the conversion to milliseconds from overflowing.
    private static let most = 1e9
    public var span: TimeSpan

    public init(_ span: TimeSpan) { self.span = span }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let seconds: Double
        if let whole = try? container.decode(Int64.self) {
            seconds = Double(whole)
        } else {
            seconds = try container.decode(Double.self)
        }
        guard abs(seconds) <= Self.most else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(seconds) is not a time in seconds")
        }
        // Half a millisecond up, then cut: `rounded()` would need the mathematics library, which Core does not link.
        span = .milliseconds(Int64(seconds * 1_000 + (seconds < 0 ? -0.5 : 0.5)))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if span.milliseconds % 1_000 == 0 {
            try container.encode(span.milliseconds / 1_000)
        } else {
            try container.encode(Double(span.milliseconds) / 1_000)
        }
    }
}
