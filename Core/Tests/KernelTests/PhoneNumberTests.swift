import Kernel
import Testing

/// A hotline in Hangzhou whose exchange wants a 9 in front of outside numbers and calls the centre by 5186.
private let hangzhou = NumberingRules(
    homeArea: "571", outsidePrefix: "9", shortCodes: ["5186", "110110"], localLengths: [8])
private let beijing = NumberingRules(homeArea: "10", localLengths: [8])
private let suqian = NumberingRules(homeArea: "527")
private let hongKong = NumberingRules(
    homeCountry: "852", internationalPrefixes: ["001", "002"], nationalPrefix: "", localLengths: [8],
    nationalLengths: [8])
private let boston = NumberingRules(
    homeCountry: "1", homeArea: "617", internationalPrefixes: ["011"], nationalPrefix: "1", localLengths: [7],
    nationalLengths: [10])
private let london = NumberingRules(
    homeCountry: "44", homeArea: "20", localLengths: [8], nationalLengths: [10])

/// A text as received under some rules, and the canonical form that it must have; `nil` for no number at all.
struct Case: CustomTestStringConvertible, Sendable {
    let rules: NumberingRules
    let text: String
    let canonical: String?
    init(_ rules: NumberingRules, _ text: String, _ canonical: String?) {
        (self.rules, self.text, self.canonical) = (rules, text, canonical)
    }
    var testDescription: String { "\(text) -> \(canonical ?? "nothing")" }
}

private let chineseCases: [Case] = [
    // Landlines, as trunks and people write them
    Case(hangzhou, "057112345678", "+8657112345678"),
    Case(hangzhou, "0571-1234 5678", "+8657112345678"),
    Case(hangzhou, "(0571)12345678", "+8657112345678"),
    Case(hangzhou, "57112345678", "+8657112345678"),
    Case(hangzhou, "12345678", "+8657112345678"),
    Case(hangzhou, "8657112345678", "+8657112345678"),
    Case(hangzhou, "+8657112345678", "+8657112345678"),
    Case(hangzhou, "+86 571 1234 5678", "+8657112345678"),
    Case(hangzhou, "+86 (0)571 12345678", "+8657112345678"),
    Case(hangzhou, "+86057112345678", "+8657112345678"),
    Case(hangzhou, "008657112345678", "+8657112345678"),
    Case(hangzhou, "+008657112345678", "+8657112345678"),
    Case(hangzhou, "+057112345678", "+8657112345678"),
    Case(hangzhou, "０５７１－１２３４５６７８", "+8657112345678"),
    Case(hangzhou, "＋８６　（５７１）　１２３４５６７８", "+8657112345678"),
    Case(hangzhou, "0571\u{2013}1234\u{2011}5678", "+8657112345678"),
    Case(hangzhou, "\u{202D}057112345678\u{202C}", "+8657112345678"),
    Case(hangzhou, "01062345678", "+861062345678"),
    Case(hangzhou, "1062345678", "+861062345678"),
    Case(hangzhou, "02112345678", "+862112345678"),
    Case(hangzhou, "2087654321", "+862087654321"),
    Case(hangzhou, "02887654321", "+862887654321"),
    Case(hangzhou, "03106543210", "+863106543210"),
    Case(hangzhou, "08917654321", "+868917654321"),
    Case(hangzhou, "0990-6543210", "+869906543210"),
    Case(hangzhou, "075512345678", "+8675512345678"),
    Case(beijing, "62345678", "+861062345678"),
    Case(suqian, "6543210", "+865276543210"),
    Case(suqian, "84321098", "+8652784321098"),
    // Mobiles
    Case(hangzhou, "13812345678", "+8613812345678"),
    Case(hangzhou, "013812345678", "+8613812345678"),
    Case(hangzhou, "+8613812345678", "+8613812345678"),
    Case(hangzhou, "8613812345678", "+8613812345678"),
    Case(hangzhou, "+86013812345678", "+8613812345678"),
    Case(hangzhou, "199 0571 1234", "+8619905711234"),
    Case(hangzhou, "166-1234-5678", "+8616612345678"),
    // Toll-free, shared and service numbers
    Case(hangzhou, "4008123456", "+864008123456"),
    Case(hangzhou, "400-812-3456", "+864008123456"),
    Case(hangzhou, "8008201234", "+868008201234"),
    Case(hangzhou, "+864008123456", "+864008123456"),
    Case(hangzhou, "95588", "95588;phone-context=+86"),
    Case(hangzhou, "+8695588", "95588;phone-context=+86"),
    Case(hangzhou, "950618", "950618;phone-context=+86"),
    Case(hangzhou, "10086", "10086;phone-context=+86"),
    Case(hangzhou, "+8610086", "10086;phone-context=+86"),
    Case(hangzhou, "12306", "12306;phone-context=+86"),
    Case(hangzhou, "96345", "96345;phone-context=+86"),
    Case(hangzhou, "116114", "116114;phone-context=+86"),
    Case(hangzhou, "110", "110;phone-context=+86"),
    Case(hangzhou, "119", "119;phone-context=+86"),
    Case(hangzhou, "120", "120;phone-context=+86"),
    Case(hangzhou, "122", "122;phone-context=+86"),
    Case(hangzhou, "1069012345678", "1069012345678;phone-context=+86"),
    Case(hangzhou, "057112345", "+8657112345"),
    Case(hangzhou, "01096345", "+861096345"),
    // The exchange: short codes and the outside line
    Case(hangzhou, "5186", "5186"),
    Case(hangzhou, "110110", "110110"),
    Case(hangzhou, "8001", "8001"),
    Case(hangzhou, "913812345678", "+8613812345678"),
    Case(hangzhou, "9057112345678", "+8657112345678"),
    Case(hangzhou, "912345678", "+8657112345678"),
    Case(hangzhou, "995588", "95588;phone-context=+86"),
    Case(hangzhou, "90085223456789", "+85223456789"),
    Case(hangzhou, "6666666666", "6666666666"),
]

