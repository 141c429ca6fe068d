import FlowEngine
import Kernel
import Testing

@Suite struct FlowWaitingTests {
    private func waiting(_ change: (inout EnterQueue) -> Void = { _ in }) -> Walk {
        var queue = Sample.queue(after: "rating")
        change(&queue)
        let rating = Rating(
            prompts: ["rate"], scores: ["1": 5, "2": 3], timeout: .seconds(8), attempts: 2,
            thanks: ["thanks"],
            next: "bye")
        var walk = Walk(
            Sample.flow([
                ("hello", Sample.say("hello", "queue")), ("queue", .queue(queue)),
                ("rating", .rating(rating)),
                ("bye", Sample.bye),
            ]))
        walk.on(.started)
        walk.listen()
        return walk
    }

    @Test func `a queue is entered with music and asks for the position at once`() {
        let walk = waiting()
        let queue = Sample.queue(after: "rating")
        #expect(
            walk.actions.deeds.suffix(3) == [
                .enterQueue(queue), .playMusic(2, name: "waiting"), .askPosition,
            ])
    }

    @Test func `G01 a caller who did not hear the notice to its end is queued without recording`() {
        for isHeard in [true, false] {
            let queue = Sample.queue(recorded: true)
            var walk = Walk(
                Sample.flow([
                    ("notice", Sample.notice("queue")), ("queue", .queue(queue)), ("bye", Sample.bye),
                ]))
            walk.on(.started)
            if isHeard { walk.listen() } else { walk.waitForDeadline() }
            var expected = queue
            expected.isRecorded = isHeard
            #expect(walk.queueAction == .enterQueue(expected))
        }
    }

    @Test func `G01 a notice of which nothing could be spoken has not been given, and the flow goes on`() {
        var walk = Walk(
            Sample.flow([
                ("notice", Sample.notice("queue")), ("queue", .queue(Sample.queue(recorded: true))),
                ("bye", Sample.bye),
            ]))
        walk.on(.started)
        #expect(walk.on(.playFailed(walk.lastPlay + 1)).isEmpty)
        walk.on(.playFailed(walk.lastPlay))
        #expect(walk.node == "queue")
        #expect(!walk.facts.contains(.recordingNoticeGiven("notice")))
        var expected = Sample.queue(recorded: true)
        expected.isRecorded = false
        #expect(walk.queueAction == .enterQueue(expected))
    }

    @Test func `the position is spoken, then there is music again, and it is asked for again and again`() {
        var walk = waiting()
        let asked = walk.now
        #expect(walk.on(.positionTold(position: 3, wait: .seconds(61))).texts == ["place 3", "2 minutes"])
        walk.now = walk.now + .seconds(4)
        #expect(walk.listen() == [.playMusic(4, name: "waiting")])
        #expect(walk.session.nextDeadline == asked + .seconds(30))
        #expect(walk.waitForDeadline() == [.askPosition])
        #expect(walk.on(.positionTold(position: 1, wait: nil)).texts == ["place 1"])
    }

    @Test func `an announcement is never due while one is on, and follows music`() {
        var walk = waiting { $0.announceEvery = .seconds(2) }
        walk.on(.positionTold(position: 3, wait: nil))
        walk.now = walk.now + .seconds(10)
        walk.listen()
        #expect(walk.session.nextDeadline == walk.now + .seconds(2))
    }

    @Test func `a position that is unknown, unasked or late is not spoken`() {
        var walk = waiting()
        #expect(walk.on(.positionTold(position: 0, wait: nil)).isEmpty)
        #expect(walk.on(.positionTold(position: 2, wait: nil)).isEmpty)
        walk.waitForDeadline()
        walk.on(.agentConnected(agentNumber: "8001"))
        #expect(walk.on(.positionTold(position: 2, wait: nil)).isEmpty)
    }

    @Test func `a queue without music, position or announcements is silent`() {
        let walk = waiting {
            $0.music = nil
            $0.positionPrompts = []
        }
        #expect(walk.actions.deeds.count == 2)
        #expect(walk.session.nextDeadline == nil)
    }

    @Test func `a caller who is not answered yet hears only ringing`() {
        var queue = Sample.queue()
        queue.answersFirst = false
        var walk = Walk(Sample.flow([("queue", .queue(queue)), ("bye", Sample.bye)]))
        #expect(walk.on(.started).deeds == [.enterQueue(queue)])
        #expect(walk.on(.agentConnected(agentNumber: "7")).texts == ["agent 7"])
    }

    @Test func `keys pressed while waiting or talking do nothing and are not kept`() {
        var walk = waiting()
        #expect(walk.press("123").isEmpty)
        walk.on(.agentConnected(agentNumber: "1"))
        #expect(walk.press("2").isEmpty)
        walk.on(.conversationEnded)
        #expect(walk.spoken.last == "rate")
        #expect(!walk.facts.contains { if case .rated = $0 { true } else { false } })
    }

    @Test func `G14 customer and agent hear the agent's number digit by digit, and the music stops`() {
        var walk = waiting()
        #expect(
            walk.on(.agentConnected(agentNumber: "8001")) == [
                .stopPlaying, .playToBoth(3, [Utterance(language: "en", text: "agent 8 0 0 1")]),
            ])
        #expect(walk.on(.agentConnected(agentNumber: "8002")).isEmpty)
        var plain = waiting { $0.connectPrompts = [] }
        #expect(plain.on(.agentConnected(agentNumber: "8001")) == [.stopPlaying])
    }

    @Test func `when the agent vanishes there is music again and the caller can be connected again`() {
        var walk = waiting()
        #expect(walk.on(.waitedAgain).isEmpty)
        walk.on(.agentConnected(agentNumber: "1"))
        walk.listen()
        #expect(walk.on(.waitedAgain) == [.playMusic(4, name: "waiting")])
        #expect(walk.session.nextDeadline == walk.now + .seconds(30))
        #expect(walk.on(.agentConnected(agentNumber: "2")).texts == ["agent 2"])
    }

    @Test
    func `a queue that cannot keep the caller leads to the dissuasion, but not during the conversation`() {
        var walk = waiting()
        walk.on(.queueRefused)
        #expect(walk.node == "bye")
        #expect(walk.exits.last == "dissuaded")
        var talking = waiting()
        talking.on(.agentConnected(agentNumber: "1"))
        #expect(talking.on(.queueRefused).isEmpty)
        var early = waiting()
        #expect(early.on(.conversationEnded).isEmpty)
    }

    @Test func `Q07 a rating is one key, thanks follow, and the call ends`() {
        var walk = waiting()
        walk.on(.agentConnected(agentNumber: "1"))
        walk.on(.conversationEnded)
        walk.listen()
        let rated = walk.press("1")
        #expect(rated.facts.first == .rated(score: 5))
        #expect(rated.texts == ["thanks"])
        #expect(walk.press("2").isEmpty)
        walk.listen()
        #expect(walk.node == "bye")
        #expect(walk.exits.contains("rated"))
    }

    @Test func `Q07 a wrong key and then silence leave the rating skipped`() {
        var walk = waiting()
        walk.on(.agentConnected(agentNumber: "1"))
        walk.on(.conversationEnded)
        #expect(walk.press("9").texts == ["rate"])
        walk.listen()
        walk.waitForDeadline()
        #expect(walk.facts.contains(.ratingSkipped))
        #expect(walk.node == "bye")
    }
}
