import Testing

@testable import Media

struct TransportWatchTests {
    private let second: Int64 = 1_000_000_000
    /// `#expect` takes no mutating calls: the value in a box.
    private final class Watched {
        var value: TransportWatch
        init(_ value: TransportWatch) { self.value = value }
        func open(at now: Int64) -> Bool { value.open(at: now) }
        func heard(isAudio: Bool, at now: Int64) -> Bool { value.heard(isAudio: isAudio, at: now) }
        func loss(at now: Int64) -> Int? { value.loss(at: now) }
        func end() -> Bool { value.end() }
        func isOverdue(at now: Int64) -> Bool { value.isOverdue(at: now) }
    }
    private func watch() -> Watched {
        Watched(TransportWatch(from: 0, openWithin: 30 * second, lostAfter: 2_500_000_000))
    }

    @Test func `it opens once, in time, and is overdue otherwise`() {
        let watch = watch()
        #expect(!watch.isOverdue(at: 30 * second - 1))
        #expect(watch.isOverdue(at: 30 * second))
        #expect(watch.open(at: second))
        #expect(!watch.open(at: second))
        #expect(!watch.isOverdue(at: 99 * second))
    }
    @Test
    func
        `while audio comes two and a half seconds without anything are a loss, told once, and anything ends it`()
    {
        let watch = watch()
        _ = watch.open(at: 0)
        #expect(!watch.heard(isAudio: true, at: second))
        #expect(watch.loss(at: 3 * second) == nil)
        #expect(watch.loss(at: 7 * second / 2) == 2_500)
        #expect(watch.loss(at: 9 * second) == nil)
        #expect(watch.heard(isAudio: false, at: 10 * second))
        #expect(!watch.heard(isAudio: true, at: 10 * second))
        #expect(watch.loss(at: 12 * second) == nil)
        #expect(watch.loss(at: 13 * second) == 3_000)
    }
    @Test func `a browser that sends no audio is not lost between two checks`() {
        let watch = watch()
        _ = watch.open(at: 0)
        for time in stride(from: 5 * second, to: 60 * second, by: 5_000_000_000) {
            #expect(watch.loss(at: time) == nil)
            #expect(!watch.heard(isAudio: false, at: time))
        }
        #expect(watch.loss(at: 69 * second) == nil)
        #expect(watch.loss(at: 70 * second) == 15_000)
    }
    @Test func `after a goodbye nothing brings it back`() {
        let watch = watch()
        #expect(!watch.end())
        _ = watch.open(at: 0)
        #expect(watch.end())
        #expect(!watch.end())
        #expect(!watch.heard(isAudio: true, at: second))
        #expect(watch.loss(at: 99 * second) == nil)
        #expect(!watch.open(at: 100 * second))
    }
    @Test func `so many pass in a second, and no more`() {
        var limit = RateLimit(perSecond: 3)
        let first = (0..<5).map { limit.admits(at: $0) }
        let later = limit.admits(at: second)
        #expect(first == [true, true, true, false, false])
        #expect(later)
    }
}
