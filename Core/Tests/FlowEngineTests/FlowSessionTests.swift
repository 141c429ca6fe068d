import FlowEngine
import Kernel
import Testing

@Suite struct FlowSessionTests {
    @Test func `a say node is spoken and then goes on, and the farewell ends the call`() {
        var walk = Walk(Sample.flow([("hello", Sample.say("hello", "bye")), ("bye", Sample.bye)]))
        #expect(walk.on(.started).deeds == [.play(1, [Utterance(language: "en", text: "hello")])])
        #expect(walk.listen().deeds == [.play(2, [Utterance(language: "en", text: "bye")])])
        #expect(walk.listen().deeds == [.hangUp])
        #expect(
            walk.facts == [
                .flowStarted(FlowID(1), version: 1), .nodeEntered("hello"),
                .nodeLeft("hello", exit: "played"),
                .nodeEntered("bye"), .nodeLeft("bye", exit: "hungUp"),
            ])
        #expect(walk.session.hasEnded)
    }

    @Test func `nothing happens after hanging up`() {
        var walk = Walk(Sample.flow([("bye", .hangUp(HangUp()))]))
        #expect(walk.on(.started).deeds == [.hangUp])
        for event: FlowEvent in [
            .started, .playEnded(0), .playEnded(1), .digitPressed("1"), .deadlineReached, .waitedAgain,
            .positionTold(position: 1, wait: nil), .agentConnected(agentNumber: "1"), .conversationEnded,
            .queueRefused,
        ] { #expect(walk.on(event).isEmpty) }
        #expect(walk.session.nextDeadline == nil)
    }

    @Test func `a second start and a late end of a play change nothing`() {
        var walk = Walk(
            Sample.flow([
                ("hello", Sample.say("hello", "more")), ("more", Sample.say("again", "bye")),
                ("bye", Sample.bye),
            ]))
        walk.on(.started)
        #expect(walk.on(.started).isEmpty)
        walk.listen()
        #expect(walk.on(.playEnded(1)).isEmpty)
        #expect(walk.on(.playEnded(7)).isEmpty)
        #expect(walk.node == "more")
    }

    @Test func `a play whose end is never reported counts as ended after the bound`() {
        var walk = Walk(Sample.flow([("hello", Sample.say("hello", "bye")), ("bye", Sample.bye)]))
        walk.on(.started)
        #expect(walk.session.nextDeadline == walk.now + FlowSession.longestPlay)
        walk.now = walk.now + .seconds(1)
        #expect(walk.on(.deadlineReached).isEmpty)
        walk.waitForDeadline()
        #expect(walk.node == "bye")
        walk.waitForDeadline()
        #expect(walk.hasHungUp)
    }

    @Test func `a key in a menu counts at once while the prompt is on`() {
        var walk = Walk(
            Sample.flow([
                ("menu", Sample.menu(["1": "one"])), ("one", Sample.say("hello", "bye")), ("bye", Sample.bye),
            ]))
        walk.on(.started)
        #expect(
            walk.press("1") == [
                .stopPlaying, .fact(.nodeLeft("menu", exit: "1")), .fact(.nodeEntered("one")),
                .play(2, [Utterance(language: "en", text: "hello")]),
            ])
    }

    @Test
    func `a menu is repeated after silence and after a wrong key, then takes the exit for what came last`() {
        let flow = Sample.flow([
            ("menu", Sample.menu(["1": "bye"], noInput: "silent", noMatch: "wrong")),
            ("silent", Sample.say("hello", "bye")), ("wrong", Sample.say("sorry", "bye")),
            ("bye", Sample.bye),
        ])
        var silent = Walk(flow)
        silent.on(.started)
        silent.listen()
        #expect(silent.session.nextDeadline == silent.now + .seconds(5))
        #expect(silent.waitForDeadline().texts == ["again", "menu"])
        silent.listen()
        silent.waitForDeadline()
        #expect(silent.node == "silent")

        var wrong = Walk(flow)
        wrong.on(.started)
        #expect(wrong.press("7").texts == ["again", "menu"])
        wrong.press("*")
        #expect(wrong.node == "wrong")
        #expect(wrong.exits.last == "noMatch")
    }

    @Test func `keys that no caller's telephone has are ignored`() {
        var walk = Walk(Sample.flow([("menu", Sample.menu(["1": "bye"])), ("bye", Sample.bye)]))
        walk.on(.started)
        for key in ["A", "D", "", "12", "x", "\u{FF11}", "1\u{301}"] {
            #expect(walk.on(.digitPressed(key)).isEmpty)
        }
        #expect(walk.node == "menu")
    }

    @Test func `keys typed ahead wait for the menus they are meant for`() {
        let flow = Sample.flow([
            ("hello", Sample.say("hello", "skipped")), ("skipped", Sample.say("again", "first")),
            ("first", Sample.menu(["4": "second"])), ("second", Sample.menu(["2": "bye"])),
            ("bye", Sample.bye),
        ])
        var walk = Walk(flow)
        walk.on(.started)
        walk.press("4")
        #expect(walk.node == "second")
        #expect(walk.exits == ["interrupted", "skipped", "4"])

        var notice = Walk(
            Sample.flow([
                ("notice", Sample.notice("first")), ("first", Sample.menu(["4": "second"])),
                ("second", Sample.menu(["2": "bye"])), ("bye", Sample.bye),
            ]))
        notice.on(.started)
        #expect(notice.press("42").isEmpty)
        notice.listen()
        #expect(notice.node == "bye")
    }

    @Test func `keys typed ahead are bounded and thrown away after a wrong one`() {
        let flow = Sample.flow([
            ("notice", Sample.notice("menu")), ("menu", Sample.menu(["1": "menu", "2": "bye"])),
            ("bye", Sample.bye),
        ])
        var bounded = Walk(flow)
        bounded.on(.started)
        bounded.press(String(repeating: "1", count: FlowSession.mostKeysTypedAhead) + "2")
        bounded.listen()
        #expect(bounded.node == "menu")

        var wrong = Walk(flow)
        wrong.on(.started)
        wrong.press("92")
        #expect(wrong.listen().texts == ["again", "menu"])
        #expect(wrong.node == "menu")
    }

    @Test func `G01 the recording notice is heard to its end whatever is pressed, and only then a fact`() {
        var walk = Walk(
            Sample.flow([
                ("hello", Sample.say("hello", "notice")), ("notice", Sample.notice("bye")),
                ("bye", Sample.bye),
            ]))
        walk.on(.started)
        walk.press("1")
        #expect(walk.node == "notice")
        #expect(walk.press("5").isEmpty)
        #expect(!walk.facts.contains(.recordingNoticeGiven("notice")))
        walk.listen()
        #expect(walk.facts.contains(.recordingNoticeGiven("notice")))

        var unheard = Walk(Sample.flow([("notice", Sample.notice("bye")), ("bye", Sample.bye)]))
        unheard.on(.started)
        unheard.waitForDeadline()
        #expect(unheard.node == "bye")
        #expect(!unheard.facts.contains(.recordingNoticeGiven("notice")))
    }

    @Test func `a language is spoken from its node on, with fallback along the flow's languages`() {
        let flow = Sample.flow(
            [
                ("hello", Sample.say("hello", "english")),
                ("english", .language(ChooseLanguage(language: "en", next: "more"))),
                ("more", .say(Say(prompts: ["only-zh", "file"], next: "bye"))), ("bye", Sample.bye),
            ], languages: ["zh-CN", "en"],
            prompts: [
                "only-zh": Prompt(texts: ["zh-CN": "请稍候"]),
                "file": Prompt(texts: [:], files: ["en": "f.wav"]),
            ])
        var walk = Walk(flow)
        #expect(walk.on(.started).texts == ["zh-CN hello"])
        #expect(
            walk.listen().deeds == [
                .play(
                    2,
                    [
                        Utterance(language: "zh-CN", text: "请稍候"),
                        Utterance(language: "en", text: "", file: "f.wav"),
                    ])
            ])
        #expect(walk.session.language == "en")
    }

    @Test func `business hours branch, and a missing calendar counts as closed and is told`() {
        let flow = Sample.flow([
            ("hours", .hours(Hours(calendar: CalendarID(7), open: "open", closed: "bye"))),
            ("open", Sample.say("hello", "bye")), ("bye", Sample.bye),
        ])
        var open = Walk(flow, context: FlowContext(calendars: [CalendarID(7): BusinessCalendar()]))
        open.on(.started)
        #expect(open.node == (BusinessCalendar().isOpen(at: open.now) ? "open" : "bye"))
        var missing = Walk(flow)
        missing.on(.started)
        #expect(missing.node == "bye")
        #expect(missing.exits == ["calendarMissing"])
    }

    @Test func `N21 known faults are spoken with their introduction only while there are any`() {
        let flow = Sample.flow([
            ("faults", .announcement(Announce(board: "faults", introduction: ["hello"], next: "menu"))),
            ("menu", Sample.menu(["1": "bye"])), ("bye", Sample.bye),
        ])
        var none = Walk(flow)
        #expect(none.on(.started).texts == ["menu"])

        let announcements = [
            ActiveAnnouncement(id: AnnouncementID(1), board: "faults", texts: ["en": "ERP is slow"]),
            ActiveAnnouncement(id: AnnouncementID(2), board: "news", texts: ["en": "New hall"]),
            ActiveAnnouncement(id: AnnouncementID(3), board: "faults", texts: ["zh-CN": "网络故障"]),
        ]
        var some = Walk(flow, context: FlowContext(announcements: announcements))
        #expect(some.on(.started).texts == ["hello", "ERP is slow", "网络故障"])
        #expect(some.facts.contains(.announcementSpoken(AnnouncementID(1))))
        #expect(!some.facts.contains(.announcementSpoken(AnnouncementID(2))))
        some.press("1")
        #expect(some.node == "bye")

        let many = (1...9).map {
            ActiveAnnouncement(id: AnnouncementID($0), board: "faults", texts: ["en": "x"])
        }
        var bounded = Walk(flow, context: FlowContext(announcements: many))
        #expect(bounded.on(.started).texts.count == 1 + FlowSession.mostAnnouncementsSpoken)
    }

    @Test
    func `a flow that turns without the caller is ended at the bound, and so is one that leads nowhere`() {
        var loop = Walk(
            Sample.flow([
                ("a", .language(ChooseLanguage(language: "en", next: "b"))),
                ("b", .language(ChooseLanguage(language: "en", next: "a"))),
            ]))
        #expect(loop.on(.started).last == .hangUp)
        #expect(loop.facts.contains(.flowFailed("a", reason: "tooManySteps")))

        var nowhere = Walk(Sample.flow([("hello", Sample.say("hello", "gone"))]))
        nowhere.on(.started)
        #expect(nowhere.listen().suffix(2) == [.fact(.flowFailed("gone", reason: "unknownNode")), .hangUp])

        var silent = Walk(
            Sample.flow([("menu", Sample.menu(["1": "menu"], noInput: "menu", noMatch: "menu"))]))
        silent.on(.started)
        for _ in 0..<1_000 where !silent.hasHungUp { _ = (silent.listen(), silent.waitForDeadline()) }
        #expect(silent.hasHungUp)
    }

    @Test func `a session that went through a snapshot goes on as if nothing had happened`() {
        let flow = Sample.flow([
            ("hello", Sample.say("hello", "menu")), ("menu", Sample.menu(["1": "bye"])), ("bye", Sample.bye),
        ])
        var walk = Walk(flow)
        walk.on(.started)
        walk.press("1")
        let restored = FlowSession(flow: flow, resuming: walk.session.state)
        #expect(restored == walk.session)
    }
}

