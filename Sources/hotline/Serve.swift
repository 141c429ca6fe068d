import App
import ArgumentParser
import Foundation
import Kernel
import Logging

/// `hotline serve`: answers the hotline until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answer the hotline until Ctrl-C.")

    @OptionGroup var place: Place
    @Option(help: "The centre's description, a TOML file; its flows lie beside it.") var centre: String?
    @Flag(help: "Load the demonstration centre from config/demo.") var demo = false
    @Option(help: "Where SIP is listened for, host:port.") var sip: String?
    @Option(help: "Where the API is served, host:port.") var http: String?
    @Option(help: "Where it is served over HTTPS, host:port; empty for not at all.") var https: String?
    @Option(help: "Ports for audio, first-last.") var rtp: String?
    @Option(help: "A measuring centre instead: AGENTS@HOST:PORT.") var loadProfile: String?
    @Option(help: "Processors to run on, such as 0 or 0,1.") var cpus: String?

    func run() async throws {
        try await reportingProblems {
            var configuration = try place.configuration()
            if let sip { configuration.sip.listen = sip }
            if let http { configuration.http.listen = http }
            if let https { configuration.http.tlsListen = https }
            if let rtp { try configuration.setPorts(rtp) }
            if let cpus { try Processors.bind(cpus) }
            let profile = try loadProfile.map(LoadProfile.init)
            let hotline = try await App.Hotline(configuration, logger: place.logger(configuration))
            let demonstration = "config/demo/centre.toml"
            let file = centre ?? (demo ? Resources.find(demonstration) ?? demonstration : nil)
            if let profile {
                try await hotline.load(profile)
            } else if let file {
                try await hotline.load(centreFile: file)
            }
            let flows = file.map { URL(filePath: $0).deletingLastPathComponent().path(percentEncoded: false) }
            let directory = configuration.data.directory
            try await hotline.serve(flowDirectory: flows, profile: profile) { [demo, place] reach in
                say(
                    "ready sip=\(reach.sipHost):\(reach.sipPort) http=127.0.0.1:\(reach.httpPort)"
                        + (reach.httpsPort.map { " https=\(reach.httpsHost):\($0)" } ?? "")
                        + " data=\(directory) lost=\(reach.lostInCrash)")
                guard demo else { return }
                let options = (place.config.map { "--config \($0) " } ?? "") + "--data \(directory)"
                do {
                    say(
                        try await hotline.firstSteps(
                            reach, program: CommandLine.arguments.first ?? "hotline", place: options))
                } catch {
                    complain("The first steps cannot be shown: \(error)")
                }
            }
        }
    }
}
