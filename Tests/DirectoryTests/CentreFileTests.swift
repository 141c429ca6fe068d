import Contracts
import Foundation
import Kernel
import Testing

@testable import Directory

@Suite struct CentreFileTests {
    /// A small centre without faults.
    private static let good = """
        [tenant]
        key = "demo"
        name = "Demo"
        zone = "Asia/Shanghai"
        [limits]
        seats = 2
        lines = 3
        [[site]]
        key = "main"
        name = { en = "Main" }
        [[trunk]]
        key = "carrier"
        addresses = ["192.0.2.0/24", "2001:db8::1"]
        [[number]]
        number = "5186"
        trunk = "carrier"
        flow = "flow.toml"
        [[skill]]
        key = "erp"
        name = { en = "ERP" }
        [[queue]]
        key = "erp"
        name = { en = "ERP" }
        skills = { erp = 2 }
        [[queue]]
        key = "operator"
        name = { en = "Operator" }
        [[person]]
        number = "5001"
        name = "A"
        skills = { erp = 3 }
        [[seat]]
        number = "01"
        site = "main"
        phone = { kind = "sip", user = "8001", password = "k3mVq8ZtR2xw" }
        [[seat]]
        number = "02"
        site = "main"
        phone = { kind = "sip", uri = "sip:8002@127.0.0.1:5082" }
        [[calendar]]
        key = "hours"
        weekly = { monday = ["08:30-12:00", "13:30-17:30"], saturday = ["22:00-06:00"] }
        exceptions = [{ date = "2026-10-01", closed = true, name = "National Day" }, { date = "2026-10-10", as = "monday" }]
        [[announcement]]
        key = "fault"
        board = "faults"
        text = { en = "Mail is down." }
        from = "2026-11-22 08:00"
        until = "2026-11-22 20:00"
        """

    private static func problems(_ text: String) -> [String] {
        switch CentreFileReader.read(text) {
        case .file: []
        case .problems(let problems): problems.map(\.description)
        }
    }

    @Test func `a good file has no problems and means what it says`() throws {
        #expect(Self.problems(Self.good) == [])
        let file = try CentreFileReader.file(from: Self.good)
        #expect(file.queues[0].ringSeconds == 15 && file.queues[0].whenFull == .dissuade)
        #expect(file.queues[0].skills == ["erp": 2])
        #expect(file.seats[1].phone == .fixed(uri: "sip:8002@127.0.0.1:5082"))
        #expect(file.people[0].roles == [.agent])
        let centre = try file.centre(version: 7, zone: .shanghai)
        #expect(centre.announcements[0].from == Timestamp(milliseconds: 1_795_305_600_000))
        #expect(centre.calendars[0].calendar.version == 7)
        let monday = try #require(CivilDate("2026-11-23"))
        #expect(centre.calendars[0].calendar.hours(on: monday).count == 2)
        #expect(centre.calendars[0].calendar.hours(on: try #require(CivilDate("2026-10-01"))).isEmpty)
    }

