package import Kernel

#if canImport(Glibc)
    import Glibc
#endif

/// The wall clock in milliseconds, made fit for an engine: it never goes back and never jumps.
///
/// It runs with the uptime and is drawn towards the wall clock by at most `slew` of the time that passes, so that a
/// corrected clock neither fires all timers at once nor holds them up.
package struct SlewedClock: Sendable {
    /// One part in so many: 100 ms in each second.
    package static let slew: Int64 = 10

    private var last: Timestamp
    private var lastUptime: Int64

    /// - Parameters:
    ///   - wall: milliseconds since 1970.
    ///   - uptime: milliseconds of a clock that only goes forward.
    package init(wall: Int64, uptime: Int64) {
        last = Timestamp(milliseconds: wall)
        lastUptime = uptime
    }

    /// The time now.
    package mutating func stamp(wall: Int64, uptime: Int64) -> Timestamp {
        let passed = max(0, uptime - lastUptime)
        lastUptime = max(lastUptime, uptime)
        let expected = last.milliseconds + passed
        let most = passed / SlewedClock.slew
        let drawn = max(-most, min(most, wall - expected))
        last = Timestamp(milliseconds: expected + drawn)
        return last
    }

    /// What the operating system says: the wall clock and the uptime.
    static func readings() -> (wall: Int64, uptime: Int64) {
        func read(_ clock: clockid_t) -> Int64 {
            var time = timespec()
            clock_gettime(clock, &time)
            return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        }
        return (read(CLOCK_REALTIME), read(CLOCK_MONOTONIC))
    }
}
