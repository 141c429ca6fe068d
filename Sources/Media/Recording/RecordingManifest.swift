import FoundationEssentials
package import Kernel

/// What a recording consists of, on one clock that begins at zero with the recording: kept as JSON beside the
/// tracks, written when it starts and again when it ends.
package struct RecordingManifest: Codable, Hashable, Sendable {
    /// One file: what one leg said.
    package struct Track: Codable, Hashable, Sendable {
        package var name: String
        /// File name inside the manifest's directory.
        package var file: String
        package var codec: AudioCodec
        /// Where the file's first sample lies on the recording's clock.
        package var startMilliseconds: Int
        /// `nil` while the recording runs, and after a crash until it is repaired.
        package var milliseconds: Int?
        package var sha256: String?
    }
    /// A stretch of the clock, end excluded; an open one runs to the end of the recording.
    package struct Span: Codable, Hashable, Sendable {
        package var startMilliseconds: Int
        package var endMilliseconds: Int?
    }
    /// A named moment.
    package struct Mark: Codable, Hashable, Sendable {
        package var name: String
        package var milliseconds: Int
    }

    /// The format of this file.
    package var version = 1
    package var id: String
    package var started: Timestamp
    /// The unit of the clock on which everything lies.
    package var clock = "milliseconds since started"
    package var samplesPerSecond = 8_000
    package var tracks: [Track] = []
    /// What was recorded; between segments the tracks are silent.
    package var segments: [Span] = [Span(startMilliseconds: 0, endMilliseconds: nil)]
    package var pauses: [Span] = []
    package var marks: [Mark] = []
    /// Length of the recording; `nil` while it runs, and after a crash until it is repaired.
    package var milliseconds: Int?
    /// Why it stopped early, when it did.
    package var failure: String?

    package init(id: String, started: Timestamp) {
        self.id = id
        self.started = started
    }

    /// Kept small: beyond this many pauses or marks further ones are not noted.
    static let noteLimit = 10_000
    /// No manifest is longer.
    private static let fileLimit = 16 << 20

    /// Reads a manifest. Throws `notFound` when there is none, `invalid` when it cannot be understood.
    package static func read(_ path: String) throws(Problem) -> RecordingManifest {
        let bytes: [UInt8]
        do {
            bytes = try DiskFile.readAll(path, limit: fileLimit)
        } catch {
            throw Problem(.notFound, "The recording's manifest cannot be read: \(error)", cause: error)
        }
        do {
            return try JSONDecoder().decode(RecordingManifest.self, from: Data(bytes))
        } catch {
            throw Problem(.invalid, "The recording's manifest cannot be understood.", cause: error)
        }
    }
    /// Writes the manifest so that a crash leaves the old one or the new one.
    func write(_ path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try DiskFile.replace(path, with: Array(try encoder.encode(self)))
    }

    mutating func pause(at milliseconds: Int) {
        guard let open = segments.indices.last, segments[open].endMilliseconds == nil,
            pauses.count < Self.noteLimit
        else { return }
        segments[open].endMilliseconds = milliseconds
        pauses.append(Span(startMilliseconds: milliseconds, endMilliseconds: nil))
    }
    mutating func resume(at milliseconds: Int) {
        guard let open = pauses.indices.last, pauses[open].endMilliseconds == nil else { return }
        pauses[open].endMilliseconds = milliseconds
        segments.append(Span(startMilliseconds: milliseconds, endMilliseconds: nil))
    }
    mutating func mark(_ name: String, at milliseconds: Int) {
        guard marks.count < Self.noteLimit else { return }
        marks.append(Mark(name: name, milliseconds: milliseconds))
    }
    mutating func finish(at milliseconds: Int) {
        if let open = segments.indices.last, segments[open].endMilliseconds == nil {
            segments[open].endMilliseconds = milliseconds
        }
        if let open = pauses.indices.last, pauses[open].endMilliseconds == nil {
            pauses[open].endMilliseconds = milliseconds
        }
        self.milliseconds = milliseconds
    }
}
