package import Kernel

/// Brings recordings in order that a crash cut off; run before the first call after a start.
package enum RecordingRepair {
    /// What a repaired manifest gives as its failure.
    package static let cut = "cut off by a crash"

    /// Repairs every recording in a directory whose manifest has no end; others are left alone. Returns the
    /// manifests' paths with what was made whole. A recording that cannot be repaired is left out.
    /// Blocks on the disk. Throws `notFound` when the directory cannot be read.
    package static func repairAll(in directory: String) throws(Problem) -> [(
        manifest: String, tracks: [TrackResult]
    )] {
        let names: [String]
        do {
            names = try DiskFile.names(in: directory)
        } catch {
            throw Problem(.notFound, "The directory of recordings cannot be read: \(error)", cause: error)
        }
        var repaired: [(manifest: String, tracks: [TrackResult])] = []
        for name in names where name.hasSuffix(".json") {
            let path = "\(directory)/\(name)"
            if let tracks = try? repair(path, in: directory), !tracks.isEmpty {
                repaired.append((path, tracks))
            }
        }
        return repaired
    }

    /// Repairs one recording by its manifest: headers, lengths, digests. Returns its tracks; empty when the
    /// recording had ended properly. A track whose file is gone is left without length and digest.
    package static func repair(_ manifestPath: String, in directory: String) throws(Problem) -> [TrackResult]
    {
        var manifest = try RecordingManifest.read(manifestPath)
        guard manifest.milliseconds == nil else { return [] }
        var results: [TrackResult] = []
        var end = 0
        for index in manifest.tracks.indices {
            let track = manifest.tracks[index]
            let path = "\(directory)/\(track.file)"
            guard RecordingSpec.isPlain(track.file), (try? WAVFile.repair(path)) != nil,
                let summary = try? TrackSummary(path)
            else { continue }
            manifest.tracks[index].milliseconds = summary.milliseconds
            manifest.tracks[index].sha256 = summary.sha256
            end = max(end, track.startMilliseconds + summary.milliseconds)
            results.append(
                TrackResult(
                    name: track.name, path: path, sha256: summary.sha256, milliseconds: summary.milliseconds))
        }
        manifest.finish(at: end)
        manifest.failure = manifest.failure ?? cut
        do {
            try manifest.write(manifestPath)
        } catch {
            throw Problem(.unavailable, "The recording's manifest cannot be written.", cause: error)
        }
        return results
    }
}
