import Foundation
import TestKit
import Testing

@testable import App

/// What the doctor finds (G11).
@Suite struct DoctorTests {
    private func finding(_ check: String, _ configuration: Configuration) async -> Finding? {
        await Doctor(configuration).findings().filter { $0.check == check }
            .max { $0.state.rank < $1.state.rank }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G11: a running centre is well, and its own ports are no fault`(_ store: StoreUnderTest) async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                var configuration = place.configuration
                configuration.http.listen = "127.0.0.1:\(hotline.reach.httpPort)"
                configuration.sip.listen = "127.0.0.1:\(hotline.reach.sipPort)"
                for check in ["ports", "names", "database", "disk", "address", "trunk"] {
                    let found = await finding(check, configuration)
                    #expect(found?.state == .fine, "\(check): \(found?.cause ?? "nothing")")
                }
                // The same ports from another directory are another program's.
                var other = configuration
                other.data.directory = place.folder + "/other"
                let taken = await finding("ports", other)
                #expect(taken?.state == .wrong && taken?.cause.contains("another program has it") == true)
                #expect(taken?.remedy.contains("ss -lnp") == true)
            }
        }
    }

    @Test func `G11: each fault has a cause and a remedy`() async throws {
        try await Installation.with(.embedded) { place in
            var configuration = place.configuration
            configuration.http.hosts = ["no-such-host.invalid"]
            configuration.http.tlsListen = "127.0.0.1:0"
            configuration.http.certificate = place.folder + "/none.crt"
            configuration.http.key = place.folder + "/none.key"
            configuration.sip.listen = "192.0.2.7:5060"
            configuration.disk.refuseCallsMiB = 900_000_000
            configuration.disk.stopRecordingMiB = 900_000_000
            configuration.disk.warnMiB = 900_000_000
            for check in ["names", "certificate", "disk", "speech", "address", "ports"] {
                let found = await finding(check, configuration)
                #expect(found?.state == .wrong, "\(check)")
                #expect(found?.cause.isEmpty == false && found?.remedy.isEmpty == false, "\(check)")
            }
            #expect(await finding("database", configuration)?.remedy.contains("hotline init") == true)
            configuration.data.postgres = "host=/nowhere user=hotline"
            #expect(await finding("database", configuration)?.state == .wrong)
        }
    }

    @Test func `private addresses are told from public ones`() {
        for address in ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1"] {
            #expect(Doctor.isPrivate(address))
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "203.0.113.9"] {
            #expect(!Doctor.isPrivate(address))
        }
    }
}

extension Finding.State {
    fileprivate var rank: Int { self == .wrong ? 2 : self == .warning ? 1 : 0 }
}
