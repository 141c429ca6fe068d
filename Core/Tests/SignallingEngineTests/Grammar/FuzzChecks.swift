import Kernel
import SignallingEngine

/// What must hold for any bytes whatsoever. `Core/Fuzz/run` calls these with bytes that a fuzzer makes up, and
/// `FuzzCorpusTests` with those that it found worth keeping. Each returns a complaint, or nil.
enum FuzzChecks {
    static let targets: [(name: String, check: @Sendable ([UInt8]) -> String?)] = [
        ("message", message), ("address", address), ("description", description), ("stream", stream),
        ("digest", digest), ("offer", offer),
    ]

    // MARK: messages

    @Sendable static func message(_ bytes: [UInt8]) -> String? {
        do {
            return sound(try SIPMessage(bytes))
        } catch {
            guard case .answerable(let request, let flaw) = error else { return nil }
            guard request.isRequest, request.method != .ack else {
                return "an answer to a response or an ACK"
            }
            return whole(answer(request, flaw.status, flaw.reason))
        }
    }

    private static func sound(_ message: SIPMessage) -> String? {
        for header in message.headers {
            guard header.value.end <= message.bytes.count else { return "a value behind the end" }
            _ = message.address(header.value)
            _ = message.parameters(header.value)
            _ = message.values(header.name)
            _ = message.number(header.name)
        }
        guard message.body.end <= message.bytes.count else { return "a body behind the end" }
        guard !message.callID.isEmpty else { return "no Call-ID" }
        _ = SessionDescription(message)
        _ = DigestChallenge.best(in: message)
        guard message.isRequest else { return nil }
        guard let uri = message.uri else { return "no URI in a sound request" }
        guard SIPURI(uri.text) == uri else { return "a URI that changes" }
        let bytes = answer(message, 200, nil)
        if let complaint = whole(bytes) { return complaint }
        guard bytes.count <= SIPMessage.mostBytes else { return nil }
        do {
            let response = try SIPMessage(bytes)
            guard response.text(response.callID) == message.text(message.callID) else {
                return "another Call-ID"
            }
            guard response.cSeqNumber == message.cSeqNumber else { return "another CSeq" }
            guard response.text(response.fromTag) == message.text(message.fromTag) else {
                return "another From tag"
            }
            let tag = message.toTag.isEmpty ? "ours" : message.text(message.toTag)
            guard response.text(response.toTag) == tag else { return "another To tag" }
            return nil
        } catch { return "a response that cannot be read: \(error)" }
    }

    private static func answer(_ request: SIPMessage, _ status: Int, _ reason: String?) -> [UInt8] {
        var writer = SIPWriter(
            status: status, reason: reason, to: request, from: SIPSource(host: "2001:db8::1", port: 65_535),
            toTag: "ours")
        return writer.finish(body: Array("v=0\r\n".utf8))
    }

    /// A message that we wrote is exactly one message on a stream.
    private static func whole(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= SIPMessage.mostBytes else { return nil }
        var framer = SIPStreamFramer()
        framer.receive(bytes)
        return framer.next() == .message(bytes) && framer.pendingCount == 0
            ? nil : "a message that is not whole"
    }

    // MARK: addresses

    @Sendable static func address(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        if let uri = SIPURI(text) {
            guard let again = SIPURI(uri.text), again == uri else { return "a URI that changes" }
            guard uri.isEquivalent(to: again) else { return "a URI that is not itself" }
            var made = uri
            made.user = uri.user
            if uri.scheme != .tel, uri.user != nil, SIPURI(made.text) == nil {
                return "a user that cannot be written"
            }
        }
        if let address = NameAddress(text) {
            guard let again = NameAddress(address.text) else { return "an address that cannot be read again" }
            guard again.uri == address.uri else { return "an address with another URI" }
            guard NameAddress(again.text) == again else { return "an address that changes" }
        }
        guard SIPText.unquoted(SIPText.quoted(text)).utf8.count == text.utf8.count else {
            return "a quoted text"
        }
        return nil
    }

