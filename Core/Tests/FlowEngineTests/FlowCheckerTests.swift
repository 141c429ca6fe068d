import FlowEngine
import Kernel
import Testing

/// Each code with the smallest flow that shows it, and the flow beside it that does not.
@Suite struct FlowCheckerTests {
    private func check(_ flow: Flow) -> [FlowFinding] {
        FlowChecker.check(flow, queues: [QueueID(1)], calendars: [CalendarID(1)])
    }

    /// Codes and nodes of the findings.
    private func found(_ nodes: [(NodeName, NodeKind)], entry: NodeName? = nil) -> [String] {
        check(Sample.flow(nodes, entry: entry)).map { "\($0.code) \($0.node)" }
    }

    private func queue(recorded: Bool = false, dissuaded: NodeName = "bye", id: Int = 1) -> NodeKind {
        var queue = Sample.queue(id, recorded: recorded)
        queue.dissuaded = dissuaded
        return .queue(queue)
    }

    @Test func `a flow that says hello and goodbye is fine`() {
        #expect(found([("hello", Sample.say("hello", "bye")), ("bye", Sample.bye)]).isEmpty)
    }

    @Test func `a flow needs its entry and a language`() {
        #expect(found([("bye", Sample.bye)], entry: "hello") == ["noEntry hello"])
        #expect(found([]) == ["noEntry "])
        var mute = Sample.flow([("bye", .hangUp(HangUp()))])
        mute.languages = []
        #expect(check(mute).map(\.code) == [.missingTranslation])
    }

    @Test func `node names are unique`() {
        #expect(found([("bye", Sample.bye), ("bye", Sample.bye)]) == ["duplicateNode bye"])
    }

    @Test func `exits lead to nodes`() {
        #expect(found([("hello", Sample.say("hello", "gone"))]) == ["unknownTarget hello"])
        #expect(found([("hello", Sample.say("hello", ""))]) == ["missingExit hello"])
        #expect(found([("menu", Sample.menu([:])), ("bye", Sample.bye)]) == ["missingExit menu"])
        let rating = Rating(prompts: ["rate"], scores: [:], next: "bye")
        #expect(found([("rating", .rating(rating)), ("bye", Sample.bye)]) == ["missingExit rating"])
    }

