import Kernel
import Testing

@testable import SignallingEngine

@Suite struct PartsTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("[2001:db8::1]", "2001:db8:0:0:0:0:0:1"), ("::", "0:0:0:0:0:0:0:0"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1::", "1:0:0:0:0:0:0:0"),
    ])
    func `an address is read and written`(text: String, written: String) {
        #expect(IPAddress(text)?.description == written)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", ":", ":::", "1:2:3:4:5:6:7:8:9", "1::2::3",
        "12345::",
        "1:2:3:4:5:6:7", ":1:2:3:4:5:6:7:8", "::1.2.3", "1.2.3.4:5", "+1::", "1:2:3:4:5:6:7::8:9",
    ])
    func `what is no address is refused`(text: String) { #expect(IPAddress(text) == nil) }

    @Test func `a network holds its own addresses only`() throws {
        let policy = SourcePolicy(rules: [
            try #require(.init(trunk: "a", network: "10.1.0.0/16")),
            try #require(.init(trunk: "b", network: "192.0.2.7", port: 5060)),
            try #require(.init(trunk: "c", network: "2001:db8::/32")),
        ])
        func trunk(_ address: String, _ port: UInt16 = 5060) -> String? {
            policy.trunk(of: SIPEndpoint(address: IPAddress(address)!, port: port))
        }
        #expect(trunk("10.1.255.3") == "a")
        #expect(trunk("10.2.0.1") == nil)
        #expect(trunk("192.0.2.7") == "b")
        #expect(trunk("192.0.2.7", 5061) == nil)
        #expect(trunk("2001:db8:ffff::1") == "c")
        #expect(trunk("2001:db9::1") == nil)
        #expect(SourcePolicy.Rule(trunk: "x", network: "10.0.0.0/33") == nil)
        #expect(SourcePolicy.Rule(trunk: "x", network: "trunk.example") == nil)
    }

    @Test func `the keyed hash is SipHash-2-4 with 128 bits`() {
        let key: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        #expect(
            KeyedHash(key: key).finish() == TableKey(high: 0xe6a8_25ba_047f_81a3, low: 0x9302_55c7_1472_f66d))
        var one = KeyedHash(key: key)
        one.add(UInt8(0))
        #expect(one.finish() == TableKey(high: 0x44af_996b_d8c1_87da, low: 0x45fc_229b_1159_7634))
    }

    @Test func `pieces of a hash do not run into each other`() {
        func hash(_ a: String, _ b: String) -> TableKey {
            var hash = KeyedHash(key: (1, 2))
            hash.add(a.utf8)
            hash.add(b.utf8)
            return hash.finish()
        }
        #expect(hash("ab", "c") != hash("a", "bc"))
        #expect(hash("", "abc") != hash("abc", ""))
    }

    @Test func `tokens depend on every byte of the seed and never come twice`() {
        var a = TokenGenerator(seed: Array(repeating: 7, count: 32))
        var b = TokenGenerator(seed: Array(repeating: 7, count: 31) + [8])
        var seen: Set<String> = []
        for _ in 0..<1_000 {
            seen.insert(a.token())
            seen.insert(b.token())
        }
        #expect(seen.count == 2_000)
        #expect(seen.allSatisfy { $0.utf8.count == 32 })
    }

    @Test func `the heap gives deadlines in order, equal ones as they came`() {
        var heap = TimerHeap<Int>()
        var dice = SeededGenerator(seed: 1)
        for number in 0..<500 { heap.add(number, at: Timestamp(milliseconds: Int64(dice.next() % 50))) }
        var last = (Timestamp(milliseconds: -1), -1)
        while let entry = heap.popDue(at: .distantFuture) {
            #expect((last.0, last.1) < (entry.deadline, entry.owner))
            last = (entry.deadline, entry.owner)
        }
        #expect(heap.count == 0)
        heap.add(1, at: Timestamp(milliseconds: 5))
        #expect(heap.popDue(at: Timestamp(milliseconds: 4)) == nil)
    }

    @Test(arguments: [
        ("Signal=5\r\nDuration=160\r\n", true, "5", 160), ("Signal= *\nDuration= 250", true, "*", 250),
        ("signal=11\r\n", true, "#", 160), ("Signal=b\r\nDuration=999999", true, "B", 10_000),
        ("7", false, "7", 160),
        ("#\r\n", false, "#", 160),
    ])
    func `a key is read from INFO`(body: String, isRelay: Bool, key: String, milliseconds: Int) {
        let press = KeyPress(Array(body.utf8)[...], isRelay: isRelay)
        #expect(press?.key == Character(key))
        #expect(press?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "Duration=160", "Signal=", "Signal=55", "Signal=x", "Signal"])
    func `what is no key is refused`(body: String) {
        #expect(KeyPress(Array(body.utf8)[...], isRelay: true) == nil)
    }

    @Test func `the two kinds of handles never meet`() {
        #expect(CallHandle.outbound(5) != CallHandle.inbound(5))
        #expect(CallHandle.outbound(5).isOutbound)
        #expect(!CallHandle.inbound(.max).isOutbound)
    }

    @Test func `a rate bound forgets with the second`() {
        var bound = RateBound(mostPerSecond: 2)
        let now = Timestamp(milliseconds: 10_000)
        #expect(bound.allows(at: now) == true)
        #expect(bound.allows(at: now) == true)
        #expect(bound.allows(at: now) == false)
        #expect(bound.allows(at: now + .seconds(1)) == true)
    }
}
