import App
import ArgumentParser
import Foundation
import Kernel
import Logging

/// Which installation a command is about.
struct Place: ParsableArguments {
    @Option(help: "The configuration file; config/hotline.sample.toml shows every key.") var config: String?
    @Option(help: "The data directory.") var data: String?

    func configuration() throws -> Configuration {
        var configuration = Configuration()
        if let config {
            do {
                configuration = try Configuration(toml: String(contentsOfFile: config, encoding: .utf8))
            } catch let problem
                as Problem
            {
                throw problem
            } catch {
                throw Problem(.notFound, "The configuration file \(config) cannot be read", cause: error)
            }
        }
        if let data { configuration.data.directory = data }
        return configuration
    }

    /// The installation, for a command that needs one: makes none.
    ///
    /// - Throws: `Problem(.notFound)` without a data directory.
    func hotline() async throws -> App.Hotline {
        let configuration = try configuration()
        guard FileManager.default.fileExists(atPath: configuration.data.directory) else {
            throw Problem(
                .notFound,
                "There is no data directory \(configuration.data.directory). Name it with --data, or its configuration "
                    + "with --config.", details: ["field": "data.directory"])
        }
        return try await App.Hotline(configuration, logger: logger(configuration))
    }

    /// Logs go to standard error; standard output belongs to the command.
    func logger(_ configuration: Configuration) throws -> Logger {
        try LogOutput.logger(configuration.log)
    }
}

/// Runs a command and turns a `Problem` into one clear line and exit code 1.
func reportingProblems(_ work: () async throws -> Void) async throws {
    do { try await work() } catch let problem as Problem {
        complain("\(problem)")
        throw ExitCode.failure
    }
}

/// Writes a line to standard output at once, also when it is a pipe.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// Writes a line to standard error.
func complain(_ line: String) {
    FileHandle.standardError.write(Data("hotline: \(line)\n".utf8))
}
