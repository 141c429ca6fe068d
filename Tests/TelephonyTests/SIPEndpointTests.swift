import NIOCore
import SignallingEngine
import Testing

@testable import Telephony

@Suite struct SIPEndpointTests {
    @Test(arguments: ["192.0.2.7", "2001:db8::1:2", "::1", "255.255.255.254"])
    func `an address goes into a socket's form and comes back`(text: String) throws {
        let endpoint = SIPEndpoint(address: try #require(IPAddress(text)), port: 5_061)
        let socket = try #require(endpoint.socketAddress(isIPv6Socket: endpoint.address.isIPv6))
        #expect(SIPEndpoint(.udp, socket) == endpoint)
        #expect(try SocketAddress(ipAddress: text, port: 5_061) == socket)
    }

    @Test func `an IPv4 address on an IPv6 socket is mapped and read as itself`() throws {
        let endpoint = SIPEndpoint(address: try #require(IPAddress("192.0.2.7")), port: 5_060)
        let socket = try #require(endpoint.socketAddress(isIPv6Socket: true))
        #expect(socket.protocol == .inet6)
        #expect(SIPEndpoint(.udp, socket) == endpoint)
    }

    @Test func `a path in the file system is no endpoint`() throws {
        #expect(SIPEndpoint(.tcp, try SocketAddress(unixDomainSocketPath: "/run/x")) == nil)
    }
}

@Suite struct StreamTableTests {
    private let bounds = SignallingService.Bounds()
    private let peer = StreamTable.Peer(address: IPAddress(v4: 0x7F00_0001), port: 5_060)

    private func datagram() -> SIPOutbox.Datagram {
        .init(bytes: [1], to: SIPEndpoint(transport: .tcp, address: peer.address, port: peer.port))
    }

    @Test func `messages wait for one opening, up to the bound`() {
        var table = StreamTable()
        #expect(table.wait(datagram(), for: peer, bounds: bounds) == .begun)
        for _ in 1..<bounds.messagesPerOpening {
            #expect(table.wait(datagram(), for: peer, bounds: bounds) == .queued)
        }
        #expect(table.wait(datagram(), for: peer, bounds: bounds) == .full)
        #expect(table.opened(peer).count == bounds.messagesPerOpening)
        #expect(table.opened(peer).isEmpty)
        #expect(table.wait(datagram(), for: peer, bounds: bounds) == .begun)
    }

    @Test func `openings count as streams`() {
        var table = StreamTable()
        var few = bounds
        few.connections = 1
        #expect(table.wait(datagram(), for: peer, bounds: few) == .begun)
        #expect(!table.hasRoom(for: peer.address, bounds: few))
        let other = StreamTable.Peer(address: peer.address, port: 1)
        #expect(table.wait(datagram(), for: other, bounds: few) == .full)
    }
}
