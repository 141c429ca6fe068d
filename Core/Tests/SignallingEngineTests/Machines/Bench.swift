import Kernel

@testable import SignallingEngine

/// Two engines and the wire between them, driven by hand: everything that one sends reaches the other at once.
struct Bench {
    static let hotline = SIPEndpoint(address: IPAddress("192.0.2.1")!, port: 5060)
    static let trunk = SIPEndpoint(address: IPAddress("192.0.2.2")!, port: 5060)
    static let stranger = SIPEndpoint(address: IPAddress("203.0.113.9")!, port: 5060)
    static let offer = Array("v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nm=audio 4000 RTP/AVP 8\r\n".utf8)
    static let answer = Array("v=0\r\no=- 2 2 IN IP4 192.0.2.1\r\ns=-\r\nm=audio 6000 RTP/AVP 8\r\n".utf8)

    static func settings(_ here: SIPEndpoint, trunk there: SIPEndpoint) -> SignallingSettings {
        SignallingSettings(
            endpoints: [here],
            policy: SourcePolicy(rules: [.init(trunk: "main", network: there.address.description)!]),
            realm: "hotline", users: ["1001": .password("secret")])
    }

    var here = SignallingEngine(
        settings: settings(hotline, trunk: trunk), seed: Array("the seed of one side".utf8))
    var there = SignallingEngine(
        settings: settings(trunk, trunk: hotline), seed: Array("the seed of the other".utf8))
    var now = Timestamp(milliseconds: 1_000_000)
    /// What happened at either side since it was last taken.
    var hereEvents: [SignallingEvent] = []
    var thereEvents: [SignallingEvent] = []
    /// Every message in order: its first line.
    var lines: [String] = []

    mutating func here(_ command: SignallingCommand) {
        var out = SIPOutbox()
        here.perform(command, at: now, into: &out)
        hereEvents += out.events
        carry(out.datagrams, toThere: true)
    }

    mutating func there(_ command: SignallingCommand) {
        var out = SIPOutbox()
        there.perform(command, at: now, into: &out)
        thereEvents += out.events
        carry(out.datagrams, toThere: false)
    }

    mutating func carry(_ datagrams: [SIPOutbox.Datagram], toThere: Bool) {
        var queue = datagrams.map { (bytes: $0.bytes, toThere: toThere) }
        while !queue.isEmpty {
            let next = queue.removeFirst()
            lines.append(Bench.firstLine(next.bytes))
            var out = SIPOutbox()
            if next.toThere {
                there.receive(next.bytes, from: Bench.hotline, at: now, into: &out)
                thereEvents += out.events
            } else {
                here.receive(next.bytes, from: Bench.trunk, at: now, into: &out)
                hereEvents += out.events
            }
            queue += out.datagrams.map { ($0.bytes, !next.toThere) }
        }
    }

    /// Lets time pass, waking both sides when they asked for it.
    mutating func pass(_ span: TimeSpan) {
        let end = now + span
        while let next = earlier(here.nextDeadline, there.nextDeadline), next <= end {
            now = max(now, next)
            var out = SIPOutbox()
            here.advance(to: now, into: &out)
            hereEvents += out.events
            carry(out.datagrams, toThere: true)
            out = SIPOutbox()
            there.advance(to: now, into: &out)
            thereEvents += out.events
            carry(out.datagrams, toThere: false)
        }
        now = end
    }

    /// The call that came in at the other side last.
    var incoming: CallHandle? {
        thereEvents.reversed().lazy.compactMap { if case .incoming(let call, _) = $0 { call } else { nil } }
            .first
    }

    static let call = CallHandle.outbound(1)
    static let request = InviteRequest(
        target: "sip:5186@192.0.2.2", fromUser: "hotline", fromDisplay: "Hotline", sdp: offer)