@Suite struct FlowDigitsTests {
    private let flow = Sample.flow(
        [
            (
                "number",
                .digits(
                    CollectDigits(
                        prompts: ["number"], variable: "account", least: 3, most: 5, attempts: 2,
                        next: "said",
                        failed: "sorry"))
            ),
            ("said", Sample.say("echo", "menu")), ("menu", Sample.menu(["#": "bye"])),
            ("sorry", Sample.say("sorry", "bye")), ("bye", Sample.bye),
        ], prompts: ["echo": Prompt(texts: ["en": "you typed {account}"])])

    @Test func `a number ends with its terminator, its length, or a pause`() {
        for (keys, pause, digits) in [
            ("123#", false, "123"), ("12345", false, "12345"), ("1234", true, "1234"),
        ] {
            var walk = Walk(flow)
            walk.on(.started)
            walk.press(keys)
            if pause { walk.waitForDeadline() }
            #expect(walk.session.collected == ["account": digits])
            #expect(walk.spoken.last == "you typed " + digits.map { String($0) }.joined(separator: " "))
        }
    }

    @Test func `a number that is too short is asked for again, and then given up`() {
        var walk = Walk(flow)
        walk.on(.started)
        #expect(walk.press("1#").texts == ["number"])
        walk.press("12")
        walk.waitForDeadline()
        #expect(walk.node == "sorry")
        #expect(walk.session.collected.isEmpty)
        #expect(walk.exits == ["failed"])
    }

    @Test func `a terminator pressed from habit does not choose in the next menu`() {
        var habit = Walk(flow)
        habit.on(.started)
        habit.press("12345")
        habit.press("#")
        #expect(habit.node == "said")
        habit.press("#")
        #expect(habit.node == "bye")

        var later = Walk(flow)
        later.on(.started)
        later.press("12345")
        later.now = later.now + .seconds(30)
        later.press("#")
        #expect(later.node == "bye")
    }

    @Test func `the digits of a number never reach a fact`() {
        var walk = Walk(flow)
        walk.on(.started)
        walk.press("98765")
        walk.listen()
        #expect(!walk.facts.contains { "\($0)".contains("9") })
        #expect(walk.exits.first == "collected")
    }
}
