import Foundation
import Glibc
import Kernel

/// Files that are on the disk when a call returns.
enum DurableFiles {
    /// Bytes copied at once.
    private static let chunk = 1_048_576

    /// Copies a file and tells what was copied. What is appended to the source meanwhile may or may not be in it.
    static func copy(_ source: String, to target: String) throws -> (bytes: Int64, digest: String) {
        try makeFolder((target as NSString).deletingLastPathComponent)
        guard FileManager.default.createFile(atPath: target, contents: nil) else {
            throw Problem(
                .unavailable, "\(target) cannot be written; is the disk full, or the folder another's?")
        }
        let output = try FileHandle(forWritingTo: URL(filePath: target))
        let result = try read(source) { try output.write(contentsOf: $0) }
        if let mode = try FileManager.default.attributesOfItem(atPath: source)[.posixPermissions] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: target)
        }
        try output.synchronize()
        try output.close()
        return result
    }

    /// The length and digest of a file.
    static func digest(of path: String) throws -> (bytes: Int64, digest: String) { try read(path) { _ in } }

    private static func read(_ path: String, _ take: (Data) throws -> Void) throws -> (Int64, String) {
        let input = try FileHandle(forReadingFrom: URL(filePath: path))
        var (bytes, digest) = (Int64(0), SHA256())
        while let data = try input.read(upToCount: chunk), !data.isEmpty {
            digest.update([UInt8](data))
            bytes += Int64(data.count)
            try take(data)
        }
        try input.close()
        return (bytes, "sha256:" + Hexadecimal.text(digest.finish()))
    }

    static func write(_ data: Data, to path: String) throws {
        try data.write(to: URL(filePath: path))
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.synchronize()
        try file.close()
    }

    static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Gives a folder with everything in it to whoever owns the folder, for a command that the administrator of the
    /// machine runs; anybody else's files are their own already.
    static func giveToOwner(of folder: String) throws {
        guard geteuid() == 0 else { return }
        let owner = try FileManager.default.attributesOfItem(atPath: folder)
        guard let user = owner[.ownerAccountID] as? NSNumber, user.uint32Value != 0,
            let group = owner[.groupOwnerAccountID] as? NSNumber
        else { return }
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard lchown(folder + "/" + path, user.uint32Value, group.uint32Value) == 0 else {
                throw Problem(
                    .unavailable,
                    "\(folder)/\(path) cannot be given to its owner: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Makes the names in a folder as durable as the files behind them.
    static func synchronize(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw Problem(.unavailable, "The folder \(folder) cannot be written to the disk: \(reason)")
        }
        close(descriptor)
    }

    /// Every file below a folder, as paths from it on, in the order of their names; symbolic links are left out.
    static func below(_ folder: String) throws -> [String] {
        var files: [String] = []
        func visit(_ inside: String) throws {
            let path = inside.isEmpty ? folder : folder + "/" + inside
            for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
                let one = inside.isEmpty ? name : inside + "/" + name
                let attributes: [FileAttributeKey: Any]
                do {
                    attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + one)
                } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
                    // Gone since the folder was read, such as what a database writes beside itself.
                    continue
                }
                switch attributes[.type] as? FileAttributeType {
                case .typeDirectory: try visit(one)
                case .typeRegular: files.append(one)
                default: continue
                }
            }
        }
        try visit("")
        return files
    }
}
