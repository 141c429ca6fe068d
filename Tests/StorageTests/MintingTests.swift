import Kernel
import Storage
import Synchronization
import Testing

@Suite struct MintingTests {
    @Test func `Ids rise strictly, also when the clock stands still or goes back`() {
        let time = Atomic<Int64>(1_790_000_000_000)
        let source = IDSource { Timestamp(milliseconds: time.load(ordering: .relaxed)) }
        var previous: InteractionID = source.next()
        #expect(previous.high >> 16 == 1_790_000_000_000)
        for step in 0..<10_000 {
            if step == 5_000 { time.store(1_780_000_000_000, ordering: .relaxed) }
            let id: InteractionID = source.next()
            #expect(id > previous)
            previous = id
        }
    }

    @Test func `Ids are version 7 of variant 10 and differ in their random part`() {
        let (a, b): (EventID, EventID) = (ids.next(), ids.next())
        #expect(Array(a.description.utf8)[14] == UInt8(ascii: "7"))
        #expect(a.low >> 62 == 0b10)
        #expect(a.low != b.low)
    }

    @Test func `Ids minted at the same time by many tasks are all different`() async {
        let source = IDSource()
        let minted = await withTaskGroup(of: [QueueID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).map { _ in source.next() } } }
            return await group.reduce(into: Set<QueueID>()) { $0.formUnion($1) }
        }
        #expect(minted.count == 4_000)
    }
}
