import Kernel
import NIOCore
import SignallingEngine
import Telephony
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignallingServiceTests {
    private let offer = Array("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n".utf8)

    @Test(arguments: SIPTransport.allCases) func `OPTIONS is answered over UDP and TCP`(
        transport: SIPTransport
    ) async throws {
        let (here, there) = (try await Place(), try await Place())
        here.service.submit([.ping(id: 7, target: there.uri("probe"), via: there.endpoint(transport))])
        let event = await here.next()
        guard case .pong(id: 7, isReachable: true, milliseconds: let time) = event else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(time >= 0)
        await here.service.stop()
        await there.service.stop()
    }

    @Test(arguments: SIPTransport.allCases)
    func `a call is made, answered and ended over UDP and TCP`(transport: SIPTransport) async throws {
        let (here, there) = (try await Place(), try await Place())
        let call = CallHandle.outbound(1)
        here.service.submit([
            .invite(
                call,
                InviteRequest(
                    target: there.uri("96777"), via: there.endpoint(transport), fromUser: "1001", sdp: offer))
        ])
        guard case .incoming(let leg, let invite) = await there.next() else {
            Issue.record("nothing came in")
            return
        }
        #expect(invite.calledUser == "96777")
        #expect(invite.fromUser == "1001")
        #expect(invite.source == .trunk("loopback"))
        #expect(invite.sdp == offer)
        #expect(invite.endpoint.transport == transport)

        there.service.submit([.ring(leg, status: 180), .answer(leg, sdp: offer)])
        #expect(await here.next() == .trying(call))
        #expect(await here.next() == .ringing(call, status: 180, sdp: []))
        #expect(await here.next() == .answered(call, sdp: offer))
        #expect(await there.next() == .confirmed(leg, sdp: []))

        here.service.submit([.hangUp(call, .none)])
        #expect(await there.next() == .ended(leg, .bye))
        #expect(await here.next() == .ended(call, .local))

        await here.service.stop()
        await there.service.stop()
    }

    @Test func `the called side may hang up a call over TCP on the stream that brought it`() async throws {
        let (here, there) = (try await Place(), try await Place())
        let call = CallHandle.outbound(1)
        here.service.submit([
            .invite(call, InviteRequest(target: there.uri("1"), via: there.endpoint(.tcp), sdp: offer))
        ])
        guard case .incoming(let leg, _) = await there.next() else {
            Issue.record("nothing came in")
            return
        }
        there.service.submit([.answer(leg, sdp: offer)])
        #expect(await here.next() == .trying(call))
        #expect(await here.next() == .answered(call, sdp: offer))
        #expect(await there.next() == .confirmed(leg, sdp: []))
        there.service.submit([.hangUp(leg, .none)])
        #expect(await here.next() == .ended(call, .bye))
        #expect(await there.next() == .ended(leg, .local))
        await here.service.stop()
        await there.service.stop()
    }

    @Test func `a call to where nobody listens fails at once over TCP`() async throws {
        let here = try await Place()
        let nobody = SIPEndpoint(transport: .tcp, address: Place.loopback, port: 1)
        let call = CallHandle.outbound(1)
        here.service.submit([
            .invite(call, InviteRequest(target: "sip:a@127.0.0.1:1", via: nobody, sdp: offer))
        ])
        guard case .failed(call, status: 503, reason: _) = await here.next() else {
            Issue.record("the call did not fail")
            return
        }
        guard case .ended(call, _) = await here.next() else {
            Issue.record("the call did not end")
            return
        }
        await here.service.stop()
    }

    @Test func `a datagram that the system refuses to send does not silence the service`() async throws {
        let (here, there) = (try await Place(), try await Place())
        // Nobody may send to a broadcast address without asking the system first.
        let refused = try #require(IPAddress("127.255.255.255"))
        for address in [
            refused, try #require(IPAddress("255.255.255.255")), try #require(IPAddress("2001:db8::1")),
        ] {
            here.service.submit([
                .ping(id: 1, target: "sip:a@b", via: SIPEndpoint(address: address, port: 5_060)),
                .ping(id: 2, target: "sip:a@b", via: SIPEndpoint(address: address, port: 0)),
            ])
        }
        // What is sent while the socket is bound again is lost as in a network, and is sent again by its transaction.
        here.service.submit([.ping(id: 3, target: there.uri("probe"), via: there.endpoint(.udp))])
        guard case .pong(id: 3, isReachable: true, milliseconds: _) = await here.next() else {
            Issue.record("the service fell silent")
            return
        }
        await here.service.stop()
        await there.service.stop()
    }

    @Test func `commands of one batch and many batches keep their order`() async throws {
        let (here, there) = (try await Place(), try await Place())
        let count: UInt64 = 200
        for id in 0..<count {
            here.service.submit([.ping(id: id, target: there.uri("x"), via: there.endpoint(.udp))])
        }
        var answered: Set<UInt64> = []
        while answered.count < count, case .pong(let id, true, _) = await here.next() { answered.insert(id) }
        #expect(answered.count == count)
        await here.service.stop()
        await there.service.stop()
    }

    @Test func `an address that is none is refused with its field`() async throws {
        for host in ["hotline.example.invalid", "hotline..example"] {
            do {
                _ = try await SignallingService(.init(host: host, port: 0)) { _ in }
                Issue.record("\(host) was accepted")
            } catch let problem as Problem { #expect(problem.details["field"]?.hasPrefix("sip.") == true) }
        }
    }

    @Test func `a port that is taken is named`() async throws {
        let here = try await Place()
        do {
            _ = try await SignallingService(.init(host: "127.0.0.1", port: here.service.port)) { _ in }
            Issue.record("the port was taken twice")
        } catch let problem as Problem {
            #expect(problem.code == .unavailable)
            #expect(problem.message.contains(":\(here.service.port)"))
        }
        await here.service.stop()
    }
}
