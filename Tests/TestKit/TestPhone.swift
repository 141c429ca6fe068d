import Foundation
import NIOCore
import NIOPosix

/// A SIP phone on loopback: calls, is called, answers, hangs up. It carries no audio and keeps every message that came.
///
/// Twice: a repeated request gets the same answer again, a repeated 200 another ACK, as RFC 3261, sections 13 and 17 ask.
package actor TestPhone {
    /// What the phone does when it is called.
    package enum Manner: Sendable {
        /// Rings and answers at once.
        case answers
        /// Rings on.
        case rings
        /// Refuses the first call with this status and answers those after it.
        case refusesFirst(Int)
    }

    /// Where it listens; also for audio, which it throws away.
    package nonisolated let port: Int
    package var manner = Manner.answers
    /// Every message, in the order of arrival.
    package private(set) var messages: [SIPText] = []

    private let channel: any Channel
    private let audio: any Channel
    private let audioPort: Int
    private var arrivals: Task<Void, Never>?
    private var placed: [String: Placed] = [:]
    private var taken: [String: SIPText] = [:]
    private var lastBranch = 0

    private struct Placed {
        var invite: SIPText
        var answer: SIPText?
        var target: Int
        var sequence = 1
    }

    /// Opens a phone on a free port.
    package static func open() async throws -> TestPhone {
        let (stream, continuation) = AsyncStream.makeStream(of: Datagram.self)
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(continuation))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let audio = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let phone = TestPhone(
            channel: channel, audio: audio, port: channel.localAddress?.port ?? 0,
            audioPort: audio.localAddress?.port ?? 0)
        await phone.listen(to: stream)
        return phone
    }

    private init(channel: any Channel, audio: any Channel, port: Int, audioPort: Int) {
        self.channel = channel
        self.audio = audio
        self.port = port
        self.audioPort = audioPort
    }

    private func listen(to stream: AsyncStream<Datagram>) {
        // Ends when the channel is closed.
        arrivals = Task {
            for await datagram in stream { self.receive(datagram) }
        }
    }

    package func close() async {
        try? await channel.close()
        try? await audio.close()
        await arrivals?.value
    }

    package func behave(_ manner: Manner) { self.manner = manner }

    // MARK: calling

    /// Calls a number at a port of this machine; returns the Call-ID.
    package func call(_ number: String, at target: Int, from caller: String = "13800138000") -> String {
        let callID = UUID().uuidString.lowercased()
        var invite = SIPText(startLine: "INVITE sip:\(number)@127.0.0.1:\(target) SIP/2.0")
        invite.add("Via", via())
        invite.add("Max-Forwards", "70")
        invite.add("From", "<sip:\(caller)@127.0.0.1:\(port)>;tag=phone-\(callID.prefix(8))")
        invite.add("To", "<sip:\(number)@127.0.0.1:\(target)>")
        invite.add("Call-ID", callID)
        invite.add("CSeq", "1 INVITE")
        invite.add("Contact", "<sip:phone@127.0.0.1:\(port)>")
        invite.body = description
        placed[callID] = Placed(invite: invite, target: target)
        send(invite, to: target)
        return callID
    }

    /// The final status of a call that was placed, as soon as it is there.
    package nonisolated func outcome(of callID: String) async throws -> Int {
        try await eventually("an answer to the call") {
            await self.messages.first {
                $0.callID == callID && $0.answeredMethod == "INVITE" && $0.status ?? 0 >= 200
            }?.status
        }
    }

    /// Ends a call: one that was placed and answered, or one that was taken.
    package func hangUp(_ callID: String) {
        if let call = placed[callID], let answer = call.answer {
            placed[callID]?.sequence += 1
            var bye = SIPText(startLine: "BYE \(answer.contact ?? "") SIP/2.0")
            bye.add("Via", via())
            bye.add("Max-Forwards", "70")
            bye.add("From", call.invite["From"] ?? "")
            bye.add("To", answer["To"] ?? "")
            bye.add("Call-ID", callID)
            bye.add("CSeq", "\(call.sequence + 1) BYE")
            send(bye, to: call.target)
        } else if let invite = taken[callID], let contact = invite.contact {
            var bye = SIPText(startLine: "BYE \(contact) SIP/2.0")
            bye.add("Via", via())
            bye.add("Max-Forwards", "70")
            bye.add("From", tagged(invite["To"] ?? "", callID))
            bye.add("To", invite["From"] ?? "")
            bye.add("Call-ID", callID)
            bye.add("CSeq", "1 BYE")
            send(bye, to: contact.split(separator: ":").last.flatMap { Int($0.prefix { $0 != ";" }) } ?? 0)
        }
    }

    /// Presses a key in a call that was placed and answered, told by INFO.
    package func press(_ key: Character, in callID: String) {
        guard let call = placed[callID], let answer = call.answer else { return }
        placed[callID]?.sequence += 1
        var info = SIPText(startLine: "INFO \(answer.contact ?? "") SIP/2.0")
        info.add("Via", via())
        info.add("Max-Forwards", "70")
        info.add("From", call.invite["From"] ?? "")
        info.add("To", answer["To"] ?? "")
        info.add("Call-ID", callID)
        info.add("CSeq", "\(call.sequence + 1) INFO")
        info.bodyType = "application/dtmf-relay"
        info.body = "Signal=\(key)\r\nDuration=160\r\n"
        send(info, to: call.target)
    }

    /// The first request of a method, of a call if one is given, as soon as it is there.
    package nonisolated func request(_ method: String, callID: String? = nil) async throws -> SIPText {
        try await eventually("\(method) at the phone") {
            await self.messages.first { $0.method == method && (callID == nil || $0.callID == callID) }
        }
    }

    /// The answer to a request of ours in a call.
    package nonisolated func status(of method: String, callID: String) async throws -> Int {
        try await eventually("an answer to \(method)") {
            await self.messages.first {
                $0.callID == callID && $0.answeredMethod == method && $0.status ?? 0 >= 200
            }?.status
        }
    }

    // MARK: what comes

    private func receive(_ datagram: Datagram) {
        guard let message = SIPText(datagram.text) else { return }
        messages.append(message)
        if message.status != nil {
            if message.answeredMethod == "INVITE" { acknowledge(message) }
        } else {
            serve(message, datagram.source)
        }
    }

    private func serve(_ request: SIPText, _ source: Int) {
        switch request.method {
        case "INVITE":
            taken[request.callID] = request
            reply(180, "Ringing", to: request, source)
            switch manner {
            case .answers: reply(200, "OK", to: request, source, body: description)
            case .rings: break
            case .refusesFirst(let status):
                if taken.count == 1 {
                    reply(status, "Refused", to: request, source)
                } else {
                    reply(200, "OK", to: request, source, body: description)
                }
            }
        case "CANCEL":
            reply(200, "OK", to: request, source)
            if let invite = taken[request.callID] { reply(487, "Request Terminated", to: invite, source) }
        case "ACK": break
        default: reply(200, "OK", to: request, source)
        }
    }

    private func reply(_ status: Int, _ reason: String, to request: SIPText, _ target: Int, body: String = "")
    {
        var response = SIPText(startLine: "SIP/2.0 \(status) \(reason)")
        for (name, value) in request.headers where name.lowercased() == "via" { response.add("Via", value) }
        response.add("From", request["From"] ?? "")
        response.add("To", tagged(request["To"] ?? "", request.callID))
        response.add("Call-ID", request.callID)
        response.add("CSeq", request["CSeq"] ?? "")
        response.add("Contact", "<sip:phone@127.0.0.1:\(port)>")
        response.body = body
        send(response, to: target)
    }

    private func acknowledge(_ response: SIPText) {
        guard let status = response.status, status >= 200, let call = placed[response.callID] else { return }
        let isAnswered = status < 300
        if isAnswered { placed[response.callID]?.answer = response }
        let target =
            isAnswered ? response.contact ?? "" : String(call.invite.startLine.split(separator: " ")[1])
        var ack = SIPText(startLine: "ACK \(target) SIP/2.0")
        ack.add("Via", isAnswered ? via() : call.invite["Via"] ?? "")
        ack.add("Max-Forwards", "70")
        ack.add("From", call.invite["From"] ?? "")
        ack.add("To", response["To"] ?? "")
        ack.add("Call-ID", response.callID)
        ack.add("CSeq", "1 ACK")
        send(ack, to: call.target)
    }

    private func tagged(_ address: String, _ callID: String) -> String {
        address.contains(";tag=") ? address : address + ";tag=callee-\(callID.prefix(8))"
    }

    private func via() -> String {
        lastBranch += 1
        return "SIP/2.0/UDP 127.0.0.1:\(port);branch=z9hG4bK-\(port)-\(lastBranch);rport"
    }

    private var description: String {
        [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            "m=audio \(audioPort) RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=sendrecv", "",
        ].joined(separator: "\r\n")
    }

    private func send(_ message: SIPText, to target: Int) {
        guard let address = try? SocketAddress(ipAddress: "127.0.0.1", port: target) else { return }
        channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: message.wire)), promise: nil)
    }
}

/// A datagram and the port that it came from.
private struct Datagram: Sendable {
    var text: String
    var source: Int
}

/// Passes datagrams on in order.
private final class Ear: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let continuation: AsyncStream<Datagram>.Continuation

    init(_ continuation: AsyncStream<Datagram>.Continuation) { self.continuation = continuation }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        continuation.yield(
            Datagram(text: String(buffer: envelope.data), source: envelope.remoteAddress.port ?? 0))
    }
    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
