import Foundation
import SignallingEngine
import Testing

/// The messages of RFC 4475, each with the verdict that its text asks for.
///
/// The messages are data beside the repository; without them the suite is skipped.
@Suite(.enabled(if: Torture.isThere, "the messages of RFC 4475 are not beside the repository"))
struct TortureTests {
    @Test(arguments: Torture.rows) func `each message of RFC 4475 gets its verdict`(row: Torture.Row) throws {
        let bytes = try Torture.bytes(row.name)
        #expect(Torture.verdict(bytes) == row.verdict, "\(row.name): \(row.why)")
    }

    @Test func `every message has a row`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Torture.folder)
            .filter { $0.hasSuffix(".dat") }.map { String($0.dropLast(4)) }
        #expect(Set(names) == Set(Torture.rows.map(\.name)))
    }

    @Test func `a faulty request can be answered with what it has`() throws {
        for row in Torture.rows {
            guard case .rejected(let status) = row.verdict else { continue }
            do {
                _ = try SIPMessage(try Torture.bytes(row.name))
                Issue.record("\(row.name) was accepted")
            } catch let error as SIPSyntaxError {
                guard case .answerable(let request, let flaw) = error else {
                    Issue.record("\(row.name) cannot be answered")
                    continue
                }
                var writer = SIPWriter(
                    status: flaw.status, reason: flaw.reason, to: request,
                    from: SIPSource(host: "192.0.2.200", port: 5071), toTag: "t")
                let text = String(decoding: writer.finish(), as: UTF8.self)
                #expect(text.hasPrefix("SIP/2.0 \(status) "))
                #expect(text.contains("\r\nVia: ") || text.hasPrefix("Via: "))
                #expect(text.hasSuffix("\r\nContent-Length: 0\r\n\r\n"))
            }
        }
    }

    @Test func `the tortuous INVITE means what it says`() throws {
        let message = try SIPMessage(try Torture.bytes("wsinv"))
        #expect(message.method == .invite)
        #expect(message.cSeqNumber == 9)
        #expect(message.maxForwards == 68)
        #expect(message.contentLength == 150)
        #expect(message.text(message.toTag) == "1918181833n")
        #expect(message.text(message.fromTag) == "98asjd8")
        #expect(message.fromAddress?.displayName == #"J Rosenberg \""#)
        #expect(message.text(message.topVia.transport) == "UDP")
        #expect(message.text(message.topVia.host) == "192.0.2.2")
        #expect(message.text(message.topVia.branch) == "390skdjuw")
        #expect(message.values(.via).count == 3)
        #expect(message.text(.subject)?.isEmpty == true)
        let contact = try #require(message.addresses(.contact).first)
        #expect(contact.displayName == #"Quoted string """#)
        #expect(contact.parameters["newparam"] == "newvalue")
        #expect(contact.parameters["q"] == "0.33")
        let route = try #require(message.addresses(.route).first)
        #expect(route.uri.parameters.contains("lr"))
        #expect(SessionDescription(message)?.media.map(\.kind) == ["audio", "video"])
    }

    @Test func `odd characters keep their meaning`() throws {
        let message = try SIPMessage(try Torture.bytes("intmeth"))
        #expect(message.method == .other)
        #expect(message.methodText == "!interesting-Method0123456789_*+`.%indeed'~")
        #expect(message.text(message.fromTag) == "_token~1'+`*%!-.")
        #expect(message.uri?.host == "example.com")
        #expect(
            message.uri?.user
                == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
                .split(separator: ":").first.map(String.init))
        #expect(message.first(named: "EXTENSIONHEADER-!.%*+_`'~") != nil)
    }

    @Test func `escapes are undone once and no more`() throws {
        let message = try SIPMessage(try Torture.bytes("esc01"))
        #expect(message.uri?.user == "sips:user@example.com")
        #expect(message.uri?.host == "example.net")
        let percent = try SIPMessage(try Torture.bytes("esc02"))
        #expect(percent.method == .other)
        #expect(percent.methodText == "RE%47IST%45R")
        let zero = try SIPMessage(try Torture.bytes("escnull"))
        #expect(zero.toAddress?.uri.user == "null-\0-null")
        #expect(zero.addresses(.contact).count == 2)
    }

    @Test func `what follows the length of the content is not part of the message`() throws {
        let message = try SIPMessage(try Torture.bytes("dblreq"))
        #expect(message.method == .register)
        #expect(message.body.isEmpty)
    }
}

/// The table.
enum Torture {
    enum Verdict: Equatable, Sendable {
        /// The message is sound; what a user agent then says to it is not the grammar's business.
        case sound
        /// The request is answered with this status.
        case rejected(Int)
        /// Nothing is answered.
        case discarded
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var verdict: Verdict
        var why: String
        var testDescription: String { name }

        init(_ name: String, _ verdict: Verdict, _ why: String) {
            self.name = name
            self.verdict = verdict
            self.why = why
        }
    }

