import Glibc
import Kernel

/// The desk's stamps: wall-clock time that never goes back.
///
/// The wall clock is read once and then carried by the monotonic clock; when the two drift apart (NTP, a suspended
/// machine) the stamp is slewed by at most one part in twenty until they agree again, so that no interval in the
/// facts is ever negative. A difference beyond `largestSlew` is a jump, taken at once when it goes forward.
struct DeskClock: Sendable {
    /// Beyond this, forward time is taken as it is: the machine was asleep.
    static let largestSlew = TimeSpan.seconds(5)

    /// How much faster or slower than the monotonic clock a stamp may run.
    private static let slewShare: Int64 = 20

    /// The wall time at `anchor`, as slewed since.
    private var base: Int64
    private var anchor: Int64
    private var slewedAt: Int64
    private var last: Timestamp

    init() {
        base = Self.wall()
        anchor = Self.steady()
        slewedAt = anchor
        last = Timestamp(milliseconds: base)
    }

    /// The present stamp, never less than the one before.
    mutating func now() -> Timestamp {
        let steady = Self.steady()
        let drift = Self.wall() - (base + steady - anchor)
        if drift > Self.largestSlew.milliseconds {
            base += drift
            slewedAt = steady
        } else if drift != 0, steady - slewedAt >= Self.slewShare {
            let most = (steady - slewedAt) / Self.slewShare
            base += max(-most, min(most, drift))
            slewedAt = steady
        }
        last = max(last, Timestamp(milliseconds: base + steady - anchor))
        return last
    }

    private static func wall() -> Int64 { milliseconds(CLOCK_REALTIME) }
    private static func steady() -> Int64 { milliseconds(CLOCK_MONOTONIC) }
    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
