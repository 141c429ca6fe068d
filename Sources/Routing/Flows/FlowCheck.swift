import Contracts
import FlowEngine
import Foundation
import Kernel

/// One thing that is wrong with a flow, as screens show it: at the node, at the field where it is known.
struct FlowRemark: Codable, Hashable, Sendable {
    /// Empty when it is about the flow as a whole.
    var node: String
    /// As the document writes it, such as `no_input`.
    var field: String?
    /// A code of `FlowFinding`, of `FlowDocumentProblem`, or `reservedName`, `unsafeFile`, `tooLarge`.
    var code: String
    /// What is wrong and what to do about it, in English.
    var message: String

    /// The refusal of a flow that has remarks; screens read them from its details.
    static func refusal(_ remarks: [FlowRemark]) -> Problem {
        let list = remarks.map { "\($0.node): \($0.message)" }.joined(separator: "\n  ")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings only: they always have a JSON form.
        let text = (try? encoder.encode(remarks)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
        return Problem(
            .invalid, "The flow has faults:\n  \(list)",
            details: ["reason": "flowFindings", "findings": text])
    }
}

/// What a flow may refer to.
struct FlowWorld: Sendable {
    var queues: [String: QueueID]
    var calendars: [String: CalendarID]
    var skills: [String: SkillID]
    /// The prompts of the library: key -> language -> file of the current version.
    var recordings: [String: [String: String]]

    init(_ centre: Centre, recordings: [String: [String: String]] = [:]) {
        queues = Dictionary(centre.queues.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        calendars = Dictionary(
            centre.calendars.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        skills = Dictionary(centre.skills.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        self.recordings = recordings
    }
}

extension FlowDocument {
    /// Nodes and prompts of one flow: far more than anybody draws, and checked in a moment.
    static let mostNodes = 500
    static let mostPrompts = 2_000

    /// With the prompts of the library for those that its nodes speak and it does not have itself.
    func completed(by recordings: [String: [String: String]]) -> FlowDocument {
        var whole = self
        for key in Set(nodes.flatMap(\.spokenPrompts)).sorted() {
            guard prompts[key] == nil, files?[key] == nil, let recorded = recordings[key] else { continue }
            whole.prompts[key] = [:]
            whole.files = whole.files ?? [:]
            whole.files?[key] = recorded
        }
        return whole
    }

    /// What no author may write, whatever else the flow says.
    var trespasses: [FlowRemark] {
        var remarks: [FlowRemark] = []
        if nodes.count > Self.mostNodes || prompts.count + (files?.count ?? 0) > Self.mostPrompts {
            remarks.append(
                FlowRemark(
                    node: "", field: "node", code: "tooLarge",
                    message:
                        "A flow has at most \(Self.mostNodes) nodes and \(Self.mostPrompts) prompts; split it."
                ))
        }
        for node in nodes where node.name.hasPrefix(UrgentNews.mark) {
            remarks.append(
                FlowRemark(
                    node: node.name, field: "name", code: "reservedName",
                    message:
                        "Names that begin with '\(UrgentNews.mark)' belong to the program; choose another."))
        }
        for (key, languages) in (files ?? [:]).sorted(by: { $0.key < $1.key }) {
            for (language, file) in languages.sorted(by: { $0.key < $1.key }) where !Self.isInside(file) {
                remarks.append(
                    FlowRemark(
                        node: "", field: "files", code: "unsafeFile",
                        message: "The file of '\(key)' (\(language)) must lie in the folder of prompts."))
            }
        }
        return remarks
    }

    /// A path that stays below the folder of prompts.
    static func isInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.utf8.contains(0)
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { $0 != ".." }
    }
}

/// Which nodes and texts differ between two documents.
struct FlowDifference: Codable, Hashable, Sendable {
    var added: [String]
    var changed: [String]
    var removed: [String]
    /// Keys of prompts.
    var texts: [String]

    /// - Parameter former: `nil` before the first version.
    init(from former: FlowDocument?, to document: FlowDocument) {
        func nodes(_ document: FlowDocument?) -> [String: FlowDocumentNode] {
            Dictionary((document?.nodes ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (old, new) = (nodes(former), nodes(document))
        added = new.keys.filter { old[$0] == nil }.sorted()
        removed = old.keys.filter { new[$0] == nil }.sorted()
        changed = new.keys.filter { old[$0] != nil && old[$0] != new[$0] }.sorted()
        let keys = [former?.prompts ?? [:], document.prompts, former?.files ?? [:], document.files ?? [:]]
            .flatMap(\.keys)
        texts = Set(keys).filter {
            former?.prompts[$0] != document.prompts[$0] || former?.files?[$0] != document.files?[$0]
        }.sorted()
    }
}

/// Urgent announcements, which every flow speaks before anything else while one is in force (mission G16).
enum UrgentNews {
    /// No author's node begins with it.
    static let mark = "!"
    /// The board whose announcements are urgent.
    static let board = "urgent"
    private static let node = mark + board

    /// The flow with the urgent board spoken first. Only while something stands there: a number that rings straight
    /// through is answered by the platform before it can speak, and must not be otherwise.
    static func first(in flow: Flow) -> Flow {
        var flow = flow
        // At the end, so that positions of nodes stay what they are.
        flow.nodes.append(
            FlowNode(name: node, kind: .announcement(Announce(board: board, next: flow.entry))))
        flow.entry = node
        return flow
    }
}
