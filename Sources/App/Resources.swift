import Foundation

/// Files that come with the program: pages and the demonstration.
package enum Resources {
    /// A path as it is written when it is absolute or found from the working directory, else beside the program or in its
    /// `share/hotline`; `nil` when it is nowhere.
    package static func find(_ path: String) -> String? {
        guard !path.isEmpty else { return nil }
        if path.hasPrefix("/") { return path }
        var candidates = [path]
        if let program = Bundle.main.executablePath {
            let beside = URL(filePath: program).resolvingSymlinksInPath().deletingLastPathComponent()
            candidates += [
                beside.appending(path: path).path(percentEncoded: false),
                beside.appending(path: "../share/hotline/" + path).path(percentEncoded: false),
            ]
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }
}
