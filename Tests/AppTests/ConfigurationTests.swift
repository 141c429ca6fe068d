import App
import Foundation
import Kernel
import TestKit
import Testing

@Suite struct ConfigurationTests {
    private func problem(_ text: String) -> Problem? {
        do {
            _ = try Configuration(toml: text)
            return nil
        } catch { return error as? Problem }
    }

    @Test func `an empty file gives the defaults, and a key changes itself alone`() throws {
        #expect(try Configuration(toml: "") == Configuration())
        var expected = Configuration()
        expected.rtp.firstPort = 30_000
        expected.speech.program = "say"
        let text = "[rtp]\nfirst_port = 30000\n[speech]\nprogram = \"say\"\n"
        #expect(try Configuration(toml: text) == expected)
    }

    @Test func `the sample file is the defaults`() throws {
        let sample = try String(
            contentsOfFile: Installation.repository + "config/hotline.sample.toml", encoding: .utf8)
        #expect(try Configuration(toml: sample) == Configuration())
    }

    @Test(arguments: [
        ("[sipp]\nlisten = \"127.0.0.1:5060\"", "sipp"),
        ("[sip]\nlisen = \"127.0.0.1:5060\"", "sip.lisen"),
        ("[sip]\nlisten = 5060", "sip.listen"),
        ("[rtp]\nfirst_port = \"20000\"", "rtp.first_port"),
        ("sip = 1", "sip"),
    ])
    func `a fault names its section and key`(_ text: String, _ field: String) {
        let problem = problem(text)
        #expect(problem?.code == .invalid)
        #expect(problem?.details["field"] == field)
        for part in field.split(separator: ".") { #expect(problem?.message.contains(part) == true) }
    }

    @Test func `what is no TOML is said to be none`() { #expect(problem("[sip")?.code == .invalid) }

    @Test func `the ports of audio are first-last`() throws {
        var configuration = Configuration()
        try configuration.setPorts("20000-20099")
        #expect(configuration.rtp.firstPort == 20_000 && configuration.rtp.lastPort == 20_099)
        for text in ["", "20000", "a-b", "1-2-3"] {
            #expect(throws: Problem.self) { try configuration.setPorts(text) }
        }
    }

    @Test func `host and port are read, and what is not both is refused by name`() throws {
        let plain = try HostPort("127.0.0.1:5060", field: "sip.listen")
        #expect(plain == HostPort(host: "127.0.0.1", port: 5_060))
        #expect(try HostPort("[::1]:0", field: "x") == HostPort(host: "::1", port: 0))
        #expect(try HostPort("name:65535", field: "x") == HostPort(host: "name", port: 65_535))
        for text in ["", "127.0.0.1", ":5060", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "a:b"] {
            do {
                _ = try HostPort(text, field: "sip.listen")
                Issue.record("'\(text)' is taken for an address")
            } catch let problem as Problem {
                #expect(problem.code == .invalid && problem.details["field"] == "sip.listen")
            }
        }
    }
}
