import Foundation
import Kernel

/// Takes files away that were deleted from the rows before.
struct FileRemover: Sendable {
    private static let batch = 500
    let store: DeletionStore
    let directory: String

    /// Removes what is still to go, also what a crash left.
    @concurrent func run() async throws {
        while true {
            let paths = try await store.removals(limit: Self.batch)
            guard !paths.isEmpty else { return }
            try remove(paths)
            try await store.removed(paths)
        }
    }

    /// Each path is the beginning of names in one folder, up to a dot.
    private func remove(_ paths: [String]) throws {
        let folders = Dictionary(grouping: paths) { ($0 as NSString).deletingLastPathComponent }
        for (folder, paths) in folders {
            let place = directory + "/" + folder
            guard isInside(folder), FileManager.default.fileExists(atPath: place) else { continue }
            let heads = Set(paths.map { ($0 as NSString).lastPathComponent })
            for name in try FileManager.default.contentsOfDirectory(atPath: place) {
                let head = name.prefix { $0 != "." } + "."
                if heads.contains(String(head)) {
                    // Somebody else may have been faster.
                    guard unlink(place + "/" + name) == 0 || errno == ENOENT else {
                        throw Problem(
                            .unavailable,
                            "\(place)/\(name) cannot be removed: \(String(cString: strerror(errno)))")
                    }
                }
            }
        }
    }

    private func isInside(_ folder: String) -> Bool {
        !folder.isEmpty && !folder.hasPrefix("/")
            && !folder.split(separator: "/").contains(where: { $0 == ".." || $0 == "." })
    }
}
