import Foundation
import Logging
import Media

/// Recordings that a killed program left open: their headers are set right so that they play to the last second.
enum RecordingRepair {
    /// Repairs every track below a directory whose header does not say its length. Files are never made shorter.
    static func repairAll(in directory: String, logger: Logger) {
        guard let walk = FileManager.default.enumerator(atPath: directory) else { return }
        var repaired = 0
        while let name = walk.nextObject() as? String {
            guard name.hasSuffix(".wav") else { continue }
            do {
                if try WAVFile.repair(directory + "/" + name) > 0 { repaired += 1 }
            } catch {
                logger.error(
                    "A recording cannot be repaired", metadata: ["recording.file": "\(name)", "error": "\(error)"])
            }
        }
        if repaired > 0 { logger.notice("Recordings were repaired", metadata: ["recording.count": "\(repaired)"]) }
    }
}