private let foreignCases: [Case] = [
    // Hong Kong, Macao, Taiwan
    Case(hangzhou, "0085223456789", "+85223456789"),
    Case(hangzhou, "+852 2345 6789", "+85223456789"),
    Case(hangzhou, "0085362345678", "+85362345678"),
    Case(hangzhou, "+853-6234-5678", "+85362345678"),
    Case(hangzhou, "+886 2 2345 6789", "+886223456789"),
    Case(hangzhou, "00886912345678", "+886912345678"),
    // Abroad
    Case(hangzhou, "+1 (212) 555-0123", "+12125550123"),
    Case(hangzhou, "0012125550123", "+12125550123"),
    Case(hangzhou, "+44 (0)20 7946 0958", "+442079460958"),
    Case(hangzhou, "0044 (0)20 7946 0958", "+442079460958"),
    Case(hangzhou, "+39 06 1234 5678", "+390612345678"),
    Case(hangzhou, "+7 495 123-45-67", "+74951234567"),
    Case(hangzhou, "+81.3.1234.5678", "+81312345678"),
    Case(hangzhou, "+6831234", "+6831234"),
    Case(hangzhou, "+49 30/12345678", "+493012345678"),
    // Trunks in other countries
    Case(hongKong, "23456789", "+85223456789"),
    Case(hongKong, "85223456789", "+85223456789"),
    Case(hongKong, "0018657112345678", "+8657112345678"),
    Case(hongKong, "999", "999"),
    Case(boston, "5550123", "+16175550123"),
    Case(boston, "2125550123", "+12125550123"),
    Case(boston, "12125550123", "+12125550123"),
    Case(boston, "+12125550123", "+12125550123"),
    Case(boston, "0118613812345678", "+8613812345678"),
    Case(london, "02079460958", "+442079460958"),
    Case(london, "79460958", "+442079460958"),
    Case(london, "07700900123", "+447700900123"),
    Case(london, "008613812345678", "+8613812345678"),
]

