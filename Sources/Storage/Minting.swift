import Glibc
package import Kernel
import Synchronization

/// Mints ids (UUID version 7): strictly increasing within the process, 62 random bits each from the system.
///
/// The 48-bit milliseconds and the 12-bit counter are one number that never goes back: when the wall clock does, or
/// more than 4,096 ids are minted in a millisecond, the stamp runs ahead of the clock until the clock has caught up.
package struct IDSource: Sendable {
    /// Shared by the copies, so that any of them may mint on any thread.
    private final class Last: Sendable {
        let stamp = Atomic<UInt64>(0)
    }
    private let last = Last()
    private let milliseconds: @Sendable () -> Int64

    /// `clock` gives the wall clock for tests.
    package init(clock: @escaping @Sendable () -> Timestamp = { WallClock.now }) {
        milliseconds = { clock().milliseconds }
    }

    /// The next id.
    package func next<Kind>(_ kind: ID<Kind>.Type = ID<Kind>.self) -> ID<Kind> {
        let present = UInt64(max(0, milliseconds())) << 12
        var seen = last.stamp.load(ordering: .relaxed)
        while true {
            let proposed = max(present, seen + 1)
            let (exchanged, original) = last.stamp.compareExchange(
                expected: seen, desired: proposed, ordering: .relaxed)
            if exchanged {
                var generator = SystemRandomNumberGenerator()
                return ID(
                    milliseconds: Int64(proposed >> 12), counter: UInt16(proposed & 0xFFF),
                    random: generator.next())
            }
            seen = original
        }
    }
}

/// The wall clock of the machine. Core never sees it: time comes in as an argument.
package enum WallClock {
    /// Now, in whole milliseconds UTC.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