    /// What is replaced in the good file, by what, and what is said about it.
    private static let bad: [(String, String, String)] = [
        ("key = \"demo\"\n", "", "[tenant], key: is missing; add it."),
        (
            "key = \"demo\"", "key = \"De mo\"",
            "[tenant], key: 'De mo' is no key; use small letters, digits and '-', beginning with a letter."
        ),
        ("name = \"Demo\"", "name = \"\"", "[tenant], name: is empty; give a text."),
        (
            "Asia/Shanghai", "Asia/Shangri-La",
            "[tenant], zone: 'Asia/Shangri-La' is no time zone; use an IANA name like \"Asia/Shanghai\"."
        ),
        (
            "name = \"Demo\"", "name = \"Demo\"\nbusiness_day_starts = \"25:00\"",
            "[tenant], business_day_starts: '25:00' is no time of day; write it like \"00:00\"."
        ),
        // N18
        ("seats = 2", "seats = 0", "[limits], seats: 0 is out of range; give 1 to 100000."),
        ("lines = 3", "lines = \"25\"", "[limits], lines: is text; give a whole number."),
        ("lines = 3", "lines = 2.5", "[limits], lines: is a fraction; give a whole number."),
        (
            "lines = 3", "lines = 3\nwhen_lines_full = \"queue\"",
            "[limits], when_lines_full: 'queue' is unknown; use \"busy\" or \"overflow:<number>\"."
        ),
        (
            "lines = 3", "lines = 3\nwhen_lines_full = \"overflow:home\"",
            "[limits], when_lines_full: 'home' is no number; write it like \"overflow:+8657188881234\"."
        ),
        (
            "lines = 3", "line = 3",
            "[limits], line: is unknown here; use one of lines, seats, when_lines_full."
        ),
        // N19
        (
            "skills = { erp = 2 }", "skills = { epr = 2 }",
            "[[queue]] erp, skills: there is no skill 'epr'; add a [[skill]] with it or correct the word."
        ),
        (
            "skills = { erp = 2 }", "skills = { erp = 6 }",
            "[[queue]] erp, skills, erp: 6 is out of range; give 1 to 5."
        ),
        ("skills = { erp = 2 }", "ring_second = 20", "[[queue]] erp, ring_second: is unknown here"),
        (
            "skills = { erp = 2 }", "ring_seconds = 500",
            "[[queue]] erp, ring_seconds: 500 is out of range; give 5 to 120."
        ),
        (
            "skills = { erp = 2 }", "when_full = \"overflow:other\"",
            "[[queue]] erp, when_full: there is no queue 'other'; add a [[queue]] with it or correct the word."
        ),
        (
            "skills = { erp = 2 }", "when_full = \"overflow:erp\"",
            "[[queue]] erp, when_full: overflows into itself; name another queue or \"dissuade\"."
        ),
        (
            "skills = { erp = 2 }", "when_full = \"busy\"",
            "[[queue]] erp, when_full: 'busy' is unknown; use \"dissuade\" or \"overflow:<key of a queue>\"."
        ),
        (
            "skills = { erp = 2 }", "selection = \"random\"",
            "[[queue]] erp, selection: 'random' is unknown; use one of \"longest_idle\", \"highest_level\"."
        ),
        ("key = \"operator\"", "key = \"erp\"", "[[queue]] erp, key: occurs twice; give each row its own."),
        (
            "key = \"operator\"\nname = { en = \"Operator\" }", "key = \"operator\"",
            "[[queue]] operator, name: is missing; add it."
        ),
        (
            "name = { en = \"Operator\" }", "name = \"Operator\"",
            "[[queue]] operator, name: is text; give a table, such as { zh-CN = \"...\" }."
        ),
        (
            "addresses = [\"192.0.2.0/24\", \"2001:db8::1\"]", "addresses = []",
            "[[trunk]] carrier, addresses: is empty; list the addresses that may call"
        ),
        ("192.0.2.0/24", "192.0.2.0/33", "[[trunk]] carrier, addresses: '192.0.2.0/33' is no address"),
        (
            "192.0.2.0/24", "0.0.0.0/0",
            "[[trunk]] carrier, addresses: '0.0.0.0/0' lets everybody call; name the networks of the carrier."
        ),
        (
            "key = \"carrier\"", "key = \"carrier\"\nhome_area = \"0571x\"",
            "[[trunk]] carrier: the home area '0571x' must be digits; correct it."
        ),
        ("number = \"5186\"", "number = \"5l86\"", "[[number]] 5l86, number: '5l86' is no number"),
        ("trunk = \"carrier\"", "trunk = \"line\"", "[[number]] 5186, trunk: there is no trunk 'line'"),
        (
            "flow = \"flow.toml\"", "flow = \"../flow.toml\"",
            "[[number]] 5186, flow: '../flow.toml' is no file beside this one"
        ),
        (
            "name = \"A\"\nskills = { erp = 3 }", "name = \"A\"\nroles = [\"boss\"]",
            "[[person]] 5001, roles: 'boss' is unknown; use one of "
                + #""agent", "supervisor", "systemAdmin", "securityAdmin", "auditAdmin", "privacyOfficer"."#
        ),
        (
            "name = \"A\"\nskills = { erp = 3 }", "name = \"A\"\nsite = \"moon\"",
            "[[person]] 5001, site: there is no site 'moon'"
        ),
        (
            "name = \"A\"\nskills = { erp = 3 }", "name = \"A\"\nteam = \"Day shift\"",
            "[[person]] 5001, team: 'Day shift' is no key"
        ),
        (
            "name = \"A\"\nskills = { erp = 3 }",
            "name = \"A\"\nskills = { erp = 3 }\nroles = [\"auditAdmin\"]",
            "[[person]] 5001, skills: are of no use to somebody who is no agent"
        ),
        ("number = \"02\"", "number = \"01\"", "[[seat]] 01, number: occurs twice; give each row its own."),
        (
            "k3mVq8ZtR2xw", "8001",
            "[[seat]] 01, phone: the password is short; give at least 12 random characters."
        ),
        ("user = \"8001\", ", "", "[[seat]] 01, phone, user: is missing; add it."),
        (
            "kind = \"sip\", user", "kind = \"sip\", uri = \"sip:a@b\", user",
            "[[seat]] 01, phone, uri: stands beside user and password"
        ),
        (
            "kind = \"sip\", user", "kind = \"fax\", user",
            "[[seat]] 01, phone, kind: 'fax' is unknown; use \"sip\"."
        ),
        ("sip:8002@127.0.0.1:5082", "8002", "[[seat]] 02, phone: '8002' is no SIP address; write it like"),
        (
            "sip:8002@127.0.0.1:5082", "sip:8002@127.0.0.1:0",
            "[[seat]] 02, phone: 'sip:8002@127.0.0.1:0' is no SIP address"
        ),
        (
            "08:30-12:00", "8.30-12",
            "[[calendar]] hours, weekly, monday: '8.30-12' is no interval; write it like \"08:00-18:00\"."
        ),
        (
            "key = \"hours\"", "key = \"hours\"\nalways = true",
            "[[calendar]] hours, weekly: stands beside always = true; keep one of them."
        ),
        (
            "date = \"2026-10-01\", closed = true", "date = \"2026-13-01\", closed = true",
            "date: '2026-13-01' is no date; write it like \"2026-10-01\"."
        ),
        (
            "date = \"2026-10-01\"", "date = 2026-10-01",
            "date: is a date without quotes; give text in quotes."
        ),
        ("closed = true, ", "", "does not say what holds; give exactly one of"),
        (
            "until = \"2026-11-22 20:00\"", "until = \"2026-11-22 07:00\"",
            "[[announcement]] fault, until: is not after from; give a later time."
        ),
        (
            "until = \"2026-11-22 20:00\"", "until = \"tonight\"",
            "[[announcement]] fault, until: 'tonight' is no time; write it like \"2026-11-22 18:00\"."
        ),
        ("board = \"faults\"", "", "[[announcement]] fault, board: is missing; add it."),
        ("[[site]]", "[[sites]]", "the file, sites: is unknown here"),
        ("[[site]]", "[site]", "the file, site: is a table; give rows, each under [[site]]."),
        ("zone = ", "zone ", "line 4: is not TOML"),
    ]

