import Kernel

@testable import SignallingEngine

/// Two engines joined by a wire that loses, doubles, delays and reorders, with people at both ends who do whatever
/// comes to their mind. The same seed gives the same run.
struct LossySimulation {
    struct Side {
        var engine: SignallingEngine
        var endpoint: SIPEndpoint
        var grammar = EventGrammar()
        var made: UInt64 = 0
        var counts: [String: Int] = [:]
    }
    struct Parcel {
        var at: Timestamp
        var order: Int
        var to: Int
        var bytes: [UInt8]
    }
    /// What somebody does in reaction to every event of one kind: hang up inside the callback.
    enum Nerves: Int, CaseIterable {
        case calm, onIncoming, onRinging, onAnswered, onConfirmed, onReoffered, onReanswered, onDigit,
            onRefusal
    }

    var sides: [Side]
    var dice: SeededGenerator
    var now = Timestamp(milliseconds: 1_000_000)
    var wire: [Parcel] = []
    var order = 0
    var nerves: Nerves
    var lossPercent: UInt64
    var transport: SIPTransport
    /// Whether either side may crash and come back with its snapshots.
    var crashes = false

    init(seed: UInt64, lossPercent: UInt64 = 20, transport: SIPTransport = .udp) {
        dice = SeededGenerator(seed: seed)
        self.lossPercent = lossPercent
        self.transport = transport
        nerves = Nerves.allCases[Int(seed) % Nerves.allCases.count]
        var ends = [Bench.hotline, Bench.trunk]
        for index in ends.indices { ends[index].transport = transport }
        sides = (0..<2).map { side in
            let engine = SignallingEngine(
                settings: Bench.settings(ends[side], trunk: ends[1 - side]),
                seed: Array("side \(side) of run \(seed)".utf8))
            return Side(engine: engine, endpoint: ends[side])
        }
    }

    mutating func below(_ bound: UInt64) -> UInt64 { dice.next() % bound }

    /// Lets `calls` calls begin at random moments, waits for all to end, and lets every timer run out.
    mutating func run(calls: Int) {
        for _ in 0..<calls {
            let side = Int(below(2))
            pass(.milliseconds(Int64(below(20_000))))
            if crashes, below(3) == 0 { crash(Int(below(2))) }
            sides[side].made += 1
            let call = CallHandle.outbound(sides[side].made)
            sides[side].grammar.invited(call)
            let target = sides[1 - side].endpoint
            let suffix = transport == .tcp ? ";transport=tcp" : ""
            perform(
                side,
                .invite(call, InviteRequest(target: "sip:5186@\(target.hostPort)\(suffix)", sdp: Bench.offer))
            )
            act()
        }
        for _ in 0..<20 {
            pass(.milliseconds(Int64(below(10_000))))
            act()
        }
        for side in 0..<2 {
            for call in sides[side].grammar.open { perform(side, .hangUp(call, .none)) }
        }
        pass(.minutes(10))
    }

    /// The process of one side dies and the next one takes up what the journal says.
    private mutating func crash(_ side: Int) {
        let old = sides[side].engine
        sides[side].engine = SignallingEngine(
            settings: old.settings, seed: Array("side \(side) again at \(now.milliseconds)".utf8),
            lastInbound: old.lastInbound)
        for call in sides[side].grammar.open {
            guard let snapshot = old.snapshot(of: call) else { continue }
            perform(side, .resume(call, snapshot))
        }
    }

    /// Somebody does something to every open call, or nothing.
    private mutating func act() {
        for side in 0..<2 {
            for call in sides[side].grammar.open {
                switch below(12) {
                case 0: perform(side, .hangUp(call, HangUpReason(cause: 16)))
                case 1: perform(side, .reoffer(call, sdp: Bench.offer))
                case 2: perform(side, .answer(call, sdp: Bench.answer))
                case 3: perform(side, .cancel(call))
                case 4: perform(side, .ring(call, status: 180))
                case 5: perform(side, .answerReoffer(call, sdp: Bench.answer))
                case 6: perform(side, .reject(call, status: 486, reason: ""))
                default: break
                }
            }
        }
    }

