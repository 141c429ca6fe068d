import Kernel
import Testing

@Suite struct BinaryHeapTests {
    @Test func `an empty heap has nothing to give`() {
        var heap = BinaryHeap<Int>()
        #expect(heap.isEmpty)
        #expect(heap.first == nil)
        #expect(heap.popFirst() == nil)
        heap.insert(1)
        heap.removeAll()
        #expect(heap.count == 0)
        #expect(heap.popFirst() == nil)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `whatever goes in comes out in order, also when taking and putting alternate`(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var heap = BinaryHeap<Int>()
        var model: [Int] = []
        for _ in 0..<2_000 {
            if dice.chance(600) {
                let element = dice.below(100)
                heap.insert(element)
                model.insert(element, at: model.firstIndex { $0 >= element } ?? model.endIndex)
            } else {
                #expect(heap.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(heap.count == model.count)
            #expect(heap.first == model.first)
        }
        while let element = heap.popFirst() { #expect(element == model.removeFirst()) }
        #expect(model.isEmpty)
    }
}
