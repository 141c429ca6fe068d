import Kernel
import Testing

@Suite struct SeededGeneratorTests {
    @Test func `the same seed gives the published sequence`() {
        // The first values of SplitMix64 for the seed 1234567, as in its reference implementation.
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
    }

    @Test func `bounded numbers stay within their bound and reach all of it evenly`() {
        var generator = SeededGenerator(seed: 1)
        var counts = Array(repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.below(7)] += 1 }
        // Five standard deviations around 10,000.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 470 })
        #expect(generator.below(1) == 0)
        #expect(generator.below(0) == 0)
        #expect(generator.below(-3) == 0)
        #expect((0..<1_000).allSatisfy { _ in generator.below(.max) >= 0 })
    }

    @Test func `chances are in thousandths`() {
        var generator = SeededGenerator(seed: 2)
        let hits = (0..<100_000).count { _ in generator.chance(250) }
        #expect(abs(hits - 25_000) < 700)
        #expect((0..<1_000).allSatisfy { _ in !generator.chance(0) && !generator.chance(-5) })
        #expect((0..<1_000).allSatisfy { _ in generator.chance(1_000) && generator.chance(5_000) })
    }
}