    // MARK: session descriptions

    /// A browser's offer has an answer with as many lines, of which one is open, or a reason.
    @Sendable static func offer(_ bytes: [UInt8]) -> String? {
        guard case .success(let offer) = BrowserOffer.read(bytes) else { return nil }
        guard offer.fingerprint.utf8.count == 95, !offer.codecs.isEmpty else {
            return "an offer without substance"
        }
        guard (4...256).contains(offer.ufrag.utf8.count) else { return "a name out of bounds" }
        let ours = BrowserAnswer(
            addresses: ["192.0.2.1"], port: 4_000, ufrag: "ours", password: "password", fingerprint: "AA",
            source: 1, name: "n", session: 1)
        guard let answer = ours.answer(to: offer) else { return "a codec that is not ours" }
        let media = answer.bytes.split(separator: 0x0A).filter { $0.starts(with: "m=".utf8) }
        guard media.count == offer.lines.count else { return "an answer with other lines" }
        guard !answer.bytes.contains(0) else { return "a NUL in the answer" }
        return nil
    }

    @Sendable static func description(_ bytes: [UInt8]) -> String? {
        guard let first = SessionDescription(bytes) else { return nil }
        guard let second = SessionDescription(first.bytes) else {
            return "a description that cannot be read again"
        }
        guard SessionDescription(second.bytes) == second else { return "a description that changes" }
        guard second.following(second) == second else { return "a version that goes up for nothing" }
        let local = LocalAudio(address: "192.0.2.1", port: 4_000, session: 1)
        _ = local.accept(first, to: local.offer())
        guard let answer = local.answer(to: first) else { return nil }
        guard answer.description.media.count == first.media.count else { return "an answer with other lines" }
        guard answer.description.media.filter({ $0.port != 0 }).count == 1 else { return "not one medium" }
        guard let read = SessionDescription(answer.description.bytes) else {
            return "an answer that cannot be read"
        }
        return read.media.count == first.media.count ? nil : "an answer that loses lines"
    }

    // MARK: streams

    /// The first byte says in which steps the others come; the steps must make no difference.
    @Sendable static func stream(_ bytes: [UInt8]) -> String? {
        guard let first = bytes.first else { return nil }
        let rest = Array(bytes.dropFirst())
        let step = Int(first) + 1
        var found: [SIPStreamFramer.Item] = []
        var framer = SIPStreamFramer()
        var i = 0
        while i < rest.count {
            framer.receive(rest[i..<min(rest.count, i + step)])
            while let item = framer.next() { found.append(item) }
            guard framer.pendingCount <= SIPMessage.mostBytes + step else { return "a buffer without end" }
            i += step
        }
        var atOnce = SIPStreamFramer()
        atOnce.receive(rest)
        var expected: [SIPStreamFramer.Item] = []
        while let item = atOnce.next() { expected.append(item) }
        guard found == expected else { return "steps make a difference" }
        for case .message(let message) in found {
            if let complaint = self.message(message) { return complaint }
        }
        return nil
    }

    // MARK: digest

    @Sendable static func digest(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        var gate = DigestGuard(realm: "r", key: [UInt8](repeating: 1, count: 16))
        let verdict = gate.verify(
            text, method: "REGISTER", requestURI: "sip:r", at: Timestamp(milliseconds: 0)
        ) { _ in .password("p") }
        if case .accepted = verdict { return "credentials out of nothing" }
        guard let challenge = DigestChallenge(text) else { return nil }
        guard
            let answer = challenge.authorization(
                user: "u", secret: .password("p"), method: "REGISTER", uri: "sip:r", clientNonce: "c"),
            let parameters = AuthParameters(answer)
        else { return "an answer that cannot be read" }
        guard parameters["username"] == "u", parameters["uri"] == "sip:r" else {
            return "an answer that changes"
        }
        return nil
    }
}