    @Test func `every node can be reached`() {
        #expect(
            found([("bye", Sample.bye), ("island", Sample.say("hello", "bye"))]) == ["unreachable island"])
        #expect(
            found([("menu", Sample.menu(["1": "island"])), ("bye", Sample.bye), ("island", Sample.bye)])
                .isEmpty)
    }

    @Test func `everything that is said exists and nodes that speak say something`() {
        #expect(
            found([("hello", Sample.say("gone", "bye")), ("bye", Sample.bye)]) == ["missingPrompt hello"])
        let mute = NodeKind.say(Say(prompts: [], next: "bye"))
        #expect(found([("hello", mute), ("bye", Sample.bye)]) == ["missingPrompt hello"])
        #expect(found([("bye", .hangUp(HangUp()))]).isEmpty)
    }

    @Test func `everything is said in every language, as text or as file, once per prompt`() {
        let nodes: [(NodeName, NodeKind)] = [
            ("hello", Sample.say("half", "bye")), ("bye", .hangUp(HangUp(prompts: ["half"]))),
        ]
        let languages = ["zh-CN", "en"]
        let half = Sample.flow(nodes, languages: languages, prompts: ["half": Prompt(texts: ["en": "half"])])
        #expect(check(half).map { "\($0.code) \($0.node)" } == ["missingTranslation hello"])
        let whole = Prompt(texts: ["en": "half"], files: ["zh-CN": "half.wav"])
        #expect(check(Sample.flow(nodes, languages: languages, prompts: ["half": whole])).isEmpty)
        let empty = Prompt(texts: ["en": "half", "zh-CN": ""])
        #expect(check(Sample.flow(nodes, languages: languages, prompts: ["half": empty])).count == 1)
        let french = NodeKind.language(ChooseLanguage(language: "fr", next: "bye"))
        #expect(found([("french", french), ("bye", Sample.bye)]) == ["missingTranslation french"])
    }

    @Test func `variables are filled where they are used`() {
        func flow(_ text: String, in queue: Bool = false) -> [FlowFinding.Code] {
            var node = Sample.queue()
            node.positionPrompts = ["text"]
            let first: NodeKind = queue ? .queue(node) : Sample.say("text", "bye")
            return check(
                Sample.flow(
                    [("first", first), ("bye", Sample.bye)], prompts: ["text": Prompt(texts: ["en": text])])
            ).map(\.code)
        }
        #expect(flow("{positoin}", in: true) == [.unknownVariable])
        #expect(flow("{position}") == [.unknownVariable])
        #expect(flow("{position}", in: true).isEmpty)
        #expect(flow("{ not closed").isEmpty)
    }

    @Test func `a caller who does nothing comes to an end or to a queue`() {
        #expect(found([("a", Sample.say("hello", "a"))]) == ["endlessLoop a"])
        #expect(
            found([("m", Sample.menu(["1": "bye"], noInput: "m")), ("bye", Sample.bye)]) == ["endlessLoop m"])
        #expect(
            found([
                ("m", Sample.menu(["1": "bye"], noInput: "s")), ("s", Sample.say("sorry", "m")),
                ("bye", Sample.bye),
            ]) == ["endlessLoop m"])
        #expect(
            found([("q", queue(dissuaded: "s")), ("s", Sample.say("sorry", "q")), ("bye", Sample.bye)])
                == ["endlessLoop q"])
        // Round by the caller's own wish, or by way of a conversation, is no endless loop.
        #expect(found([("m", Sample.menu(["1": "m"], noMatch: "m")), ("bye", Sample.bye)]).isEmpty)
        var again = Sample.queue(after: "q")
        again.dissuaded = "bye"
        #expect(found([("q", .queue(again)), ("bye", Sample.bye)]).isEmpty)
        // What lies behind a loop is not part of it.
        #expect(
            found([
                ("m", Sample.menu(["1": "x"], noInput: "m")), ("x", Sample.say("hello", "bye")),
                ("bye", Sample.bye),
            ])
                == ["endlessLoop m"])
    }

    @Test func `two separate loops are two findings`() {
        #expect(
            found([
                ("c", Sample.menu(["1": "a", "2": "b"])), ("a", Sample.say("hello", "a")),
                ("b", Sample.say("hello", "b2")), ("b2", Sample.say("hello", "b")), ("bye", Sample.bye),
            ]) == ["endlessLoop a", "endlessLoop b"])
    }

    @Test func `a silent path is no longer than a session goes`() {
        func chain(_ length: Int) -> [String] {
            var nodes: [(NodeName, NodeKind)] = (1..<length).map {
                ("n\($0)", Sample.say("hello", "n\($0 + 1)"))
            }
            nodes.append(("n\(length)", Sample.bye))
            return found(nodes)
        }
        let most = FlowSession.mostStepsWithoutWaiting
        #expect(chain(most).isEmpty)
        #expect(chain(most + 1) == ["invalidBound n\(most + 1)"])
    }

    @Test func `G01 nobody is recorded who was not told, on any path`() {
        #expect(found([("q", queue(recorded: true)), ("bye", Sample.bye)]) == ["missingRecordingNotice q"])
        #expect(found([("q", queue()), ("bye", Sample.bye)]).isEmpty)
        #expect(
            found([("n", Sample.notice("q")), ("q", queue(recorded: true)), ("bye", Sample.bye)]).isEmpty)
        // One of two paths without it is enough to refuse.
        #expect(
            found([
                ("m", Sample.menu(["1": "n", "2": "q"])), ("n", Sample.notice("q")),
                ("q", queue(recorded: true)),
                ("bye", Sample.bye),
            ]) == ["missingRecordingNotice q"])
        #expect(
            found([
                ("m", Sample.menu(["1": "n", "2": "n2"])), ("n", Sample.notice("q")),
                ("n2", Sample.notice("q")),
                ("q", queue(recorded: true)), ("bye", Sample.bye),
            ]).isEmpty)
        // A round that comes back without it does not take it away again.
        #expect(
            found([
                ("n", Sample.notice("m")), ("m", Sample.menu(["1": "q", "2": "m"])),
                ("q", queue(recorded: true)),
                ("bye", Sample.bye),
            ]).isEmpty)
        // A second queue, reached when the first refused.
        #expect(
            found([("q", queue(dissuaded: "r")), ("r", queue(recorded: true)), ("bye", Sample.bye)])
                == ["missingRecordingNotice r"])
    }

    @Test func `G01 a notice that may stay unsaid is none`() {
        let variable = ["notice": Prompt(texts: ["en": "recorded {account}"])]
        let digits = CollectDigits(
            prompts: ["number"], variable: "account", least: 1, most: 2, next: "n", failed: "n")
        let flow = Sample.flow(
            [
                ("d", .digits(digits)), ("n", Sample.notice("q")), ("q", queue(recorded: true)),
                ("bye", Sample.bye),
            ], prompts: variable)
        #expect(check(flow).map(\.code) == [.missingRecordingNotice])
    }

    @Test func `queues and calendars exist`() {
        #expect(found([("q", queue(id: 2)), ("bye", Sample.bye)]) == ["unknownQueue q"])
        func hours(_ id: Int) -> [String] {
            found([
                ("h", .hours(Hours(calendar: CalendarID(id), open: "bye", closed: "bye"))),
                ("bye", Sample.bye),
            ])
        }
        #expect(hours(2) == ["unknownCalendar h"])
        #expect(hours(1).isEmpty)
    }

    @Test func `keys are those of a telephone`() {
        for key in ["A", "10", "", "x", "\u{FF11}"] {
            #expect(found([("m", Sample.menu([key: "bye"])), ("bye", Sample.bye)]) == ["invalidKey m"])
        }
        for key in ["0", "9", "*", "#"] {
            #expect(found([("m", Sample.menu([key: "bye"])), ("bye", Sample.bye)]).isEmpty)
        }
        let rating = Rating(prompts: ["rate"], scores: ["B": 1], next: "bye")
        #expect(found([("r", .rating(rating)), ("bye", Sample.bye)]) == ["invalidKey r"])
    }

    @Test func `numbers that are asked for have sensible bounds and names`() {
        func digits(_ change: (inout CollectDigits) -> Void) -> [String] {
            var node = CollectDigits(
                prompts: ["number"], variable: "account", least: 1, most: 8, next: "bye", failed: "bye")
            change(&node)
            return found([("d", .digits(node)), ("bye", Sample.bye)])
        }
        #expect(digits { _ in }.isEmpty)
        #expect(digits { $0.least = 9 } == ["invalidBound d"])
        #expect(digits { $0.least = -1 } == ["invalidBound d"])
        #expect(digits { ($0.least, $0.most) = (0, 0) } == ["invalidBound d"])
        #expect(digits { $0.most = FlowChecker.mostDigits + 1 } == ["invalidBound d"])
        #expect(digits { $0.attempts = 0 } == ["invalidBound d"])
        #expect(digits { $0.timeout = .zero } == ["invalidBound d"])
        #expect(digits { $0.terminator = "5" } == ["invalidKey d"])
        #expect(digits { $0.terminator = nil }.isEmpty)
        #expect(digits { $0.variable = "agent" } == ["unknownVariable d"])
    }

    @Test func `menus, ratings and announcements have sensible bounds`() {
        func menu(_ attempts: Int, _ timeout: TimeSpan) -> [String] {
            let menu = Menu(
                prompts: ["menu"], choices: ["1": "bye"], timeout: timeout, attempts: attempts,
                noInput: "bye",
                noMatch: "bye")
            return found([("m", .menu(menu)), ("bye", Sample.bye)])
        }
        #expect(menu(1, .seconds(1)).isEmpty)
        #expect(menu(0, .seconds(1)) == ["invalidBound m"])
        #expect(menu(FlowChecker.mostAttempts + 1, .seconds(1)) == ["invalidBound m"])
        #expect(menu(1, .milliseconds(-1)) == ["invalidBound m"])
        #expect(menu(1, FlowChecker.longestTimeout + .seconds(1)) == ["invalidBound m"])
        let rating = Rating(prompts: ["rate"], scores: ["1": 1], attempts: 0, next: "bye")
        #expect(found([("r", .rating(rating)), ("bye", Sample.bye)]) == ["invalidBound r"])
        var queue = Sample.queue()
        queue.announceEvery = .zero
        #expect(found([("q", .queue(queue)), ("bye", Sample.bye)]) == ["invalidBound q"])
    }

    @Test func `findings come in the order of the nodes and are the same each time`() {
        let menu = Menu(
            prompts: ["gone", "lost"], choices: ["A": "x", "B": "y", "1": ""], attempts: 0, noInput: "m",
            noMatch: "z")
        let flow = Sample.flow(
            [("m", .menu(menu)), ("island", Sample.bye), ("bye", Sample.bye)], languages: ["en", "zh"])
        let first = check(flow)
        #expect(
            first.map(\.node)
                == first.map(\.node).sorted { a, b in
                    (a == "m" ? 0 : a == "island" ? 1 : 2) < (b == "m" ? 0 : b == "island" ? 1 : 2)
                })
        #expect(first.count == 12)
        for _ in 0..<5 { #expect(check(flow) == first) }
    }
}
