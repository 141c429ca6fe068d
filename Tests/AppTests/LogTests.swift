import Foundation
import Logging
import Synchronization
import TestKit
import Testing

@testable import App

/// The log for people and for programs, without what is personal.
@Suite struct LogTests {
    private final class Lines: Sendable {
        private let text = Mutex("")
        func add(_ line: String) { text.withLock { $0 += line } }
        var all: String { text.withLock { $0 } }
    }

    private func written(_ format: LogOutput.Format, isPersonal: Bool) -> String {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in
            LogOutput(format, isPersonal: isPersonal) { lines.add($0) }
        }
        logger.logLevel = .notice
        logger[metadataKey: "request.id"] = "r1"
        logger.info("Not loud enough")
        logger.warning("A caller \"left\"", metadata: ["sip.pii.caller": "13800001111", "call.id": "7"])
        return lines.all
    }

    @Test func `what is personal is left out unless it is asked for`() throws {
        for format in LogOutput.Format.allCases {
            #expect(!written(format, isPersonal: false).contains("13800001111"))
            #expect(written(format, isPersonal: true).contains("13800001111"))
        }
        let text = written(.text, isPersonal: false)
        #expect(text.hasSuffix(" warning: A caller \"left\" call.id=7 request.id=r1\n"))
        let json = try JSONDecoder().decode(
            [String: String].self, from: Data(written(.json, isPersonal: false).utf8))
        #expect(
            json["message"] == "A caller \"left\"" && json["level"] == "warning" && json["call.id"] == "7")
        #expect(json["time"]?.hasSuffix("Z") == true)
    }

    /// The last segments of keys that would name a person or what somebody said.
    private static let personal: Set<String> = [
        "caller", "callee", "from", "to", "phone", "telephone", "name", "user", "customer", "address", "text",
        "digits",
        "number", "uri", "password", "token", "secret",
    ]
    /// Keys that look personal and are not: of flows, files, routes and the program itself.
    private static let harmless: Set<String> = [
        "flow.name", "error.text", "address.warning", "recording.name", "prompt.name", "program.name",
    ]

    @Test func `no log statement carries what is personal under another key than pii`() throws {
        let root = Installation.repository + "Sources"
        let files = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
            .filter { $0.hasSuffix(".swift") }
        #expect(files.count > 100)
        var keys: Set<String> = []
        for file in files {
            let text = try String(contentsOfFile: root + "/" + file, encoding: .utf8)
            for block in text.matches(of: #/metadata:\s*\[(?<pairs>[^\]]*)\]/#) {
                for key in block.output.pairs.matches(of: #/"(?<key>[A-Za-z.]+)":/#) {
                    keys.insert(String(key.output.key))
                }
            }
        }
        #expect(keys.contains("recording.id"))
        for key in keys.sorted() where !Self.harmless.contains(key) && !LogOutput.isPersonal(key) {
            let last = String(key.split(separator: ".").last ?? "")
            #expect(!Self.personal.contains(last), "\(key) looks personal: give it a pii segment")
        }
    }
}
