import Foundation
import Kernel
package import Logging

/// Writes the log to standard error, as lines for people or as one JSON object a line for programs.
///
/// What is personal stands under keys with a `pii` segment only (`sip.pii.caller`), and is left out unless the
/// configuration asks for it.
package struct LogOutput: LogHandler {
    /// How a line looks.
    package enum Format: String, Sendable, CaseIterable {
        /// Time, level, message and metadata.
        case text
        /// One object: `time`, `level`, `message`, and every key of the metadata.
        case json
    }

    package var logLevel = Logger.Level.notice
    package var metadata: Logger.Metadata = [:]
    private let format: Format
    private let isPersonal: Bool
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - isPersonal: whether personal data are written too.
    ///   - write: is given whole lines with their end.
    package init(
        _ format: Format, isPersonal: Bool,
        write: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data($0.utf8)) }
    ) {
        self.format = format
        self.isPersonal = isPersonal
        self.write = write
    }

    /// The log that a configuration asks for.
    ///
    /// - Throws: `Problem(.invalid)` naming the key.
    package static func logger(_ settings: Configuration.Log) throws -> Logger {
        guard let level = Logger.Level(rawValue: settings.level) else {
            throw Problem(
                .invalid, "log.level must be one of trace, debug, info, notice, warning, error, critical",
                details: ["field": "log.level"])
        }
        guard let format = Format(rawValue: settings.format) else {
            throw Problem(.invalid, "log.format must be text or json", details: ["field": "log.format"])
        }
        var logger = Logger(label: "hotline") { _ in LogOutput(format, isPersonal: settings.personal) }
        logger.logLevel = level
        return logger
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
            .filter { isPersonal || !Self.isPersonal($0.key) }.mapValues { "\($0)" }
        let time = Date().ISO8601Format(.init(includingFractionalSeconds: true))
        switch format {
        case .text:
            let particulars = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            write(
                ([time, event.level.rawValue + ":", "\(event.message)"] + particulars).joined(separator: " ")
                    + "\n")
        case .json:
            var object = all
            object["time"] = time
            object["level"] = event.level.rawValue
            object["message"] = "\(event.message)"
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do { write(String(decoding: try encoder.encode(object), as: UTF8.self) + "\n") } catch {
                write(#"{"level":"error","message":"A line of the log cannot be written as JSON"}"# + "\n")
            }
        }
    }

    /// Whether a key says that its value is personal.
    static func isPersonal(_ key: String) -> Bool { key.split(separator: ".").contains("pii") }
}
