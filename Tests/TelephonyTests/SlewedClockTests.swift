import Kernel
import Telephony
import Testing

@Suite struct SlewedClockTests {
    @Test func `a steady wall clock is told as it is`() {
        var clock = SlewedClock(wall: 1_000_000, uptime: 50)
        #expect(clock.stamp(wall: 1_000_000, uptime: 50).milliseconds == 1_000_000)
        #expect(clock.stamp(wall: 1_002_000, uptime: 2_050).milliseconds == 1_002_000)
    }

    @Test func `a jump is caught up with a tenth of the time that passes`() {
        var clock = SlewedClock(wall: 0, uptime: 0)
        #expect(clock.stamp(wall: 61_000, uptime: 1_000).milliseconds == 1_100)
        #expect(clock.stamp(wall: 62_000, uptime: 2_000).milliseconds == 2_200)
        var late = SlewedClock(wall: 100_000, uptime: 0)
        #expect(late.stamp(wall: 41_000, uptime: 1_000).milliseconds == 100_900)
        #expect(late.stamp(wall: 1_040_000, uptime: 1_000_000).milliseconds >= 1_000_000)
    }

    @Test func `it never goes back`() {
        var clock = SlewedClock(wall: 1_000, uptime: 1_000)
        var last = Timestamp(milliseconds: 0)
        for (wall, uptime) in [(1_100, 1_100), (0, 1_101), (0, 1_101), (500, 900), (9_000, 1_300)]
            as [(Int64, Int64)]
        {
            let now = clock.stamp(wall: wall, uptime: uptime)
            #expect(now >= last)
            last = now
        }
    }
}
