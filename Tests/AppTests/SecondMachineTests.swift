import Foundation
import Kernel
import TestKit
import Testing
import Web

@testable import App

@Suite struct SecondMachineTests {
    private func settings(_ change: (inout Configuration) -> Void) -> Configuration {
        var settings = Configuration()
        change(&settings)
        return settings
    }

    @Test func `G25: on every address the one towards the network is given to phones, and browsers try all`()
    {
        let open = settings {
            $0.rtp.address = Advertised.everywhere
            $0.http.tlsListen = "0.0.0.0:8443"
        }
        let found = Advertised(
            open, sipHost: "0.0.0.0", addresses: ["10.0.0.5", "192.0.2.7", "2001:db8::1"], usual: "192.0.2.7")
        #expect(found.sip == "192.0.2.7")
        #expect(found.audio == "192.0.2.7")
        #expect(found.own == ["192.0.2.7", "10.0.0.5"])
        #expect(found.warnings.count == 1)
        #expect(found.warnings.first?.contains("192.0.2.7, 10.0.0.5") == true)
        let single = Advertised(open, sipHost: "0.0.0.0", addresses: ["10.0.0.5"], usual: "10.0.0.5")
        #expect(single.own == ["10.0.0.5"] && single.warnings.isEmpty)
        let alone = Advertised(open, sipHost: "0.0.0.0", addresses: [], usual: nil)
        #expect(alone.sip == "127.0.0.1")
    }

    @Test func `G25: what is configured is not looked for, and nothing is on loopback`() {
        let chosen = settings {
            $0.sip.advertised = "203.0.113.9"
            $0.rtp.address = Advertised.everywhere
            $0.rtp.advertised = "203.0.113.9"
        }
        let found = Advertised(chosen, sipHost: "0.0.0.0", addresses: ["10.0.0.5"], usual: "10.0.0.5")
        #expect(found.sip == "203.0.113.9" && found.audio == "203.0.113.9")
        #expect(found.own.isEmpty && found.warnings.isEmpty)
        let usual = Advertised(
            Configuration(), sipHost: "127.0.0.1", addresses: ["10.0.0.5"], usual: "10.0.0.5")
        #expect(usual.sip == nil && usual.audio == "127.0.0.1")
        #expect(usual.own.isEmpty && usual.warnings.isEmpty)
    }

    @Test func `G25: pages for others with audio on loopback are warned of`() {
        let half = settings { $0.http.tlsListen = "0.0.0.0:8443" }
        let found = Advertised(half, sipHost: "127.0.0.1", addresses: ["10.0.0.5"], usual: "10.0.0.5")
        #expect(found.warnings.count == 1)
    }

    @Test func `G25: a right to the relay names its end and person, and only who has the secret makes it`()
        throws
    {
        var given = Configuration.Relay()
        given.urls = ["turn:relay.example:3478?transport=tcp"]
        given.secret = "north"
        let relay = try Relay(given)
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        let servers = relay.servers(for: "5001", at: now)
        // openssl dgst -sha1 -hmac north -binary | base64
        #expect(
            servers == [
                IceServer(
                    urls: given.urls, username: "1700043200:5001", credential: "YVACo4KbDMO/m77cmoMfuW5RUrs=")
            ])
        #expect(relay.servers(for: nil, at: now).first?.username == "1700003600:customer")
        #expect(try Relay(Configuration.Relay()).servers(for: "5001", at: now).isEmpty)
    }

    @Test(arguments: [
        (["http://relay"], "s", 720, "relay.urls"), (["turn:relay"], "", 720, "relay.secret"),
        ([], "s", 720, "relay.secret"), (["turn:relay"], "s", 1, "relay.ttl_minutes"),
    ])
    func `G25: a relay that cannot be is refused by its key`(
        _ urls: [String], _ secret: String, _ minutes: Int, _ field: String
    ) {
        var given = Configuration.Relay()
        given.urls = urls
        given.secret = secret
        given.ttlMinutes = minutes
        do {
            _ = try Relay(given)
            Issue.record("it was taken")
        } catch { #expect((error as? Problem)?.details["field"] == field) }
    }
}