    @Test(arguments: bad)
    func `N18, N19: a bad file is answered with the place, the fault and the remedy`(
        part: String, replacement: String, message: String
    ) throws {
        let range = try #require(Self.good.firstRange(of: part))
        let problems = Self.problems(Self.good.replacingCharacters(in: range, with: replacement))
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
    }

    @Test func `every fault is reported at once and together they are bounded`() throws {
        let problems = Self.problems("[tenant]\nzone = \"Mars\"\n[limits]\nseats = -1\n[[queue]]\nring = 1\n")
        #expect(problems.count >= 6)
        #expect { try CentreFileReader.file(from: "[tenant]\n") } throws: {
            ($0 as? Problem)?.code == .invalid && ($0 as? Problem)?.message.contains("\n") == true
        }
        let many = String(repeating: "[[queue]]\n", count: 500)
        #expect(Self.problems(many).count == 100)
    }

    @Test func `queues that overflow in a circle are found`() throws {
        func queue(_ key: String, _ next: String) -> String {
            "[[queue]]\nkey = \"\(key)\"\nname = { en = \"x\" }\nwhen_nobody = \"overflow:\(next)\"\n"
        }
        let circle = Self.good + "\n" + queue("a", "b") + queue("b", "c") + queue("c", "b")
        #expect(
            Self.problems(circle) == [
                "[[queue]] b, when_nobody: goes in a circle (b -> c -> b); let one of them be \"dissuade\"."
            ])
        #expect(Self.problems(Self.good + "\n" + queue("a", "b") + queue("b", "operator")) == [])
    }

    @Test(arguments: [
        ("192.0.2.1", true), ("10.0.0.0/8", true), ("::1", true), ("::", true), ("2001:db8::/32", true),
        ("1:2:3:4:5:6:7:8", true), ("fe80::1:2", true), ("192.0.2.01", false), ("192.0.2", false),
        ("192.0.2.1/", false), ("192.0.2.1/+8", false), ("192.0.2.256", false), ("1::2::3", false),
        ("1:2:3:4:5:6:7", false), ("1:2:3:4:5:6:7:8:9", false), ("::12345", false),
        ("1:2:3:4:5:6:7::8", false),
        ("", false), ("localhost", false), (":1", false), ("::/129", false), ("2001:db8::/-1", false),
    ])
    func `an address or network is told from anything else`(text: String, isOne: Bool) {
        #expect((AddressRange(text) != nil) == isOne)
    }

    @Test func `a zone with summer time brings its changes`() throws {
        let berlin = try #require(CentreFileReader.zone("Europe/Berlin"))
        let summer = try #require(CivilDate("2026-07-01"))
        let winter = try #require(CivilDate("2026-01-01"))
        let noon = try #require(LocalTime("12:00"))
        #expect(berlin.instant(of: summer, at: noon).milliseconds % 86_400_000 == 36_000_000)
        #expect(berlin.instant(of: winter, at: noon).milliseconds % 86_400_000 == 39_600_000)
        #expect(CentreFileReader.zone("Berlin") == nil)
        #expect(CentreFileReader.zone("../../etc/passwd") == nil)
    }
}
