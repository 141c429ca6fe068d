import Kernel
import Testing

@Suite struct MoneyTests {
    private func fen(_ count: Int64) -> Money { Money(minorUnits: count, .renminbi) }

    @Test func `amounts of one currency add and subtract exactly`() throws {
        #expect(try fen(1_234).adding(fen(66)) == fen(1_300))
        #expect(try fen(100).subtracting(fen(250)) == fen(-150))
        #expect(try fen(7).times(3) == fen(21))
    }

    @Test func `two currencies do not mix`() throws {
        let dollars = Money(minorUnits: 1, try #require(Currency("USD")))
        let problem = #expect(throws: Problem.self) { try fen(1).adding(dollars) }
        #expect(problem?.code == .invalid)
    }

    @Test func `overflow is a problem and not a trap`() throws {
        let rate = try #require(DecimalRate("1.5"))
        #expect(throws: Problem.self) { try fen(.max).adding(fen(1)) }
        #expect(throws: Problem.self) { try fen(.min).subtracting(fen(1)) }
        #expect(throws: Problem.self) { try fen(.max).times(2) }
        #expect(throws: Problem.self) { try fen(.max).times(rate) }
        #expect(try fen(.min).times(try #require(DecimalRate("1"))) == fen(.min))
    }

    @Test(
        arguments: [
            (100, "0.065", 7), (99, "0.065", 6), (-100, "0.065", -7), (1, "0.5", 1), (-1, "0.5", -1),
            (1, "0.499999999", 0),
            (333, "0.333333333", 111), (50, "-0.01", -1), (49, "-0.01", 0), (1_498, "12", 17_976),
            (5, "0", 0),
        ] as [(Int64, String, Int64)])
    func `a half goes away from zero and the rest to the nearest`(amount: Int64, rate: String, result: Int64)
        throws
    {
        #expect(try fen(amount).times(try #require(DecimalRate(rate))) == fen(result))
    }

    @Test func `equal rates are equal however they were written`() {
        #expect(DecimalRate("0.50") == DecimalRate("0.5"))
        #expect(DecimalRate("10.000") == DecimalRate(significand: 10, scale: 0))
        #expect(DecimalRate("0.065")?.description == "0.065")
        #expect(DecimalRate("-1.5")?.description == "-1.5")
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "1e3", "--1", "+1", "1.0000000001", "99999999999999999999", "1.2.3", "１",
    ])
    func `a text that is no decimal fraction is refused`(text: String) { #expect(DecimalRate(text) == nil) }

    @Test func `amounts are written with the digits of their currency`() throws {
        #expect(fen(1_234).description == "12.34 CNY")
        #expect(fen(-5).description == "-0.05 CNY")
        #expect(Money(minorUnits: 500, try #require(Currency("JPY"))).description == "500 JPY")
        #expect(Money(minorUnits: 1, try #require(Currency("KWD"))).description == "0.001 KWD")
        #expect(Currency("cny") == nil)
        #expect(Currency("EURO") == nil)
    }

    @Test func `rounding never strays further than half a minor unit`() throws {
        var dice = SeededGenerator(seed: 5186)
        for _ in 0..<2_000 {
            let amount = Int64(dice.below(2_000_001) - 1_000_000)
            let rate = try #require(DecimalRate(significand: Int64(dice.below(20_001) - 10_000), scale: 4))
            let result = try fen(amount).times(rate).minorUnits
            let exact = amount * rate.significand
            var scale: Int64 = 1
            for _ in 0..<rate.scale { scale *= 10 }
            #expect(abs(exact - result * scale) * 2 <= scale)
        }
    }
}
