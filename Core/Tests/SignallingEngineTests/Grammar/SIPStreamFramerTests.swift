import SignallingEngine
import Testing

@Suite struct SIPStreamFramerTests {
    private func items(_ framer: inout SIPStreamFramer) -> [SIPStreamFramer.Item] {
        var items: [SIPStreamFramer.Item] = []
        while let item = framer.next() { items.append(item) }
        return items
    }

    @Test func `messages come out however the stream is cut`() {
        let one = Sample.invite()
        let two = Sample.bytes("OPTIONS sip:a@b SIP/2.0\nl: 0\n\n")
        let stream = one + two + SIPStreamFramer.pong + SIPStreamFramer.pong + one
        let expected: [SIPStreamFramer.Item] = [.message(one), .message(two), .ping, .message(one)]
        for step in [1, 2, 3, 7, 100, stream.count] {
            var framer = SIPStreamFramer()
            var found: [SIPStreamFramer.Item] = []
            var i = 0
            while i < stream.count {
                framer.receive(stream[i..<min(stream.count, i + step)])
                found += items(&framer)
                i += step
            }
            #expect(found == expected, "in steps of \(step)")
            #expect(framer.pendingCount == 0)
        }
    }

    @Test func `a single line end between messages is nothing`() {
        var framer = SIPStreamFramer()
        framer.receive(SIPStreamFramer.pong + Sample.invite())
        #expect(items(&framer) == [.message(Sample.invite())])
    }

    /// Half a line end that waited for its other half was once searched for the end of a message.
    @Test func `half a line end is not the start of a message`() {
        var framer = SIPStreamFramer()
        let two = Sample.bytes("OPTIONS sip:a@b SIP/2.0\nl: 0\n\n")
        framer.receive(Sample.invite() + [0x0A, 0x0D, 0x0A])
        #expect(items(&framer) == [.message(Sample.invite())])
        framer.receive(two)
        #expect(items(&framer) == [.message(two)])
    }

    @Test(arguments: [
        ("OPTIONS sip:a@b SIP/2.0\nVia: x\n\n", SIPFlaw.missing(.contentLength)),
        ("OPTIONS sip:a@b SIP/2.0\nl: 1\nContent-Length: 1\n\n", .repeated(.contentLength)),
        ("OPTIONS sip:a@b SIP/2.0\nl: -1\n\n", .malformed(.contentLength)),
        ("OPTIONS sip:a@b SIP/2.0\nl: 99999999999\n\n", .malformed(.contentLength)),
        ("OPTIONS sip:a@b SIP/2.0\nl: 65535\n\n", .tooLong),
    ])
    func `a stream whose next message cannot be found is lost`(text: String, flaw: SIPFlaw) {
        var framer = SIPStreamFramer()
        let bytes = Sample.bytes(text)
        framer.receive(bytes)
        #expect(items(&framer) == [.failed(flaw, head: bytes)])
        framer.receive(Sample.invite())
        #expect(items(&framer).isEmpty)
    }

    @Test func `what never ends is cut off`() {
        var framer = SIPStreamFramer()
        var found: [SIPStreamFramer.Item] = []
        for _ in 0..<70 {
            framer.receive([UInt8](repeating: 0x61, count: 1_000))
            found += items(&framer)
            #expect(framer.pendingCount <= SIPMessage.mostBytes + 1_000)
        }
        #expect(found == [.failed(.tooLong, head: [])])
    }
}
