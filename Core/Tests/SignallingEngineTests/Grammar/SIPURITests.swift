import SignallingEngine
import Testing

@Suite struct SIPURITests {
    @Test(arguments: [
        "sip:alice@atlanta.com", "sip:alice:secretword@atlanta.com;transport=tcp",
        "sips:1212@gateway.com:5061",
        "sip:+1-212-555-1212:1234@gateway.com;user=phone",
        "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
        "sip:alice;day=tuesday@atlanta.com", "sip:[2001:db8::1]:5060;lr", "sip:a@[::ffff:192.0.2.1]",
        "tel:+8610-1234;phone-context=example.com", "tel:12345", "sip:%61lice@atlanta.com;transport=TCP",
        "sip:1%23@h",
    ])
    func `a URI that is read and written is the same`(text: String) throws {
        #expect(try #require(SIPURI(text)).text == text)
    }

    @Test(arguments: [
        "", "sip", "sip:", "sip:@host", "sip:a@", "sip:a@b:port", "sip:a@b:65536", "sip:a b@c", "sip:a@b;",
        "sip:a@b;;lr",
        "sip:a@[::1", "sip:a@b?", "sip:a%4@b", "sip:a%zz@b", "http://example.com", "<sip:a@b>", "tel:",
        "tel:abc-xyz",
        "sip:a\"@b", "sip:a@b c", "sip:a@b@c",
    ])
    func `what is no URI of ours is refused`(text: String) { #expect(SIPURI(text) == nil) }

    @Test func `the parts are plain text`() throws {
        let uri = try #require(
            SIPURI("sips:%E7%83%AD:p%3Aw@h.example:5061;maddr=10.0.0.1;lr?subject=a%20b&x=y"))
        #expect(uri.scheme == .sips)
        #expect(uri.user == "热")
        #expect(uri.password == "p:w")
        #expect(uri.host == "h.example")
        #expect(uri.port == 5_061)
        #expect(uri.parameters["MADDR"] == "10.0.0.1")
        #expect(uri.parameters["lr"]?.isEmpty == true)
        #expect(uri.headers.map(\.name) == ["subject", "x"])
        var made = SIPURI(user: "热 线@", host: "h")
        #expect(made.text == "sip:%E7%83%AD%20%E7%BA%BF%40@h")
        made.user = "1"
        #expect(made.text == "sip:1@h")
    }

    /// The examples of RFC 3261, 19.1.4.
    @Test(arguments: [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x"
        ),
        ("tel:+86-10-1234", "tel:+86(10)1234"),
    ])
    func `equivalent URIs are found`(a: String, b: String) throws {
        let (first, second) = (try #require(SIPURI(a)), try #require(SIPURI(b)))
        #expect(first.isEquivalent(to: second))
        #expect(second.isEquivalent(to: first))
    }

    @Test(arguments: [
        ("sip:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:bob@biloxi.com", "sips:bob@biloxi.com"),
    ])
    func `different URIs are told apart`(a: String, b: String) throws {
        let (first, second) = (try #require(SIPURI(a)), try #require(SIPURI(b)))
        #expect(!first.isEquivalent(to: second))
        #expect(!second.isEquivalent(to: first))
    }

    /// A parameter that stood twice once made a URI differ from itself.
    @Test func `every URI is equivalent to itself`() throws {
        let uri = try #require(SIPURI("sip:a@b;x=1;x="))
        #expect(uri.isEquivalent(to: uri))
    }

    @Test func `name addresses are read`() throws {
        let quoted = try #require(NameAddress(#""A \"B\", C" <sip:a@b;x=1>;tag=7;q="0,5""#))
        #expect(quoted.displayName == #"A "B", C"#)
        #expect(quoted.uri.parameters["x"] == "1")
        #expect(quoted.parameters["tag"] == "7")
        #expect(NameAddress(quoted.text)?.uri == quoted.uri)
        let bare = try #require(NameAddress("sip:a@b;tag=7"))
        #expect(bare.uri.parameters.list.isEmpty)
        #expect(bare.parameters["tag"] == "7")
        let chinese = try #require(NameAddress("王芳 <sip:a@b>"))
        #expect(chinese.displayName == "王芳")
        for text in [
            "", "\"a <sip:a@b>", "a, b <sip:a@b>", "<sip:a@b", "< sip:a@b>", "<sip:a@b>x", "sip:a@b?h=1",
            "<>",
        ] {
            #expect(NameAddress(text) == nil, "\(text)")
        }
    }
}