private let identityCases: [Case] = [
    Case(hangzhou, "sip:057112345678@10.0.0.7", "+8657112345678"),
    Case(hangzhou, "sips:+8657112345678@example.com:5061;user=phone", "+8657112345678"),
    Case(hangzhou, "<sip:13812345678@example.com>", "+8613812345678"),
    Case(hangzhou, "\"Li, Wei <\\\"7\\\">\" <sip:+8613812345678@example.com>;tag=9", "+8613812345678"),
    Case(hangzhou, "tel:+86-571-1234-5678;ext=801", "+8657112345678"),
    Case(hangzhou, "TEL:12345678;phone-context=+86571", "+8657112345678"),
    Case(hangzhou, "tel:10086;phone-context=+86", "10086;phone-context=+86"),
    Case(hangzhou, "tel:5186;phone-context=pbx.example", "5186"),
    Case(hangzhou, "sip:%2B8613812345678@example.com", "+8613812345678"),
    Case(hangzhou, "sip:13812345678:secret@example.com", "+8613812345678"),
    Case(hangzhou, "13812345678@example.com", "+8613812345678"),
    Case(hangzhou, "\"Front desk\" <sip:desk@example.com>, <tel:+8657112345678>", "+8657112345678"),
    Case(hangzhou, "<sip:anonymous@anonymous.invalid>, <tel:+8657112345678>", "+8657112345678"),
    Case(hangzhou, "sip:+86571,1234@example.com", nil),
    Case(hangzhou, "desk,13812345678", nil),
    // Withheld
    Case(hangzhou, "", "anonymous"),
    Case(hangzhou, "  ", "anonymous"),
    Case(hangzhou, "anonymous", "anonymous"),
    Case(hangzhou, "Anonymous", "anonymous"),
    Case(hangzhou, "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "anonymous"),
    Case(hangzhou, "sip:c8oqz84zk7z@anonymous.invalid", "anonymous"),
    Case(hangzhou, "Restricted", "anonymous"),
    Case(hangzhou, "匿名", "anonymous"),
    // No number, or hostile
    Case(hangzhou, "alice", nil),
    Case(hangzhou, "sip:10.0.0.1", nil),
    Case(hangzhou, "sip:desk@10.0.0.1", nil),
    Case(hangzhou, "12", nil),
    Case(hangzhou, "+", nil),
    Case(hangzhou, "++8613812345678", nil),
    Case(hangzhou, "86+13812345678", nil),
    Case(hangzhou, "+999123456789", nil),
    Case(hangzhou, "+8613812345678901234", nil),
    Case(hangzhou, "138123456781381234567", nil),
    Case(hangzhou, String(repeating: "1", count: 10_000), nil),
    Case(hangzhou, String(repeating: "<", count: 200) + "1" + String(repeating: ">", count: 40), nil),
    Case(hangzhou, "13812345678; DROP TABLE customer", "+8613812345678"),
    Case(hangzhou, "13812345678\r\nVia: x", nil),
    Case(hangzhou, "1381234567\u{0}8", nil),
    Case(hangzhou, "%1", nil),
    Case(hangzhou, "%zz13812345678", nil),
    Case(hangzhou, "１３８１２३४५", nil),
    Case(hangzhou, "tel:12345678;phone-context=+", nil),
]

@Suite struct PhoneNumberTests {
    @Test(arguments: chineseCases + foreignCases + identityCases)
    func `G17 a received text has one canonical form`(_ example: Case) {
        let number = example.rules.number(from: example.text)
        #expect(number?.canonical == example.canonical)
        // What is canonical reads back as itself, from a store and through the same trunk.
        guard let number else { return }
        #expect(PhoneNumber(canonical: number.canonical) == number)
        #expect(example.rules.number(from: number.canonical) == number)
    }

    @Test func `G17 the table holds at least sixty cases`() {
        #expect(chineseCases.count + foreignCases.count >= 60)
    }

    @Test func `G17 numbers are equal by canonical form only`() throws {
        let received = try #require(hangzhou.number(from: "0571-12345678"))
        let elsewhere = try #require(london.number(from: "+86 571 1234 5678"))
        #expect(received.raw == "0571-12345678")
        #expect(received.raw != elsewhere.raw)
        #expect(received == elsewhere)
        #expect(Set([received, elsewhere]).count == 1)
        #expect(received != hangzhou.number(from: "0571-12345679"))
    }

    @Test func `G17 the same short code in two plans is two numbers`() throws {
        let here = try #require(hangzhou.number(from: "5186"))
        let there = try #require(NumberingRules(plan: "branch", shortCodes: ["5186"]).number(from: "5186"))
        #expect(here != there)
        #expect(there.canonical == "5186;phone-context=branch")
    }

    @Test func `G17 anonymous is a value, also when the text is useless`() {
        let nobody = hangzhou.caller(from: "alice\u{7}")
        #expect(nobody.isAnonymous)
        #expect(nobody == .anonymous)
        #expect(nobody.raw == "alice?")
        #expect(hangzhou.caller(from: "13812345678").canonical == "+8613812345678")
        let long = hangzhou.caller(from: String(repeating: "号", count: 500))
        #expect(long.raw.utf8.count <= NumberingRules.maximumTextLength)
    }

    @Test(
        arguments: [
            (hangzhou, "+8657112345678", "912345678"), (hangzhou, "+862112345678", "902112345678"),
            (hangzhou, "+8613812345678", "913812345678"), (hangzhou, "+864008123456", "94008123456"),
            (hangzhou, "+85223456789", "90085223456789"), (hangzhou, "10086;phone-context=+86", "910086"),
            (hangzhou, "5186", "5186"), (hangzhou, "5186;phone-context=branch", nil),
            (hangzhou, "anonymous", nil),
            (hangzhou, "+8657112345", "9057112345"),
            (hongKong, "+85223456789", "23456789"), (hongKong, "+8613812345678", "0018613812345678"),
            (hongKong, "10086;phone-context=+86", nil),
            (boston, "+16175550123", "5550123"), (boston, "+12125550123", "12125550123"),
            (london, "+447700900123", "07700900123"), (london, "+442079460958", "79460958"),
        ] as [(NumberingRules, String, String?)])
    func `G17 numbers are dialled in the format of the trunk`(
        rules: NumberingRules, canonical: String, dialled: String?
    ) throws {
        let number = try #require(PhoneNumber(canonical: canonical))
        #expect(number.dialString(in: rules) == dialled)
        // What the trunk dials, the trunk understands.
        if let dialled { #expect(rules.number(from: dialled) == number) }
    }

    @Test func `G17 trunks may want E.164, the area code at home, or a zero before mobiles`() throws {
        let landline = try #require(PhoneNumber(canonical: "+8657112345678"))
        let mobile = try #require(PhoneNumber(canonical: "+8613812345678"))
        var rules = NumberingRules(homeArea: "571", zeroBeforeMobile: true, dialsHomeArea: true)
        #expect(landline.dialString(in: rules) == "057112345678")
        #expect(mobile.dialString(in: rules) == "013812345678")
        rules.dialFormat = .e164
        #expect(mobile.dialString(in: rules) == "+8613812345678")
        rules.dialFormat = .e164WithoutPlus
        #expect(mobile.dialString(in: rules) == "8613812345678")
    }

    @Test(arguments: [
        ("+8613812345678", "+86138****5678"), ("+8657112345678", "+86571****5678"),
        ("+85223456789", "+852****6789"),
        ("+6831234", "+683****34"), ("10086;phone-context=+86", "10086"), ("5186", "**86"), ("801", "**1"),
        ("anonymous", "anonymous"),
    ])
    func `G17 masked numbers hide the middle`(canonical: String, masked: String) throws {
        let number = try #require(PhoneNumber(canonical: canonical))
        #expect(number.masked == masked)
        #expect("\(number)" == masked)
    }

    @Test(arguments: [
        "", "+", "abc", "+86x", "+999123456789", "5186;phone-context=", "5186;ext=1",
        "+8613;phone-context=+86", "１２３",
    ])
    func `a text that is not canonical is refused by the store's reader`(text: String) {
        #expect(PhoneNumber(canonical: text) == nil)
    }

    @Test func `rules with nonsense say what is wrong`() {
        #expect(hangzhou.faults().isEmpty)
        let nonsense = NumberingRules(
            plan: "+86", homeCountry: "", homeArea: "x", internationalPrefixes: [""], minimumLength: 9,
            maximumLength: 3)
        #expect(nonsense.faults().count == 5)
    }

    @Test func `no seeded garbage traps, and every number found has a bearable canonical form`() {
        var dice = SeededGenerator(seed: 17)
        let alphabet = Array("0123456789+-()<>@:;,=%\"\\ sipteltagphone-context匿名０９".unicodeScalars)
        for _ in 0..<5_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<dice.below(40) { text.append(alphabet[dice.below(alphabet.count)]) }
            let number = hangzhou.caller(from: String(text))
            #expect(PhoneNumber(canonical: number.canonical) == number)
            #expect(number.canonical.utf8.count < 64)
        }
    }
}
