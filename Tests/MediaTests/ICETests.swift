import Kernel
import Testing

@testable import Media

struct ICETests {
    private let source = MediaEndpoint(address: "192.0.2.1", port: 32_853)
    private var responder: ICEResponder {
        var responder = ICEResponder(credentials: ICECredentials(ufrag: "ours", password: "secret-of-ours"))
        responder.remoteUfrag = "thrs"
        return responder
    }
    private let transaction = [UInt8](1...12)
    private func request(
        username: String? = "ours:thrs", key: String? = "secret-of-ours",
        type: UInt16 = STUNMessage.bindingRequest,
        _ more: [STUNMessage.Attribute] = []
    ) -> [UInt8] {
        STUNMessage.write(
            type, transaction: transaction,
            (username.map { [.init(type: STUNAttribute.username, value: Array($0.utf8))] } ?? []) + more,
            key: key.map { Array($0.utf8) })
    }
    private func respond(_ bytes: [UInt8]) throws -> ICEResponder.Outcome {
        responder.respond(to: bytes, from: try #require(source))
    }
    /// The code of a refusal.
    private func code(_ outcome: ICEResponder.Outcome) -> Int? {
        guard case .refused(let answer) = outcome, let message = STUNMessage(answer),
            message.type == STUNMessage.bindingError, message.transaction == transaction,
            let value = message.value(STUNAttribute.errorCode)
        else { return nil }
        return Int(value[2]) * 100 + Int(value[3])
    }
    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        hexadecimal.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }

