package import Dispatch
import Glibc
import Kernel

/// One run of another program: bytes in on its standard input, bytes out, and a deadline after which it is killed.
package struct ProgramRun: Sendable {
    /// How the program ended.
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }
    /// What came back.
    package struct Answer: Sendable {
        /// The standard output, whole.
        package var output: [UInt8]
        /// The start of what the program wrote to its standard error, for the log.
        package var complaint: String
        package var ending: Ending
    }

    /// Bytes kept of the standard error.
    package static let mostComplaint = 4_096
    private static let chunk = 65_536
    /// How often a program that has closed its output but not ended is looked at, in milliseconds.
    private static let endingPoll: Int32 = 5

    /// A name to be looked up in `PATH`, or a path.
    package var program: String
    package var arguments: [String]
    package var input: [UInt8]
    package var deadline: Duration
    /// Bytes of output after which the program is killed.
    package var mostOutput: Int

    package init(
        program: String, arguments: [String], input: [UInt8], deadline: Duration, mostOutput: Int
    ) {
        self.program = program
        self.arguments = arguments
        self.input = input
        self.deadline = deadline
        self.mostOutput = mostOutput
    }

    /// Blocking work runs here and never on the threads of Swift's cooperative pool.
    package static let queue = DispatchQueue(label: "hotline.programs", attributes: .concurrent)

    /// Runs the program. Throws `Problem`: `.unavailable` when it cannot be started, `.timedOut` when it was killed at
    /// the deadline, `.exhausted` when it wrote too much; `CancellationError` when cancelled (it is killed too).
    package func run() async throws -> Answer {
        // A byte through this pair wakes the thread that waits for the program; it alone kills, before it has reaped the
        // id, so that the signal cannot hit a stranger.
        let cancellation = try Pair()
        defer { cancellation.close() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Self.queue.async {
                    continuation.resume(with: Result { try self.perform(cancelled: cancellation.near) })
                }
            }
        } onCancel: {
            var byte: UInt8 = 1
            _ = send(cancellation.far, &byte, 1, Int32(MSG_NOSIGNAL))
        }
    }

    private func perform(cancelled: Int32) throws -> Answer {
        var pairs: [Pair] = []
        var open: Set<Int32> = []
        defer { for descriptor in open { close(descriptor) } }
        for _ in 0..<3 {
            let pair = try Pair()
            pairs.append(pair)
            open.formUnion([pair.near, pair.far])
        }
        let id = try spawn(input: pairs[0].far, output: pairs[1].far, complaint: pairs[2].far)
        for pair in pairs {
            close(pair.far)
            open.remove(pair.far)
        }
        let (input, output, complaint) = (pairs[0].near, pairs[1].near, pairs[2].near)

        for descriptor in [input, output, complaint] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        let stop = ContinuousClock.now + deadline
        do {
            let answer = try exchange(
                input: input, output: output, complaint: complaint, cancelled: cancelled, stop: stop)
            let ending = try wait(for: id, cancelled: cancelled, stop: stop)
            return Answer(output: answer.output, complaint: answer.complaint, ending: ending)
        } catch {
            kill(id, SIGKILL)
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            throw error
        }
    }

    /// Feeds the input and collects both outputs until the program has closed them.
    private func exchange(
        input: Int32, output: Int32, complaint: Int32, cancelled: Int32, stop: ContinuousClock.Instant
    ) throws -> (output: [UInt8], complaint: String) {
        var sent = 0
        var collected: [UInt8] = []
        var complaints: [UInt8] = []
        var (inputOpen, outputOpen, complaintOpen) = (true, true, true)
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while outputOpen || complaintOpen {
            if inputOpen, sent == self.input.count {
                shutdown(input, Int32(SHUT_WR))
                inputOpen = false
            }
            var watched = [
                pollfd(fd: cancelled, events: Int16(POLLIN), revents: 0),
                pollfd(fd: outputOpen ? output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: complaintOpen ? complaint : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: inputOpen ? input : -1, events: Int16(POLLOUT), revents: 0),
            ]
            try wait(on: &watched, until: stop)
            if watched[0].revents != 0 { throw CancellationError() }
            if watched[1].revents != 0 {
                outputOpen = drain(output, through: &buffer) { collected += $0 }
                guard collected.count <= mostOutput else {
                    throw Problem(
                        .exhausted, "'\(program)' wrote more than \(mostOutput) bytes and was stopped.")
                }
            }
            if watched[2].revents != 0 {
                complaintOpen = drain(complaint, through: &buffer) {
                    complaints += $0.prefix(Self.mostComplaint - complaints.count)
                }
            }
            if watched[3].revents != 0 {
                let count = self.input[sent...].withUnsafeBytes {
                    send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count >= 0 {
                    sent += count
                } else if errno != EAGAIN && errno != EINTR {
                    // It does not read any further; its ending says whether that was right.
                    sent = self.input.count
                }
            }
        }
        return (collected, String(decoding: complaints, as: UTF8.self))
    }

    /// Reads what is there; `false` when the other end has closed.
    private func drain(
        _ descriptor: Int32, through buffer: inout [UInt8], _ take: (ArraySlice<UInt8>) -> Void
    ) -> Bool {
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        take(buffer[..<count])
        return count > 0
    }

    private func wait(on watched: inout [pollfd], until stop: ContinuousClock.Instant) throws {
        let left = ContinuousClock.now.duration(to: stop)
        guard left > .zero else { throw late() }
        let milliseconds =
            min(left.components.seconds, 3_600) * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
        if poll(&watched, nfds_t(watched.count), Int32(milliseconds) + 1) < 0, errno != EINTR {
            throw Problem(.unavailable, "Waiting for '\(program)' failed: \(reason(errno)).")
        }
    }

    private func wait(for id: pid_t, cancelled: Int32, stop: ContinuousClock.Instant) throws -> Ending {
        while true {
            var status: Int32 = 0
            let ended = waitpid(id, &status, WNOHANG)
            if ended == id {
                let signal = status & 0x7F
                return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            }
            guard ContinuousClock.now < stop else { throw late() }
            var watched = pollfd(fd: cancelled, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, Self.endingPoll) > 0 { throw CancellationError() }
        }
    }

    private func late() -> Problem {
        Problem(.timedOut, "'\(program)' did not finish within \(deadline) and was stopped.")
    }

    private func spawn(input: Int32, output: Int32, complaint: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, complaint, 2)
        // Nothing else of ours, such as the sockets of calls, goes to another program.
        for descriptor in Self.inheritable() { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // Only what the program needs: the service's own environment may hold secrets.
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let argumentPointers: [UnsafeMutablePointer<CChar>?] =
            ([program] + arguments).map { strdup($0) } + [nil]
        let environment = ["PATH=\(path)", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"]
        let environmentPointers: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var id: pid_t = 0
        let error = posix_spawnp(&id, program, &actions, &attributes, argumentPointers, environmentPointers)
        guard error == 0 else {
            throw Problem(
                .unavailable, "The program '\(program)' could not be started: \(reason(error)).",
                details: ["program": program, "reason": error == ENOENT ? "missing" : "refused"])
        }
        return id
    }
}

extension ProgramRun {
    /// The open descriptors from 3 on that a new program would get.
    private static func inheritable() -> [Int32] {
        guard let listing = opendir("/proc/self/fd") else { return [] }
        defer { closedir(listing) }
        var found: [Int32] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int32(name), descriptor > 2, descriptor != dirfd(listing) else { continue }
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { found.append(descriptor) }
        }
        return found
    }
}

private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Two sockets joined to each other, which do not pass to other programs by themselves.
///
/// Sockets and not pipes: writing to a program that has ended must not raise a signal here.
private struct Pair: Sendable {
    let near: Int32
    let far: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw Problem(.unavailable, "No pair of sockets could be opened: \(reason(errno)).")
        }
        (near, far) = (ends[0], ends[1])
    }

    func close() {
        Glibc.close(near)
        Glibc.close(far)
    }
}