    mutating func perform(_ side: Int, _ command: SignallingCommand) {
        var out = SIPOutbox()
        sides[side].engine.perform(command, at: now, into: &out)
        take(side, out)
    }

    private mutating func take(_ side: Int, _ out: SIPOutbox) {
        for datagram in out.datagrams {
            if transport == .tcp {
                post(datagram.bytes, to: 1 - side, after: 20)
                continue
            }
            if below(100) < lossPercent { continue }
            post(datagram.bytes, to: 1 - side, after: Int64(below(700)))
            if below(100) < 10 { post(datagram.bytes, to: 1 - side, after: Int64(below(3_000))) }
        }
        for event in out.events {
            sides[side].grammar.read(event)
            react(side, event)
        }
    }

    private mutating func post(_ bytes: [UInt8], to side: Int, after milliseconds: Int64) {
        order += 1
        wire.append(Parcel(at: now + .milliseconds(milliseconds), order: order, to: side, bytes: bytes))
    }

    private mutating func react(_ side: Int, _ event: SignallingEvent) {
        func note(_ name: String) { sides[side].counts[name, default: 0] += 1 }
        switch event {
        case .incoming(let call, _):
            note("incoming")
            if nerves == .onIncoming, below(2) == 0 { return perform(side, .hangUp(call, .none)) }
            if below(2) == 0 { perform(side, .ring(call, status: 180)) }
            if below(2) == 0 { perform(side, .answer(call, sdp: Bench.answer)) }
        case .trying: note("trying")
        case .ringing(let call, _, _):
            note("ringing")
            if nerves == .onRinging { perform(side, .hangUp(call, .none)) }
        case .answered(let call, _):
            note("answered")
            if nerves == .onAnswered { return perform(side, .hangUp(call, .none)) }
            if below(3) == 0 { perform(side, .reoffer(call, sdp: Bench.offer)) }
        case .confirmed(let call, _):
            note("confirmed")
            if nerves == .onConfirmed { return perform(side, .hangUp(call, .none)) }
            if below(3) == 0 { perform(side, .reoffer(call, sdp: Bench.offer)) }
        case .reoffered(let call, _):
            note("reoffered")
            if nerves == .onReoffered { return perform(side, .hangUp(call, .none)) }
            if below(3) > 0 {
                perform(side, .answerReoffer(call, sdp: below(4) == 0 ? nil : Bench.answer))
            }
        case .reanswered(let call, _):
            note("reanswered")
            if nerves == .onReanswered { perform(side, .hangUp(call, .none)) }
        case .reofferRefused(let call, let status):
            note("refused \(status)")
            if nerves == .onRefusal { perform(side, .hangUp(call, .none)) }
        case .ended(let call, let reason):
            note("ended \(reason)")
            // Too late for anything; must do nothing.
            perform(side, .hangUp(call, .none))
            perform(side, .answer(call, sdp: Bench.answer))
        case .cancelled(let call), .failed(let call, _, _):
            note("gave up")
            perform(side, .hangUp(call, .none))
        case .digit, .registered, .unregistered, .pong: break
        }
    }

    /// Delivers and wakes in the order of time.
    mutating func pass(_ span: TimeSpan) {
        let end = now + span
        while true {
            let parcel = wire.indices.min { (wire[$0].at, wire[$0].order) < (wire[$1].at, wire[$1].order) }
            let wake = earlier(sides[0].engine.nextDeadline, sides[1].engine.nextDeadline)
            let next = earlier(parcel.map { wire[$0].at }, wake)
            guard let next, next <= end else { break }
            now = max(now, next)
            if let parcel, wire[parcel].at <= next {
                let item = wire.remove(at: parcel)
                var out = SIPOutbox()
                let source = sides[1 - item.to].endpoint
                sides[item.to].engine.receive(item.bytes, from: source, at: now, into: &out)
                take(item.to, out)
                continue
            }
            for side in 0..<2 {
                var out = SIPOutbox()
                sides[side].engine.advance(to: now, into: &out)
                take(side, out)
            }
        }
        now = end
    }
}
