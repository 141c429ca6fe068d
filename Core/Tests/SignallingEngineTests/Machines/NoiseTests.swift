import Kernel
import Testing

@testable import SignallingEngine

/// Messages with holes in them, from everywhere, in the midst of calls: nothing may break, grow or stay.
@Suite struct NoiseTests {
    private func base(_ hand: Hand, _ tags: [String]) -> [[UInt8]] {
        let tag = tags.last ?? "x"
        var texts = ["INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "INFO", "UPDATE", "SUBSCRIBE"]
            .map {
                Hand.request($0, toTag: nil, body: "v=0\r\n")
            }
        texts += ["INVITE", "BYE", "ACK", "INFO", "UPDATE"].map {
            Hand.request(
                $0, branch: "z9hG4bKd\(tags.count)", toTag: tag, sequence: 2 + tags.count, body: "v=0\r\n")
        }
        var messages = texts.map { Array($0.utf8) }
        for datagram in hand.sent.suffix(3) {
            guard let request = try? SIPMessage(datagram.bytes), request.isRequest else { continue }
            for status in [100, 180, 200, 302, 407, 487, 500] {
                messages.append(Array(Hand.response(status, to: request, body: "v=0\r\n").utf8))
            }
        }
        return messages
    }

    @Test(arguments: 0..<6)
    func `whatever comes in, the engine stays whole and empties`(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        var hand = Hand()
        var grammar = EventGrammar()
        var tags: [String] = []
        var read = 0
        for round in 0..<250 {
            if round % 20 == 0 {
                let call = CallHandle.outbound(UInt64(round))
                grammar.invited(call)
                hand.perform(.invite(call, Bench.request))
            }
            let messages = base(hand, tags)
            var bytes = messages[Int(dice.next() % UInt64(messages.count))]
            for _ in 0..<(dice.next() % 4) {
                let at = Int(dice.next() % UInt64(bytes.count))
                switch dice.next() % 4 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: dice.next())
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(UInt8(truncatingIfNeeded: dice.next()), at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int(dice.next() % 30)))
                }
                if bytes.isEmpty { break }
            }
            let source = dice.next() % 5 == 0 ? Bench.stranger : Bench.trunk
            hand.receive(bytes, from: source)
            if let call = hand.incoming {
                switch dice.next() % 6 {
                case 0: hand.perform(.answer(call, sdp: Bench.answer))
                case 1: hand.perform(.hangUp(call, .none))
                case 2: hand.perform(.answerReoffer(call, sdp: Bench.answer))
                case 3: hand.perform(.reoffer(call, sdp: Bench.offer))
                default: break
                }
            }
            hand.pass(.milliseconds(Int64(dice.next() % 3_000)))
            tags = hand.engine.calls.values.map(\.dialog.localTag).sorted()
            for event in hand.events[read...] { grammar.read(event) }
            read = hand.events.count
        }
        for call in grammar.open { hand.perform(.hangUp(call, .none)) }
        hand.pass(.minutes(10))
        for event in hand.events[read...] { grammar.read(event) }
        #expect(grammar.faults == [])
        #expect(grammar.open == [])
        #expect(hand.engine.load == (0, 0, 0, 0))
    }
}