    @Test func `the sample request of RFC 5769 is read and authentic`() throws {
        let sample = Self.bytes(
            """
            00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae 80 22 00 10 53 54 55 4e 20 74 65 73 \
            74 20 63 6c 69 65 6e 74 00 24 00 04 6e 00 01 ff 80 29 00 08 93 2f f9 b1 51 26 3b 36 00 06 00 09 \
            65 76 74 6a 3a 68 36 76 59 20 20 20 00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 \
            c1 b5 71 a2 80 28 00 04 e5 7a 3b cf
            """)
        let message = try #require(STUNMessage(sample))
        #expect(message.type == STUNMessage.bindingRequest)
        #expect(message.value(STUNAttribute.username) == Array("evtj:h6vY".utf8))
        #expect(message.value(STUNAttribute.priority) == [0x6E, 0, 1, 0xFF])
        #expect(message.isAuthentic(key: Array("VOkJxbRl1RmTxUk/WvJxBt".utf8)))
        #expect(!message.isAuthentic(key: Array("VOkJxbRl1RmTxUk/WvJxBu".utf8)))
    }
    @Test func `addresses are masked as in the samples of RFC 5769`() throws {
        let transaction = Self.bytes("b7 e7 a7 01 bc 34 d6 86 fa 87 df ae")
        let four = STUNMessage.xorMapped(try #require(source), transaction: transaction)
        #expect(four.value == Self.bytes("00 01 a1 47 e1 12 a6 43"))
        let six = try #require(MediaEndpoint(address: "2001:db8:1234:5678:11:2233:4455:6677", port: 32_853))
        #expect(
            STUNMessage.xorMapped(six, transaction: transaction).value
                == Self.bytes("00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9"))
    }
    @Test func `a check of the one who has our description passes, and says whether it nominates`() throws {
        for nominates in [false, true] {
            let more: [STUNMessage.Attribute] =
                nominates ? [.init(type: STUNAttribute.useCandidate, value: [])] : []
            guard case .passed(let answer, let nominated) = try respond(request(more)) else {
                Issue.record("refused")
                continue
            }
            #expect(nominated == nominates)
            let message = try #require(STUNMessage(answer))
            #expect(message.type == STUNMessage.bindingSuccess)
            #expect(message.transaction == transaction)
            #expect(message.isAuthentic(key: Array("secret-of-ours".utf8)))
            #expect(message.value(STUNAttribute.xorMappedAddress)?.count == 8)
        }
    }
    @Test func `without integrity or name it is a bad request, with a wrong one not authenticated`() throws {
        #expect(code(try respond(request(key: nil))) == 400)
        #expect(code(try respond(request(username: nil))) == 400)
        #expect(code(try respond(request(key: "secret-of-others"))) == 401)
        #expect(code(try respond(request(key: ""))) == 401)
        #expect(code(try respond(request(username: "ours:other"))) == 401)
        #expect(code(try respond(request(username: "thrs:ours"))) == 401)
        #expect(code(try respond(request(username: "ours"))) == 401)
        // A refusal of what is not authenticated is not signed either: it would tell the secret's hash.
        if case .refused(let answer) = try respond(request(key: "x")) {
            #expect(try #require(STUNMessage(answer)).hasIntegrity == false)
        }
    }
    @Test func `an attribute that must be understood and is not is named in the refusal`() throws {
        let outcome = try respond(
            request([.init(type: 0x0003, value: [0, 0, 0, 6]), .init(type: 0x8001, value: [1])]))
        #expect(code(outcome) == 420)
        guard case .refused(let answer) = outcome else { return }
        let message = try #require(STUNMessage(answer))
        #expect(message.value(STUNAttribute.unknownAttributes) == [0, 3])
        #expect(message.isAuthentic(key: Array("secret-of-ours".utf8)))
    }
    @Test func `the role that the other side claims does not matter`() throws {
        for role: UInt16 in [0x8029, 0x802A] {
            let outcome = try respond(request([.init(type: role, value: [UInt8](repeating: 9, count: 8))]))
            if case .passed = outcome { continue }
            Issue.record("refused")
        }
    }
    @Test func `what is no whole check is ignored, whatever it is cut to or changed into`() throws {
        let good = request([.init(type: STUNAttribute.useCandidate, value: [])])
        for count in 0..<good.count { #expect(try respond(Array(good[0..<count])) == .ignored) }
        for place in good.indices {
            for bit in 0..<8 {
                var bytes = good
                bytes[place] ^= 1 << bit
                #expect(try respond(bytes) == .ignored)
            }
        }
        #expect(try respond(good + [0, 0, 0, 0]) == .ignored)
        #expect(try respond(request(type: STUNMessage.bindingSuccess)) == .ignored)
        #expect(try respond(request(type: 0x0011)) == .ignored)
        let long = STUNMessage.Attribute(type: 0x8022, value: [UInt8](repeating: 1, count: 2_000))
        #expect(try respond(request([long])) == .ignored)
    }
    @Test func `lengths that lie are ignored, and what stands behind the integrity is not believed`() throws {
        // Rightly summed, but an attribute that reaches over the end.
        var bytes = request()
        bytes[23] = 0xFF
        #expect(try respond(Self.resummed(bytes)) == .ignored)
        // USE-CANDIDATE slipped in behind the integrity by somebody on the way.
        let authentic = Array(request().dropLast(8))
        let slipped = authentic + [0, 0x25, 0, 0] + [UInt8](repeating: 0, count: 8)
        guard case .passed(_, let nominated) = try respond(Self.resummed(slipped)) else {
            Issue.record("refused")
            return
        }
        #expect(!nominated)
    }
    @Test func `before the other side is described nobody passes`() throws {
        let early = ICEResponder(credentials: responder.credentials)
        #expect(early.respond(to: request(), from: try #require(source)) == .ignored)
    }
    @Test func `names and secrets are long enough, and never the same twice`() {
        let some = (0..<100).map { _ in ICECredentials.random() }
        #expect(Set(some.map(\.ufrag)).count == 100)
        #expect(Set(some.map(\.password)).count == 100)
        #expect(some.allSatisfy { $0.ufrag.utf8.count == 8 && $0.password.utf8.count == 24 })
    }
    /// With the right length and check sum again.
    private static func resummed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = Array(bytes.dropLast(8))
        let length = bytes.count + 8 - STUNMessage.headerSize
        (bytes[2], bytes[3]) = (UInt8(length >> 8), UInt8(length & 255))
        let sum = CRC32.sum(bytes[...]) ^ 0x5354_554E
        return bytes + [0x80, 0x28, 0, 4] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }
}