    /// `shared` stands beside the checkout.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../../shared/data/sip-torture").standardizedFileURL.path

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder + "/wsinv.dat") }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + name + ".dat")))
    }

    static func verdict(_ bytes: [UInt8]) -> Verdict {
        do {
            _ = try SIPMessage(bytes)
            return .sound
        } catch {
            switch error {
            case .unreadable: return .discarded
            case .answerable(_, let flaw): return .rejected(flaw.status)
            }
        }
    }

    static let rows: [Row] = [
        // 3.1.1 valid messages
        Row(
            "wsinv", .sound,
            "3.1.1.1: folded lines, odd white space, compact names and mixed case are allowed"),
        Row("intmeth", .sound, "3.1.1.2: every character that a token or a URI may hold"),
        Row("esc01", .sound, "3.1.1.3: an escaped @ in the user part is part of the user"),
        Row("escnull", .sound, "3.1.1.4: an escaped NUL is a character like others"),
        Row(
            "esc02", .sound,
            "3.1.1.5: percent signs in a method are no escapes: an unknown method, 405 or 501"),
        Row("lwsdisp", .sound, "3.1.1.6: no white space is needed between display name and <"),
        Row("longreq", .sound, "3.1.1.7: long values"),
        Row("dblreq", .sound, "3.1.1.8: what follows Content-Length in a datagram is ignored"),
        Row("semiuri", .sound, "3.1.1.9: a semicolon in the user part is part of the user"),
        Row("transports", .sound, "3.1.1.10: unknown transports in Via"),
        Row("mpart01", .sound, "3.1.1.11: a multipart body with any bytes"),
        Row("unreason", .sound, "3.1.1.12: UTF-8 in a reason phrase"),
        Row("noreason", .sound, "3.1.1.13: an empty reason phrase"),
        // 3.1.2 invalid messages
        Row("badinv01", .rejected(400), "3.1.2.1: separators with nothing between them in Via and Contact"),
        Row("clerr", .rejected(400), "3.1.2.2: Content-Length beyond the datagram"),
        Row("ncl", .rejected(400), "3.1.2.3: a negative Content-Length"),
        Row("scalar02", .rejected(400), "3.1.2.4: CSeq of 2**31 or more, Max-Forwards above 255"),
        Row("scalarlg", .discarded, "3.1.2.5: a response with such a CSeq is dropped"),
        Row("quotbal", .rejected(400), "3.1.2.6: a quote that does not end in To"),
        Row("ltgtruri", .rejected(400), "3.1.2.7: angle brackets around the Request-URI"),
        Row("lwsruri", .rejected(400), "3.1.2.8: white space inside the Request-URI"),
        Row("lwsstart", .rejected(400), "3.1.2.9: two spaces in the request line"),
        Row("trws", .rejected(400), "3.1.2.10: white space behind the version"),
        Row("escruri", .rejected(400), "3.1.2.11: headers in the Request-URI"),
        Row("baddate", .sound, "3.1.2.12: Date is not read, so its time zone is ignored"),
        Row("regbadct", .rejected(400), "3.1.2.13: a question mark in a Contact without angle brackets"),
        Row("badaspec", .rejected(400), "3.1.2.14: white space inside the angle brackets of To"),
        Row("baddn", .rejected(400), "3.1.2.15: a comma in a display name without quotes"),
        Row("badvers", .rejected(505), "3.1.2.16: SIP/7.0"),
        Row("mismatch01", .rejected(400), "3.1.2.17: CSeq names another method"),
        Row("mismatch02", .rejected(501), "3.1.2.18: CSeq names another method, and the method is unknown"),
        Row("bigcode", .discarded, "3.1.2.19: a status that is no three digits"),
        // 3.2 transactions
        Row("badbranch", .sound, "3.2.1: a branch of nothing but the cookie is matched as RFC 2543 did"),
        // 3.3 applications
        Row("insuf", .rejected(400), "3.3.1: Call-ID, From and To are missing"),
        Row("unkscm", .rejected(416), "3.3.2: an unknown scheme in the Request-URI"),
        Row("novelsc", .rejected(416), "3.3.3: a registered scheme that is not ours"),
        Row("unksm2", .sound, "3.3.4: other schemes in From, To and Contact; a registrar says 400"),
        Row("bext01", .sound, "3.3.5: Require and Proxy-Require of an unknown extension; the UA says 420"),
        Row("invut", .sound, "3.3.6: an unknown Content-Type; the UA says 415"),
        Row("regaut01", .sound, "3.3.7: an unknown Authorization scheme; the UA says 401"),
        Row("multi01", .rejected(400), "3.3.8: header fields twice that may stand once"),
        Row("mcl01", .rejected(400), "3.3.9: Content-Length twice"),
        Row(
            "bcast", .sound,
            "3.3.10: a response with a broadcast Via; the UA drops it, for its own Via is not alone"),
        Row("zeromf", .sound, "3.3.11: Max-Forwards of 0 is for proxies; the UA answers"),
        Row("cparam01", .sound, "3.3.12: a parameter of the Contact, not of its URI"),
        Row("cparam02", .sound, "3.3.13: a parameter of the Contact's URI"),
        Row("regescrt", .sound, "3.3.14: escaped headers in a Contact's URI"),
        Row("sdp01", .sound, "3.3.15: an Accept that we cannot serve; the UA says 406"),
        // 3.4 backward compatibility
        Row("inv2543", .sound, "3.4.1: no branch, no tag, no Max-Forwards"),
    ]
}
