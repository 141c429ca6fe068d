package import Kernel

/// What to record of a room, and where.
package struct RecordingSpec: Sendable {
    /// Directory for the tracks and the manifest; made when it is missing.
    package var directory: String
    /// Names the files; letters, digits, `-`, `_` and `.` only, not beginning with a dot.
    package var id: String
    /// The legs to record, each with the name of its track (`customer`, `agent`); the same alphabet as `id`. A leg
    /// that opens later gets its track then.
    package var tracks: [MediaLegID: String]
    /// Wall-clock time of the recording's start, for the manifest.
    package var started: Timestamp

    package init(directory: String, id: String, tracks: [MediaLegID: String], started: Timestamp) {
        self.directory = directory
        self.id = id
        self.tracks = tracks
        self.started = started
    }

    /// At most this many tracks in one recording.
    static let trackLimit = 64

    /// Throws `invalid` when a name could leave the directory or two tracks would share a file.
    func check() throws(Problem) {
        let names = Array(tracks.values)
        guard Self.isPlain(id), names.allSatisfy(Self.isPlain), Set(names).count == names.count,
            names.count <= Self.trackLimit, !directory.isEmpty
        else {
            throw Problem(
                .invalid,
                "A recording's id and its track names are distinct and of letters, digits, '-', '_', '.'.")
        }
    }
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D || byte == 0x2E || byte == 0x5F
            }
    }
    func trackPath(_ name: String) -> String { "\(directory)/\(id).\(name).wav" }
    var manifestPath: String { "\(directory)/\(id).json" }
}

/// One finished track on disk.
package struct TrackResult: Hashable, Sendable {
    package var name: String
    package var path: String
    /// 64 hexadecimal digits over the whole file, header included.
    package var sha256: String
    package var milliseconds: Int

    package init(name: String, path: String, sha256: String, milliseconds: Int) {
        self.name = name
        self.path = path
        self.sha256 = sha256
        self.milliseconds = milliseconds
    }
}
