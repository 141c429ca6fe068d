import FlowEngine
import Foundation
import Kernel
import Testing

@Suite struct FlowDocumentTests {
    private let queues = ["erp": QueueID(4)]
    private let calendars = ["hours": CalendarID(2)]
    private let skills = ["english": SkillID(9)]

    private func document(_ nodes: String, extra: String = "") throws -> FlowDocument {
        let text = """
            {"name": "f", "languages": ["zh-CN", "en"], "entry": "a", "node": [\(nodes)],
             "prompts": {"hi": {"zh-CN": "您好", "en": "Hello"}}\(extra)}
            """
        return try JSONDecoder().decode(FlowDocument.self, from: Data(text.utf8))
    }

    private func flow(_ nodes: String, extra: String = "") throws -> Flow {
        try document(nodes, extra: extra).flow(
            id: FlowID(1), version: 3, queues: queues, calendars: calendars, skills: skills
        ).get()
    }

    private func problems(_ nodes: String) throws -> [FlowDocumentProblem] {
        switch try document(nodes).flow(id: FlowID(1), version: 1, queues: queues, calendars: calendars) {
        case .success: []
        case .failure(let problems): problems.problems
        }
    }

    @Test func `every kind of node can be written`() throws {
        let flow = try flow(
            """
            {"name": "a", "kind": "say", "prompts": ["hi"], "next": "b", "interruptible": false, "recording_notice": true},
            {"name": "b", "kind": "menu", "prompts": ["hi"], "choices": {"1": "c"}, "timeout": 2.5, "attempts": 4,
             "retry_prompts": ["hi"], "no_input": "h", "no_match": "h"},
            {"name": "c", "kind": "digits", "prompts": ["hi"], "variable": "v", "least": 1, "most": 2,
             "terminator": "", "timeout": 7, "next": "d", "failed": "d"},
            {"name": "d", "kind": "hours", "calendar": "hours", "open": "e", "closed": "h"},
            {"name": "e", "kind": "announcement", "board": "faults", "introduction": ["hi"], "next": "f"},
            {"name": "f", "kind": "language", "language": "en", "next": "q"},
            {"name": "q", "kind": "queue", "queue": "erp", "priority": 2, "skills": {"english": 3}, "recorded": false,
             "answers_first": false, "music": "m", "position_prompts": ["hi"], "announce_every": 60,
             "connect_prompts": ["hi"], "after_conversation": "g", "dissuaded": "h"},
            {"name": "g", "kind": "rating", "prompts": ["hi"], "scores": {"1": 5}, "thanks": ["hi"], "attempts": 1,
             "next": "h"},
            {"name": "h", "kind": "hang_up"}
            """, extra: #", "files": {"hi": {"en": "hi.wav"}}"#)
        #expect(flow.version == 3)
        #expect(flow.prompts["hi"] == Prompt(texts: ["zh-CN": "您好", "en": "Hello"], files: ["en": "hi.wav"]))
        let kinds = flow.nodes.map(\.kind)
        #expect(
            kinds[0] == .say(Say(prompts: ["hi"], next: "b", interruptible: false, isRecordingNotice: true)))
        #expect(
            kinds[1]
                == .menu(
                    Menu(
                        prompts: ["hi"], choices: ["1": "c"], timeout: .milliseconds(2_500), attempts: 4,
                        retryPrompts: ["hi"], noInput: "h", noMatch: "h")))
        #expect(
            kinds[2]
                == .digits(
                    CollectDigits(
                        prompts: ["hi"], variable: "v", least: 1, most: 2, terminator: nil,
                        timeout: .seconds(7),
                        next: "d", failed: "d")))
        #expect(kinds[3] == .hours(Hours(calendar: CalendarID(2), open: "e", closed: "h")))
        #expect(kinds[4] == .announcement(Announce(board: "faults", introduction: ["hi"], next: "f")))
        #expect(kinds[5] == .language(ChooseLanguage(language: "en", next: "q")))
        #expect(
            kinds[6]
                == .queue(
                    EnterQueue(
                        queue: QueueID(4), priority: 2,
                        skills: [SkillWish(skill: SkillID(9), minimumLevel: 3)],
                        isRecorded: false, answersFirst: false, music: "m", positionPrompts: ["hi"],
                        announceEvery: .seconds(60), connectPrompts: ["hi"], afterConversation: "g",
                        dissuaded: "h")))
        #expect(
            kinds[7]
                == .rating(Rating(prompts: ["hi"], scores: ["1": 5], attempts: 1, thanks: ["hi"], next: "h")))
        #expect(kinds[8] == .hangUp(HangUp()))
    }

    @Test func `what is not written has the same value as in the flow itself`() throws {
        let flow = try flow(
            """
            {"name": "q", "kind": "queue", "queue": "erp", "after_conversation": "h", "dissuaded": "h"},
            {"name": "c", "kind": "digits", "prompts": ["hi"], "variable": "v", "least": 1, "most": 2, "next": "h",
             "failed": "h"}
            """)
        #expect(
            flow.nodes[0].kind
                == .queue(EnterQueue(queue: QueueID(4), afterConversation: "h", dissuaded: "h")))
        #expect(
            flow.nodes[1].kind
                == .digits(
                    CollectDigits(prompts: ["hi"], variable: "v", least: 1, most: 2, next: "h", failed: "h")))
    }

    @Test func `everything that is missing is told at once, by node and field`() throws {
        let found = try problems(
            #"{"name": "m", "kind": "menu", "prompts": ["hi"]}, {"name": "s", "kind": "say"}"#)
        #expect(
            found == [
                FlowDocumentProblem(node: "m", field: "choices", reason: .missing),
                FlowDocumentProblem(node: "m", field: "no_input", reason: .missing),
                FlowDocumentProblem(node: "m", field: "no_match", reason: .missing),
                FlowDocumentProblem(node: "s", field: "prompts", reason: .missing),
                FlowDocumentProblem(node: "s", field: "next", reason: .missing),
            ])
        #expect(found[1].description == "node 'm', field 'no_input': is missing")
    }

    @Test func `misspelt fields, foreign fields, kinds and keys are told`() throws {
        #expect(
            try problems(#"{"name": "h", "kind": "hang_up", "promts": ["hi"], "next": "a"}"#) == [
                FlowDocumentProblem(node: "h", field: "promts", reason: .unknownField),
                FlowDocumentProblem(node: "h", field: "next", reason: .notForKind("hang_up")),
            ])
        #expect(
            try problems(#"{"name": "h", "kind": "hangup"}"#) == [
                FlowDocumentProblem(node: "h", field: "kind", reason: .unknownKind("hangup"))
            ])
        #expect(
            try problems(
                """
                {"name": "q", "kind": "queue", "queue": "crm", "skills": {"dutch": 1}, "after_conversation": "h",
                 "dissuaded": "h"},
                {"name": "h", "kind": "hours", "calendar": "night", "open": "h", "closed": "h"}
                """) == [
                    FlowDocumentProblem(node: "q", field: "queue", reason: .unknownQueue("crm")),
                    FlowDocumentProblem(node: "q", field: "skills", reason: .unknownSkill("dutch")),
                    FlowDocumentProblem(node: "h", field: "calendar", reason: .unknownCalendar("night")),
                ])
    }

    @Test func `a time that is no time is refused while reading`() {
        #expect(throws: DecodingError.self) {
            try document(#"{"name": "b", "kind": "menu", "timeout": 1e300}"#)
        }
        #expect(throws: DecodingError.self) {
            try document(#"{"name": "b", "kind": "menu", "timeout": "5s"}"#)
        }
    }

    @Test func `documents, flows and sessions survive being written and read`() throws {
        let document = try document(
            #"{"name": "a", "kind": "menu", "prompts": ["hi"], "choices": {"1": "a"}, "timeout": 2.5, "no_input": "h", "no_match": "h"}, {"name": "h", "kind": "hang_up"}"#
        )
        let again = try JSONDecoder().decode(FlowDocument.self, from: JSONEncoder().encode(document))
        #expect(again == document)
        let flow = try document.flow(id: FlowID(1), version: 1, queues: [:], calendars: [:]).get()
        #expect(try JSONDecoder().decode(Flow.self, from: JSONEncoder().encode(flow)) == flow)
        var session = FlowSession(flow: flow)
        _ = session.apply(.started, in: FlowContext(), at: Timestamp(milliseconds: 5))
        #expect(try JSONDecoder().decode(FlowSession.self, from: JSONEncoder().encode(session)) == session)
    }
}
