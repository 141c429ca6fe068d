import App
import ArgumentParser
import Foundation
import Kernel

/// `hotline doctor`: what keeps the centre from taking calls, and what to do about it.
struct Examine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what is wrong with this installation, and what to do about it.")

    @OptionGroup var place: Place
    @Flag(help: "One JSON object instead of lines.") var json = false

    func run() async throws {
        try await reportingProblems {
            let findings = await Doctor(try place.configuration()).findings()
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                say(String(decoding: try encoder.encode(["findings": findings]), as: UTF8.self))
            } else {
                for finding in findings {
                    say("\(finding.state.rawValue)\t\(finding.check)\t\(finding.cause)")
                    if !finding.remedy.isEmpty { say("\t\t-> \(finding.remedy)") }
                }
            }
            if findings.contains(where: { $0.state == .wrong }) { throw ExitCode.failure }
        }
    }
}
