import Kernel
import Testing

@testable import SignallingEngine

private let timing = SIPTiming()
private let start = Timestamp(milliseconds: 0)

private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

/// The moments at which a machine sends by itself until it stops asking to be woken, and its last actions.
private func sendings(
    _ next: () -> Timestamp?, _ advance: (Timestamp) -> TransactionActions
) -> (times: [Int64], last: TransactionActions) {
    var times: [Int64] = []
    var last: TransactionActions = []
    while let deadline = next() {
        last = advance(deadline)
        if last.contains(.send) { times.append(deadline.milliseconds) }
    }
    return (times, last)
}

@Suite struct InviteClientMachineTests {
    @Test func `over UDP the request is repeated in doubling pauses until timer B`() {
        var machine = InviteClientMachine(isReliable: false, timing: timing, at: start)
        let run = sendings({ machine.nextDeadline }, { machine.advance(to: $0) })
        #expect(run.times == [500, 1_500, 3_500, 7_500, 15_500, 31_500])
        #expect(run.last == [.timeout, .end])
        #expect(machine.state == .terminated)
    }

    @Test func `over a stream nothing is repeated and timer B still ends it`() {
        var machine = InviteClientMachine(isReliable: true, timing: timing, at: start)
        #expect(machine.nextDeadline == at(32_000))
        #expect(machine.advance(to: at(32_000)) == [.timeout, .end])
    }

    @Test func `a provisional answer stops the repeats and the clock`() {
        var machine = InviteClientMachine(isReliable: false, timing: timing, at: start)
        #expect(machine.received(100, at: at(100)) == .deliver)
        #expect(machine.nextDeadline == nil)
        #expect(machine.received(180, at: at(200)) == .deliver)
    }

    @Test func `a refusal is acknowledged, and again each time it is repeated, until timer D`() {
        var machine = InviteClientMachine(isReliable: false, timing: timing, at: start)
        #expect(machine.received(486, at: at(100)) == [.deliver, .acknowledge])
        #expect(machine.received(486, at: at(600)) == .acknowledge)
        #expect(machine.received(200, at: at(700)) == [])
        #expect(machine.nextDeadline == at(32_100))
        #expect(machine.advance(to: at(32_100)) == .end)
    }

    @Test func `over a stream a refusal ends it at once`() {
        var machine = InviteClientMachine(isReliable: true, timing: timing, at: start)
        #expect(machine.received(486, at: at(100)) == [.deliver, .acknowledge, .end])
    }

    @Test func `every 2xx is delivered until timer M (RFC 6026)`() {
        var machine = InviteClientMachine(isReliable: false, timing: timing, at: start)
        #expect(machine.received(200, at: at(100)) == .deliver)
        #expect(machine.state == .accepted)
        #expect(machine.received(200, at: at(600)) == .deliver)
        #expect(machine.received(180, at: at(600)) == [])
        #expect(machine.received(486, at: at(600)) == [])
        #expect(machine.advance(to: at(32_100)) == .end)
        #expect(machine.received(200, at: at(32_200)) == [])
    }

    @Test func `a lost transport ends it and is told only while an answer is awaited`() {
        var machine = InviteClientMachine(isReliable: false, timing: timing, at: start)
        #expect(machine.transportFailed() == [.timeout, .end])
        #expect(machine.transportFailed() == [])
        var accepted = InviteClientMachine(isReliable: false, timing: timing, at: start)
        _ = accepted.received(200, at: at(1))
        #expect(accepted.transportFailed() == .end)
    }
}

@Suite struct PlainClientMachineTests {
    @Test func `over UDP the request is repeated up to each T2 until timer F`() {
        var machine = PlainClientMachine(isReliable: false, timing: timing, at: start)
        let run = sendings({ machine.nextDeadline }, { machine.advance(to: $0) })
        #expect(run.times == [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
        #expect(run.last == [.timeout, .end])
    }

