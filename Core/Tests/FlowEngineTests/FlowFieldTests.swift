import FlowEngine
import Kernel
import Testing

/// A finding names the field as the document writes it, so that a screen can mark it.
@Suite struct FlowFieldTests {
    private func fields(_ nodes: [(NodeName, NodeKind)], entry: NodeName? = nil) -> [String] {
        let flow = Sample.flow(nodes, entry: entry)
        return FlowChecker.check(flow, queues: [QueueID(1)], calendars: [CalendarID(1)]).map {
            "\($0.code) \($0.field ?? "-")"
        }
    }

    @Test func `exits are named by their fields`() {
        let menu = Sample.menu(["1": "gone"], noInput: "lost", noMatch: "away")
        #expect(
            fields([("menu", menu), ("bye", Sample.bye)]) == [
                "unknownTarget choices", "unknownTarget no_input", "unknownTarget no_match", "unreachable -",
            ])
        var queue = Sample.queue(after: "gone")
        queue.dissuaded = ""
        #expect(
            fields([("queue", .queue(queue)), ("bye", Sample.bye)]).filter { !$0.hasPrefix("unreach") } == [
                "unknownTarget after_conversation", "missingExit dissuaded",
            ])
        #expect(fields([("hello", Sample.say("hello", ""))]) == ["missingExit next"])
    }

    @Test func `bounds, keys, texts and the entry are named`() {
        #expect(fields([("bye", Sample.bye)], entry: "gone") == ["noEntry entry"])
        var queue = Sample.queue(7)
        queue.positionPrompts = ["gone"]
        #expect(
            fields([("queue", .queue(queue)), ("bye", Sample.bye)]).sorted() == [
                "missingPrompt position_prompts", "unknownQueue queue",
            ])
        let digits = CollectDigits(
            prompts: ["hello"], variable: "agent", least: 3, most: 2, terminator: "5", timeout: .zero,
            attempts: 0,
            next: "bye", failed: "bye")
        #expect(
            Set(fields([("digits", .digits(digits)), ("bye", Sample.bye)])) == [
                "invalidBound attempts", "invalidBound timeout", "invalidBound most", "invalidKey terminator",
                "unknownVariable variable",
            ])
    }
}
