import Foundation
import Kernel
import Testing

@testable import SignallingEngine

/// A crash between two moments of a call: what the next process can do with the snapshots.
@Suite struct RestartTests {
    /// The snapshot as it comes back from a journal.
    private func stored(_ snapshot: DialogSnapshot?) throws -> DialogSnapshot {
        let data = try JSONEncoder().encode(try #require(snapshot))
        return try JSONDecoder().decode(DialogSnapshot.self, from: data)
    }

    @Test func `a talking leg is ended by BYE`() throws {
        var bench = Bench()
        let call = bench.talk()
        let snapshot = try stored(bench.here.snapshot(of: Bench.call))
        bench.here = SignallingEngine(
            settings: Bench.settings(Bench.hotline, trunk: Bench.trunk), seed: Array("after the crash".utf8))
        bench.here(.resume(Bench.call, snapshot))
        #expect(bench.hereEvents.isEmpty)
        bench.here(.hangUp(Bench.call, .none))
        #expect(bench.hereEvents == [.ended(Bench.call, .local)])
        #expect(bench.thereEvents == [.ended(call, .bye)])
    }

    @Test func `a talking leg carries on`() throws {
        var bench = Bench()
        let call = bench.talk()
        let snapshot = try stored(bench.there.snapshot(of: call))
        bench.there = SignallingEngine(
            settings: Bench.settings(Bench.trunk, trunk: Bench.hotline), seed: Array("after the crash".utf8))
        bench.there(.resume(call, snapshot))
        bench.here(.reoffer(Bench.call, sdp: Bench.offer))
        #expect(bench.thereEvents == [.reoffered(call, sdp: Bench.offer)])
        bench.there(.answerReoffer(call, sdp: Bench.answer))
        #expect(bench.hereEvents == [.reanswered(Bench.call, sdp: Bench.answer)])
        bench.there(.reoffer(call, sdp: Bench.offer))
        bench.here(.answerReoffer(Bench.call, sdp: Bench.answer))
        #expect(bench.thereEvents.last == .reanswered(call, sdp: Bench.answer))
        bench.here(.hangUp(Bench.call, .none))
        #expect(bench.thereEvents.last == .ended(call, .bye))
        bench.pass(.minutes(5))
        #expect(bench.there.load == (0, 0, 0, 0))
    }

    @Test func `a leg that rings is cancelled`() throws {
        var bench = Bench()
        bench.here(.invite(Bench.call, Bench.request))
        let call = try #require(bench.incoming)
        bench.there(.ring(call, status: 180))
        let snapshot = try stored(bench.here.snapshot(of: Bench.call))
        bench.here = SignallingEngine(
            settings: Bench.settings(Bench.hotline, trunk: Bench.trunk), seed: Array("after the crash".utf8))
        bench.here(.resume(Bench.call, snapshot))
        bench.here(.hangUp(Bench.call, .none))
        #expect(bench.thereEvents.suffix(2) == [.cancelled(call), .ended(call, .cancelled)])
        bench.pass(.minutes(5))
        #expect(bench.here.load == (0, 0, 0, 0))
        #expect(bench.there.load == (0, 0, 0, 0))
    }

    @Test func `an answer that is faster than the CANCEL of the next process is acknowledged and ended`()
        throws
    {
        var before = Hand()
        let invite = try #require(before.perform(.invite(Bench.call, Bench.request)).first)
        let snapshot = try stored(before.engine.snapshot(of: Bench.call))
        var after = Hand()
        after.perform(.resume(Bench.call, snapshot))
        #expect(after.perform(.hangUp(Bench.call, .none)).map(\.method) == [.cancel])
        #expect(after.receive(Hand.response(200, to: invite)).map(\.method) == [.ack, .bye])
        #expect(after.events == [.ended(Bench.call, .local)])
    }

    @Test func `an answer to a leg that the next process kept makes the session`() throws {
        var before = Hand()
        let invite = try #require(before.perform(.invite(Bench.call, Bench.request)).first)
        let snapshot = try stored(before.engine.snapshot(of: Bench.call))
        var after = Hand()
        after.perform(.resume(Bench.call, snapshot))
        #expect(after.receive(Hand.response(200, to: invite)).map(\.method) == [.ack])
        #expect(after.events == [.answered(Bench.call, sdp: [])])
    }

    @Test func `a leg that came in and waits can still be answered`() throws {
        var before = Hand()
        before.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(before.incoming)
        let snapshot = try stored(before.engine.snapshot(of: call))
        var after = Hand()
        after.perform(.resume(call, snapshot))
        let answer = try #require(after.perform(.answer(call, sdp: Bench.answer)).first)
        #expect(answer.status == 200)
        after.receive(Hand.request("ACK", branch: "z9hG4bKa", toTag: answer.text(answer.toTag)))
        #expect(after.events == [.confirmed(call, sdp: [])])
        after.receive(Hand.request("INVITE", branch: "z9hG4bKn", callID: "new", body: "v=0\r\n"))
        let next = try #require(after.incoming)
        #expect(next > call)
    }

    @Test func `an answer is repeated by the next process, and its silence ends nothing`() throws {
        var before = Hand()
        before.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(before.incoming)
        let answer = try #require(before.perform(.answer(call, sdp: Bench.answer)).first)
        let snapshot = try stored(before.engine.snapshot(of: call))

        // Soon after the answer: the ACK may have been lost with the process.
        var soon = Hand()
        soon.now = before.now + .seconds(5)
        soon.perform(.resume(call, snapshot))
        #expect(soon.pass(.seconds(1)).map(\.status) == [200, 200])
        var acknowledged = soon
        acknowledged.receive(Hand.request("ACK", branch: "z9hG4bKa", toTag: answer.text(answer.toTag)))
        #expect(acknowledged.events == [.confirmed(call, sdp: [])])
        soon.pass(.minutes(1))
        #expect(soon.events == [.confirmed(call, sdp: [])])
        #expect(soon.perform(.hangUp(call, .none)).map(\.method) == [.bye])

        // Long after: the leg is in conversation.
        var late = Hand()
        late.now = before.now + .minutes(10)
        late.perform(.resume(call, snapshot))
        #expect(late.pass(.minutes(1)).isEmpty)
        #expect(late.perform(.hangUp(call, .none)).map(\.method) == [.bye])
    }

    @Test func `a snapshot is taken of calls that live only`() throws {
        var bench = Bench()
        _ = bench.talk()
        bench.here(.hangUp(Bench.call, .none))
        #expect(bench.here.snapshot(of: Bench.call) == nil)
        #expect(bench.here.snapshot(of: .outbound(99)) == nil)
    }
}
