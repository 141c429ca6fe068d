import Glibc

/// A file on disk with one owner; closed at the latest when the owner goes away.
final class DiskFile {
    private var descriptor: CInt
    let path: String

    enum Mode {
        case create, update, read
    }

    /// `.create` empties an existing file; files are readable by their owner alone.
    init(_ path: String, _ mode: Mode) throws(SystemError) {
        let flags: CInt =
            switch mode {
            case .create: O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC
            case .update: O_RDWR | O_CLOEXEC
            case .read: O_RDONLY | O_CLOEXEC
            }
        descriptor = Glibc.open(path, flags, 0o600)
        self.path = path
        if descriptor < 0 { throw .last("open") }
    }
    deinit { close() }

    /// Harmless when repeated.
    func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }

    /// Writes the first `count` bytes at the current position, all or an error.
    func write(_ bytes: [UInt8], count: Int? = nil) throws(SystemError) {
        let count = min(count ?? bytes.count, bytes.count)
        var done = 0
        while done < count {
            let wrote = bytes.withUnsafeBytes { raw in
                raw.baseAddress.map { Glibc.write(descriptor, $0 + done, count - done) } ?? 0
            }
            if wrote < 0 {
                if errno == EINTR { continue }
                throw .last("write")
            }
            done += wrote
        }
    }
    /// Writes at `offset` without moving the position.
    func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
        let wrote = bytes.withUnsafeBytes {
            Glibc.pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
        }
        if wrote != bytes.count { throw .last("pwrite") }
    }
    /// At most `count` bytes from `offset`; fewer at the end of the file.
    func read(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { raw, filled in
            filled = 0
            while filled < count {
                guard let base = raw.baseAddress else { break }
                let got = Glibc.pread(descriptor, base + filled, count - filled, off_t(offset + filled))
                if got < 0 {
                    if errno == EINTR { continue }
                    failure = .last("pread")
                    break
                }
                if got == 0 { break }
                filled += got
            }
        }
        if let failure { throw failure }
        return bytes
    }
    var size: Int {
        get throws(SystemError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last("fstat") }
            return Int(status.st_size)
        }
    }
    func truncate(to size: Int) throws(SystemError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .last("ftruncate") }
    }
    /// Returns when the bytes are on the disk.
    func synchronise() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw .last("fsync") }
    }

    /// Makes a directory with its parents, for the owner alone.
    static func makeDirectory(_ path: String) throws(SystemError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
            if mkdir(partial, 0o700) != 0, errno != EEXIST { throw .last("mkdir") }
        }
    }
    /// Writes the whole of a small file so that a reader, also after a crash, sees the old or the new one.
    static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let temporary = path + ".new"
        let file = try DiskFile(temporary, .create)
        try file.write(bytes)
        try file.synchronise()
        file.close()
        guard rename(temporary, path) == 0 else { throw .last("rename") }
    }
    /// The names in a directory, in alphabetical order.
    static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw .last("opendir") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let count = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
                start.withMemoryRebound(to: CChar.self, capacity: count) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
    static func readAll(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try DiskFile(path, .read)
        let size = try file.size
        guard size <= limit else { throw SystemError(call: "read", code: EFBIG) }
        return try file.read(at: 0, count: size)
    }
}
