import Contracts
import Foundation
import Kernel
import Logging
import Media

/// Where the recordings of an interaction lie, relative to the data directory.
enum RecordingPath {
    /// One folder for each span of about 18 hours, so that none grows without end: the first eight digits of an id
    /// are time.
    static func folder(of id: InteractionID) -> String { "recordings/\(id.description.prefix(8))" }

    /// An interaction may be recorded several times, when an agent vanished and another took over.
    static func name(of id: InteractionID, startedAt: Timestamp) -> String {
        "\(id)-\(startedAt.milliseconds)"
    }

    static func manifest(of id: InteractionID, startedAt: Timestamp) -> String {
        "\(folder(of: id))/\(name(of: id, startedAt: startedAt)).json"
    }
}

/// Recordings that a killed program left open.
enum RecordingRepair {
    /// Sets the headers of the tracks right, so that they play to what reached the disk, and says what is there. A
    /// recording without any track on disk keeps its place in the list with none.
    static func repaired(
        _ cut: [FinishedRecording], below directory: String, logger: Logger
    ) -> [FinishedRecording] {
        cut.compactMap { recording in
            do {
                var recording = recording
                let path = directory + "/" + recording.manifest
                let manifest = try RecordingManifest.read(path)
                let folder = (recording.manifest as NSString).deletingLastPathComponent
                for track in manifest.tracks {
                    let file = "\(folder)/\(track.file)"
                    let milliseconds = try WAVFile.repair(directory + "/" + file)
                    let bytes = try Data(contentsOf: URL(filePath: directory + "/" + file))
                    var digest = SHA256()
                    digest.update([UInt8](bytes))
                    let hex = digest.finish().map { byte in
                        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
                    }.joined()
                    recording.tracks.append(
                        FinishedRecording.Track(
                            name: track.name, path: file, digest: "sha256:" + hex,
                            milliseconds: Int64(milliseconds)))
                }
                return recording
            } catch {
                logger.error(
                    "A recording that was cut off cannot be repaired",
                    metadata: ["recording.manifest": "\(recording.manifest)", "error": "\(error)"])
                return nil
            }
        }
    }
}
