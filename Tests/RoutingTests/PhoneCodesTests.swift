import Kernel
import Testing

@testable import Routing

/// Codes by which prompts are recorded from a telephone (G16), by value.
@Suite struct PhoneCodesTests {
    private static let noon = Timestamp(milliseconds: 1_790_000_000_000)
    private static let near = "127.0.0.1"
    private var codes = PhoneCodes()
    private var dice = SeededGenerator(seed: 16)

    private static func right(_ key: String, _ language: String = "en") -> PhoneCodeRight {
        PhoneCodeRight(
            key: key, language: language,
            deed: FlowDeed(actor: "agent:8001", by: "8001", address: "", at: noon))
    }

    private mutating func issue(_ key: String, at now: Timestamp = noon) throws -> PhoneCode {
        try #require(codes.issue(Self.right(key), at: now, using: &dice))
    }

    private mutating func key(
        _ dial: String, from address: String = near, at now: Timestamp = noon
    ) -> String? {
        codes.right(dialling: dial, from: address, at: now)?.key
    }

    /// A code that is not open.
    private static func other(than dial: String) -> String {
        String(dial.dropLast()) + (dial.last == "0" ? "1" : "0")
    }

    @Test mutating func `G16: a code has six digits, is good for ten minutes and for one answered call`()
        throws
    {
        let code = try issue("news")
        #expect(code.dial.count == 8 && code.dial.hasPrefix("*5"))
        let digits = code.dial.dropFirst(2)
        #expect(digits.allSatisfy { ("0"..."9").contains($0) })
        #expect(code.expiresAt == Self.noon + .minutes(10))

        // Dialling alone, as of a call that is refused for want of a port, uses nothing up.
        #expect(key(code.dial) == "news")
        #expect(key(code.dial) == "news")
        codes.use(code.dial)
        #expect(key(code.dial) == nil)

        let late = try issue("news")
        #expect(key(late.dial, at: late.expiresAt - .milliseconds(1)) == "news")
        #expect(key(late.dial, at: late.expiresAt) == nil)
    }

    @Test mutating func `G16: after five wrong codes in a minute an address gets nothing, and others do`()
        throws
    {
        let code = try issue("news")
        let wrong = Self.other(than: code.dial)
        for _ in 0..<5 { #expect(key(wrong) == nil) }
        #expect(key(code.dial) == nil, "the right one is no better now")
        #expect(key(code.dial, from: "127.0.0.2") == "news")
        #expect(key(code.dial, at: Self.noon + .seconds(59)) == nil)
        #expect(key(code.dial, at: Self.noon + .minutes(1)) == "news")
    }

    @Test mutating func `G16: what is not a code at all counts as a wrong one`() throws {
        let code = try issue("news")
        for dial in ["*5", "*5abc", "", "*51234567890", "5" + code.dial] { #expect(key(dial) == nil) }
        #expect(key(code.dial) == nil)
    }

    @Test mutating func `G16: fifty codes are open at most, and old ones make room`() throws {
        var dials: Set<String> = []
        for number in 0..<PhoneCodes.mostOpen { dials.insert(try issue("p\(number)").dial) }
        #expect(dials.count == PhoneCodes.mostOpen)
        #expect(codes.issue(Self.right("more"), at: Self.noon, using: &dice) == nil)
        #expect(codes.issue(Self.right("more"), at: Self.noon + .minutes(10), using: &dice) != nil)
    }

    @Test mutating func `G16: who asks again for the same prompt and language has the newer code alone`()
        throws
    {
        let first = try issue("news")
        let other = try #require(codes.issue(Self.right("news", "zh-CN"), at: Self.noon, using: &dice))
        let second = try issue("news")
        #expect(key(first.dial) == nil)
        #expect(key(second.dial) == "news")
        #expect(codes.right(dialling: other.dial, from: Self.near, at: Self.noon)?.language == "zh-CN")
        codes.closeAll()
        #expect(key(second.dial) == nil)
    }

    @Test
    mutating func `G16: with a thousand addresses that guess, no code is taken until they have grown old`()
        throws
    {
        let code = try issue("news")
        let wrong = Self.other(than: code.dial)
        for number in 0..<PhoneCodes.mostAddresses { #expect(key(wrong, from: "a\(number)") == nil) }
        #expect(key(code.dial) == nil)
        #expect(key(code.dial, at: Self.noon + .minutes(1)) == "news")
    }
}