    @Test func `after a provisional answer it is repeated each T2`() {
        var machine = PlainClientMachine(isReliable: false, timing: timing, at: start)
        #expect(machine.received(100, at: at(100)) == .deliver)
        #expect(machine.advance(to: at(500)) == .send)
        #expect(machine.nextDeadline == at(4_500))
    }

    @Test func `a final answer is delivered once and repeats are absorbed until timer K`() {
        var machine = PlainClientMachine(isReliable: false, timing: timing, at: start)
        #expect(machine.received(200, at: at(100)) == .deliver)
        #expect(machine.received(200, at: at(600)) == [])
        #expect(machine.advance(to: at(5_100)) == .end)
        var stream = PlainClientMachine(isReliable: true, timing: timing, at: start)
        #expect(stream.received(200, at: at(100)) == [.deliver, .end])
    }
}

@Suite struct InviteServerMachineTests {
    @Test func `a refusal is repeated up to each T2 until timer H tells that no ACK came`() {
        var machine = InviteServerMachine(isReliable: false, timing: timing)
        #expect(machine.respond(100, at: start) == .send)
        #expect(machine.respond(486, at: start) == .send)
        let run = sendings({ machine.nextDeadline }, { machine.advance(to: $0) })
        #expect(run.times == [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500])
        #expect(run.last == [.timeout, .end])
    }

    @Test func `an ACK stops the repeats and timer I ends it`() {
        var machine = InviteServerMachine(isReliable: false, timing: timing)
        _ = machine.respond(486, at: start)
        #expect(machine.repeated() == .send)
        #expect(machine.acknowledged(at: at(100)) == [])
        #expect(machine.state == .confirmed)
        #expect(machine.repeated() == [])
        #expect(machine.acknowledged(at: at(200)) == [])
        #expect(machine.advance(to: at(5_100)) == .end)
    }

    @Test func `over a stream an ACK ends it at once`() {
        var machine = InviteServerMachine(isReliable: true, timing: timing)
        _ = machine.respond(486, at: start)
        #expect(machine.nextDeadline == at(32_000))
        #expect(machine.acknowledged(at: at(100)) == .end)
    }

    @Test func `after a 2xx repeats of INVITE are absorbed until timer L (RFC 6026)`() {
        var machine = InviteServerMachine(isReliable: false, timing: timing)
        #expect(machine.repeated() == .send)
        #expect(machine.respond(200, at: start) == .send)
        #expect(machine.state == .accepted)
        #expect(machine.repeated() == [])
        #expect(machine.respond(200, at: at(500)) == .send)
        #expect(machine.respond(486, at: at(500)) == [])
        #expect(machine.acknowledged(at: at(600)) == .deliver)
        #expect(machine.advance(to: at(32_000)) == .end)
    }

    @Test func `a second final answer is not sent`() {
        var machine = InviteServerMachine(isReliable: false, timing: timing)
        _ = machine.respond(486, at: start)
        #expect(machine.respond(200, at: at(1)) == [])
        #expect(machine.respond(180, at: at(1)) == [])
    }
}

@Suite struct PlainServerMachineTests {
    @Test func `a repeat gets the answer again until timer J`() {
        var machine = PlainServerMachine(isReliable: false, timing: timing)
        #expect(machine.repeated() == [])
        #expect(machine.respond(200, at: start) == .send)
        #expect(machine.repeated() == .send)
        #expect(machine.respond(500, at: at(1)) == [])
        #expect(machine.advance(to: at(31_999)) == [])
        #expect(machine.advance(to: at(32_000)) == .end)
    }

    @Test func `over a stream the answer ends it`() {
        var machine = PlainServerMachine(isReliable: true, timing: timing)
        #expect(machine.respond(100, at: start) == .send)
        #expect(machine.state == .proceeding)
        #expect(machine.respond(200, at: start) == [.send, .end])
    }
}
