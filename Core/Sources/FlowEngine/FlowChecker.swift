/// One thing that keeps a flow from being published, at the node where it is.
public struct FlowFinding: Codable, Hashable, Sendable {
    public enum Code: String, Codable, Hashable, Sendable, CaseIterable {
        case noEntry, duplicateNode, unknownTarget, unreachable, missingExit, missingPrompt, missingTranslation
        case endlessLoop, missingRecordingNotice, unknownQueue, unknownCalendar, invalidKey, invalidBound
    }
    public var code: Code
    public var node: NodeName
    /// What is wrong and what to do about it, in English.
    public var message: String
    public init(_ code: Code, at node: NodeName, _ message: String) {
        self.code = code
        self.node = node
        self.message = message
    }
}
