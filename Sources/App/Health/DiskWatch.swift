import Foundation
import Glibc
import Kernel
import Logging
import Routing

/// How much room the disk of the data directory has, as far as anybody acts on it.
enum DiskState: Int, Sendable, Comparable {
    /// No call is taken.
    case full
    /// Nothing is recorded.
    case scarce
    /// Somebody should make room.
    case low
    case ample

    static func < (first: DiskState, second: DiskState) -> Bool { first.rawValue < second.rawValue }

    /// `full`, `scarce`, `low` or `ample`, in metrics and logs.
    var word: String { String(describing: self) }
    /// What it means for calls and recordings.
    var room: DiskRoom { DiskRoom(mayRecord: self > .scarce, takesCalls: self > .full) }
}

/// The marks of `[disk]`: what happens while less than so much is free.
struct DiskMarks: Sendable {
    /// How far above a mark the free space must be before what happened at it is taken back, in hundredths of the mark:
    /// a disk that hovers around a mark does not switch recording on and off.
    private static let clearance: Int64 = 10
    /// From the state that each brings about to bytes; 0 never happens.
    private let marks: [(state: DiskState, bytes: Int64)]

    /// - Throws: `Problem(.invalid)` naming the key that is at fault.
    init(_ settings: Configuration.Disk) throws {
        let all = [
            ("refuse_calls_mib", settings.refuseCallsMiB), ("stop_recording_mib", settings.stopRecordingMiB),
            ("warn_mib", settings.warnMiB),
        ]
        for (key, value) in all where !(0...1_000_000_000).contains(value) {
            throw Problem(
                .invalid, "disk.\(key) is a number of MiB from 0 (never) to 1000000000",
                details: ["field": "disk.\(key)"])
        }
        for (lower, upper) in zip(all, all.dropFirst()) where lower.1 > upper.1 && upper.1 > 0 {
            throw Problem(
                .invalid, "disk.\(lower.0) must not be above disk.\(upper.0)",
                details: ["field": "disk.\(lower.0)"])
        }
        marks = zip([.full, .scarce, .low], all).map { ($0, Int64($1.1) * 1_048_576) }
    }

    /// The state that so much free space means after a former state.
    func state(free: Int64, after former: DiskState) -> DiskState {
        for (state, mark) in marks {
            let leaving = former <= state ? mark / 100 * Self.clearance : 0
            if free < mark + leaving { return state }
        }
        return .ample
    }
}

/// Looks at the disk now and then and tells who has to know when its state changes.
actor DiskWatch {
    /// Between two looks: a disk fills by some MiB in it, and the lowest mark leaves room for far more.
    static let interval = Duration.seconds(1)
    /// Bytes that are free, or why that cannot be said.
    typealias FreeSpace = @Sendable () throws -> Int64

    /// Free space at the last look; `nil` when it could not be told.
    private(set) var free: Int64?
    private(set) var state = DiskState.ample
    private let marks: DiskMarks
    private let read: FreeSpace
    private let logger: Logger

    init(_ marks: DiskMarks, logger: Logger, read: @escaping FreeSpace) {
        self.marks = marks
        self.logger = logger
        self.read = read
    }

    /// What may be written to the folder without being root.
    static func freeSpace(of folder: String) -> FreeSpace {
        {
            var values = statvfs()
            guard statvfs(folder, &values) == 0 else {
                throw Problem(
                    .unavailable, "The disk of \(folder) cannot be asked: \(String(cString: strerror(errno)))"
                )
            }
            return Int64(clamping: UInt64(values.f_bavail) * UInt64(values.f_frsize))
        }
    }

    /// Looks once. A disk that cannot be asked keeps its state.
    func look() -> DiskState {
        do {
            let free = try read()
            self.free = free
            let next = marks.state(free: free, after: state)
            if next != state { tell(next, free) }
            state = next
        } catch {
            if free != nil { logger.error("The disk cannot be looked at", metadata: ["error": "\(error)"]) }
            free = nil
        }
        return state
    }

    /// Tells of each change until it is cancelled; at the start there is room for everything. What could not be told is
    /// told again.
    func run(_ told: @escaping @Sendable (DiskRoom) async throws -> Void) async {
        var known = DiskState.ample.room
        while !Task.isCancelled {
            let room = look().room
            if room != known {
                do {
                    try await told(room)
                    known = room
                } catch {
                    logger.warning("The state of the disk could not be told", metadata: ["error": "\(error)"])
                }
            }
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    private func tell(_ next: DiskState, _ free: Int64) {
        let metadata: Logger.Metadata = [
            "disk.state": "\(next.word)", "disk.freeMiB": "\(free / 1_048_576)",
        ]
        switch next {
        case .ample: logger.notice("The disk has room again", metadata: metadata)
        case .low: logger.warning("The disk is getting full: make room", metadata: metadata)
        case .scarce:
            logger.error(
                "The disk is nearly full: nothing is recorded until there is room", metadata: metadata)
        case .full:
            logger.critical("The disk is full: new calls are refused until there is room", metadata: metadata)
        }
    }
}