    /// A call from here to there that is in conversation.
    mutating func talk() -> CallHandle {
        here(.invite(Bench.call, Bench.request))
        let call = incoming ?? CallHandle.inbound(0)
        there(.answer(call, sdp: Bench.answer))
        hereEvents = []
        thereEvents = []
        lines = []
        return call
    }

    static func firstLine(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0x0D }, as: UTF8.self)
    }
}

/// One engine, and messages written by hand.
struct Hand {
    var engine = SignallingEngine(
        settings: Bench.settings(Bench.hotline, trunk: Bench.trunk), seed: Array("the seed of the hand".utf8))
    var now = Timestamp(milliseconds: 1_000_000)
    var events: [SignallingEvent] = []
    var sent: [SIPOutbox.Datagram] = []

    /// Hands a message in and returns what was sent in reaction.
    @discardableResult
    mutating func receive(_ text: String, from source: SIPEndpoint = Bench.trunk) -> [SIPMessage] {
        receive(Array(text.utf8), from: source)
    }

    @discardableResult
    mutating func receive(_ bytes: [UInt8], from source: SIPEndpoint = Bench.trunk) -> [SIPMessage] {
        var out = SIPOutbox()
        engine.receive(bytes, from: source, at: now, into: &out)
        return take(out)
    }

    @discardableResult
    mutating func perform(_ command: SignallingCommand) -> [SIPMessage] {
        var out = SIPOutbox()
        engine.perform(command, at: now, into: &out)
        return take(out)
    }

    @discardableResult
    mutating func pass(_ span: TimeSpan) -> [SIPMessage] {
        let end = now + span
        var messages: [SIPMessage] = []
        while let next = engine.nextDeadline, next <= end {
            now = max(now, next)
            var out = SIPOutbox()
            engine.advance(to: now, into: &out)
            messages += take(out)
        }
        now = end
        return messages
    }

    private mutating func take(_ out: SIPOutbox) -> [SIPMessage] {
        events += out.events
        sent += out.datagrams
        return out.datagrams.compactMap { try? SIPMessage($0.bytes) }
    }

    /// A request as a careful phone or trunk would write it.
    static func request(
        _ method: String, uri: String = "sip:5186@192.0.2.1", branch: String = "z9hG4bK1",
        from: String = "100",
        fromTag: String = "f1", toTag: String? = nil, callID: String = "c1", sequence: Int = 1,
        headers: [String] = [], type: String = "application/sdp", body: String = ""
    ) -> String {
        var lines = [
            "\(method) \(uri) SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=\(branch);rport",
            "From: <sip:\(from)@192.0.2.2>;tag=\(fromTag)",
            "To: <sip:5186@192.0.2.1>" + (toTag.map { ";tag=" + $0 } ?? ""), "Call-ID: \(callID)",
            "CSeq: \(sequence) \(method)", "Contact: <sip:\(from)@192.0.2.2:5060>",
        ]
        if !headers.contains(where: { $0.hasPrefix("Max-Forwards") }) { lines.append("Max-Forwards: 70") }
        lines += headers
        if !body.isEmpty { lines.append("Content-Type: \(type)") }
        lines.append("Content-Length: \(body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// A response to what the engine sent.
    static func response(
        _ status: Int, to request: SIPMessage, tag: String = "t1", headers: [String] = [], body: String = ""
    ) -> String {
        var lines = ["SIP/2.0 \(status) \(SIPStatus.reason(status))", "Via: \(request.text(.via) ?? "")"]
        lines.append("From: \(request.text(.from) ?? "")")
        lines.append("To: \(request.text(.to) ?? "")" + (request.toTag.isEmpty ? ";tag=\(tag)" : ""))
        lines.append("Call-ID: \(request.text(request.callID))")
        lines.append("CSeq: \(request.cSeqNumber) \(request.cSeqMethodText)")
        lines.append("Contact: <sip:there@192.0.2.2:5060>")
        lines += headers
        if !body.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    var incoming: CallHandle? {
        events.reversed().lazy.compactMap { if case .incoming(let call, _) = $0 { call } else { nil } }.first
    }
}
