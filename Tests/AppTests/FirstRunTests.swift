import App
import Foundation
import Kernel
import Logging
import TestKit
import Testing

/// From an empty machine to a test call (G26), and the answers of the wizard.
@Suite struct FirstRunTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)

    private static func draft() throws -> CentreDraft {
        var draft = CentreDraft()
        draft.language = "zh-CN"
        draft.company = #"测试"公司" \ 有限"#
        draft.number = "12345"
        try draft.takePeople(csv: "工号,姓名,角色\r\n5001,王伟,agent\n\n6001,\"李芳\",supervisor\n5002,Bob\n")
        return draft
    }

    @Test func `G19 people are read from a file in GB18030 as spreadsheets in China write it`() throws {
        let path = NSTemporaryDirectory() + "hotline-people-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // 5001,王伟
        try Data([0x35, 0x30, 0x30, 0x31, 0x2C, 0xCD, 0xF5, 0xCE, 0xB0, 0x0D, 0x0A]).write(
            to: URL(filePath: path))
        var draft = CentreDraft()
        try draft.takePeople(file: path)
        #expect(draft.people.map(\.name) == ["王伟"])
    }

    @Test(arguments: StoreUnderTest.all)
    func `G26: an empty centre is made, signed in to, and takes a test call`(_ store: StoreUnderTest)
        async throws
    {
        try await withPhones { caller, _ in
            try await Installation.with(store) { place in
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let draft = try Self.draft()
                let password = try await Hotline(place.configuration, logger: logger).begin(
                    draft, at: Self.now)
                // Once only.
                let again = await #expect(throws: Problem.self) {
                    try await Hotline(place.configuration, logger: logger).begin(draft, at: Self.now)
                }
                #expect(again?.details["reason"] == "centre.present")

                try await place.running(.published) { hotline in
                    #expect(try await hotline.http.request("GET", "/readyz").status == 200)
                    let browser = try await BrowserPeer.signIn(hotline.http, "9001", password)
                    #expect(browser.session.status == 200)
                    #expect(browser.session.json["mustChangePassword"] == .flag(true))
                    let token = try await hotline.token("supervisor")
                    // The seats have no telephone beside the browser yet.
                    let seated = try await hotline.http.request(
                        "POST", "/api/v1/agents/5001/sign-in", token: token,
                        body: #"{"seat":"01","phone":"browser"}"#)
                    #expect(seated.status == 204)
                    let people = try await hotline.http.request("GET", "/api/v1/centre", token: token)
                    #expect(people.json["name"].text == draft.company)
                    #expect(people.json["agents"].items.count >= 2)

                    let call = await caller.call("12345", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    try await until("the call waits for an agent") {
                        try await hotline.live(token)["queues"].items.first?["waiting"].number == 1
                    }
                    await caller.hangUp(call)
                }
            }
        }
    }

    @Test func `the wizard asks in the language, offers defaults, and asks again for what will not do`()
        throws
    {
        var draft = CentreDraft()
        draft.language = "zh-CN"
        var answers = [
            "", "甲公司", "Mars/Olympus", "Asia/Urumqi", "12", "10086", "", "", "/nowhere/people.csv", "",
        ]
        var (asked, told): ([String], [String]) = ([], [])
        var wizard = Wizard(
            draft,
            ask: {
                asked.append($0)
                return answers.isEmpty ? nil : answers.removeFirst()
            }, tell: { told.append($0) })
        let made = try wizard.run()
        #expect(made.company == "甲公司" && made.zone == "Asia/Urumqi" && made.number == "10086")
        #expect(made.trunk == "127.0.0.1" && made.administrator == "9001")
        #expect(asked.first == "单位名称: " && asked.contains("时区 [Asia/Shanghai]: "))
        #expect(told.count == 4)
        #expect(throws: Problem.self) { try wizard.run() }
    }

    @Test(arguments: [
        ("5001", "no name"), ("x1,Somebody", "no number"), ("5001,A\n5001,B", "twice"),
        ("5001,A,boss", "role"),
        ("9001,A", "twice"),
    ])
    func `a fault in the list of people is named with its line`(_ csv: String, _ part: String) throws {
        var draft = CentreDraft()
        let problem = #expect(throws: Problem.self) { try draft.takePeople(csv: "number,name\n" + csv) }
        #expect(problem?.message.contains(part) == true)
        #expect(problem?.message.hasPrefix("Line ") == true)
    }

    @Test func `G26: the unit lets the program drain, and gives it nothing it does not need`() throws {
        let text = ServiceUnit(program: "/usr/bin/hotline").text
        for line in [
            "ExecStart=/usr/bin/hotline serve --config /etc/hotline/hotline.toml", "User=hotline",
            "ProtectSystem=strict", "StateDirectory=hotline", "LimitNOFILE=65536", "TimeoutStopSec=60",
            "NoNewPrivileges=yes", "KillSignal=SIGTERM",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)")
        }
    }
}
