import Testing

@testable import SignallingEngine

/// What the engine says to each message of RFC 4475 that comes from a trunk: the status of its first answer, the
/// first word of a request that it sends, or nothing.
@Suite(.enabled(if: Torture.isThere, "the messages of RFC 4475 are not beside the repository"))
struct TortureAnswerTests {
    static let rows: [(name: String, answer: String, why: String)] = [
        // 3.1.1, valid messages.
        ("wsinv", "481", "valid; its To tag names a dialog that we do not have"),
        ("intmeth", "501", "a valid method that nobody knows"),
        ("esc01", "100", "escapes in the URI are kept"),
        ("escnull", "401", "escaped NUL is valid; REGISTER is challenged first"),
        ("esc02", "501", "the method is RE%47IST%45R, not REGISTER"),
        ("lwsdisp", "200", "no space between display name and bracket"),
        ("longreq", "100", "long values"),
        ("dblreq", "401", "the first of two requests in a datagram; the rest is cut off"),
        ("semiuri", "200", "a semicolon in the user part"),
        ("transports", "200", "five transports in Via"),
        ("mpart01", "405", "MESSAGE is not taken"),
        ("unreason", "ACK", "a 200 to an INVITE of before a crash is acknowledged and ended"),
        ("noreason", "", "a provisional response to nobody"),
        // 3.1.2, invalid messages.
        ("badinv01", "400", "empty parameters in Via and Contact"),
        ("clerr", "400", "Content-Length is larger than the datagram"),
        ("ncl", "400", "negative Content-Length"),
        ("scalar02", "400", "CSeq beyond 2**32"),
        ("scalarlg", "", "a faulty response is dropped"),
        ("quotbal", "400", "an open quote"),
        ("ltgtruri", "400", "brackets around the request URI"),
        ("lwsruri", "400", "space in the request URI"),
        ("lwsstart", "400", "two spaces in the request line"),
        ("trws", "400", "space behind the version"),
        ("escruri", "400", "headers in the request URI"),
        ("baddate", "100", "Date in another zone may be passed over"),
        ("regbadct", "400", "Contact with headers and without brackets"),
        ("badaspec", "400", "spaces in the addr-spec of To"),
        ("baddn", "400", "a comma in a display name without quotes"),
        ("badvers", "505", "SIP/7.0"),
        ("mismatch01", "400", "CSeq names another method"),
        ("mismatch02", "501", "and the method is unknown"),
        ("bigcode", "", "no status"),
        // 3.2, the transaction layer.
        ("badbranch", "200", "nothing behind the magic cookie: matched as in RFC 2543"),
        // 3.3, the application layer.
        ("insuf", "400", "no Call-ID, From, To"),
        ("unkscm", "416", "an unknown URI scheme"),
        ("novelsc", "416", "a registered scheme that is not ours"),
        ("unksm2", "401", "unknown schemes in To and Contact; REGISTER is challenged first"),
        ("bext01", "420", "unknown extensions are required"),
        ("invut", "415", "a body of an unknown type"),
        ("regaut01", "401", "credentials of an unknown scheme"),
        ("multi01", "400", "two CSeq, two Call-ID"),
        ("mcl01", "400", "two Content-Length"),
        ("bcast", "ACK", "a 200 that was meant for somebody else's broadcast is ended like a stray one"),
        ("zeromf", "483", "Max-Forwards is 0"),
        ("cparam01", "401", "an unknown parameter behind Contact"),
        ("cparam02", "401", "an unknown parameter in the Contact URI"),
        ("regescrt", "401", "an escaped Route in the Contact URI"),
        ("sdp01", "406", "Accept does not name SDP"),
        // 3.4, RFC 2543.
        ("inv2543", "400", "no Contact, so no dialog can be made"),
    ]

    @Test func `each message of RFC 4475 gets its answer`() throws {
        for row in TortureAnswerTests.rows {
            var hand = Hand()
            hand.receive(try Torture.bytes(row.name))
            let words = hand.sent.first.map {
                Bench.firstLine($0.bytes).split(separator: " ").map(String.init)
            }
            let answer = words.map { $0[0] == "SIP/2.0" ? $0[1] : $0[0] } ?? ""
            #expect(answer == row.answer, "\(row.name): \(row.why)")
        }
    }

    @Test func `every message has a row`() {
        #expect(Set(TortureAnswerTests.rows.map(\.name)) == Set(Torture.rows.map(\.name)))
    }
}
