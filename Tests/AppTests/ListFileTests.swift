import App
import Foundation
import TestKit
import Testing
import Web

/// Lists as files (mission G19), over HTTP against the whole product.
@Suite struct ListFileTests {
    /// Lists of choices for an agent's desk, which nobody keeps.
    private static let choices: Set = ["/api/v1/seats", "/api/v1/break-reasons", "/api/v1/request-types"]

    @Test func `G19 every list is given away as CSV and as a workbook`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                var lists = 0
                for route in hotline.reach.routes
                where route.method == "GET" && !route.path.contains("{") && !Self.choices.contains(route.path)
                {
                    guard !route.path.hasSuffix("/events"), !route.path.hasSuffix("/export") else { continue }
                    let reply = try await hotline.http.request("GET", route.path, token: token)
                    guard reply.headers["content-type"] == "application/json",
                        case .list = reply.json["items"]
                    else { continue }
                    lists += 1
                    let csv = try await hotline.http.request(
                        "GET", route.path + "?format=csv&language=en", token: token)
                    #expect(csv.headers["content-type"] == "text/csv; charset=utf-8", "\(route.path)")
                    #expect(csv.text.hasPrefix("\u{FEFF}"), "\(route.path)")
                    let lines = csv.text.split(separator: "\r\n", omittingEmptySubsequences: true)
                    #expect(lines.count >= reply.json["items"].items.count + 1, "\(route.path)")
                    let book = try await hotline.http.request(
                        "GET", route.path + "?format=xlsx", token: token)
                    #expect(book.body.starts(with: Array("PK".utf8)), "\(route.path)")
                    #expect(
                        book.headers["content-disposition"]?.hasPrefix("attachment; filename=\"hotline-")
                            == true,
                        "\(route.path)")
                    let other = try await hotline.http.request(
                        "GET", route.path + "?format=pdf", token: token)
                    #expect(other.status == 400 && other.json["field"].text == "format", "\(route.path)")
                }
                #expect(lists == 29)
            }
        }
    }

    @Test func `G19 what belongs to one thing is given away too: versions and receipts`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let flow = try await hotline.http.request("GET", "/api/v1/flows", token: token)
                    .json["items"].items.first?["key"].text
                let made = try await hotline.http.request(
                    "POST", "/api/v1/announcements", token: token,
                    body: #"{"board":"faults","texts":{"en":"a"},"needsReceipt":true}"#)
                let announcement = try #require(made.json["id"].text)
                for (path, head) in [
                    ("flows/\(try #require(flow))/versions", "Version,At,Published by"),
                    ("announcements/\(announcement)/receipts", "Number,Name,Acknowledged"),
                ] {
                    let file = try await hotline.http.request(
                        "GET", "/api/v1/\(path)?format=csv&language=en", token: token)
                    #expect(file.text.hasPrefix("\u{FEFF}" + head), "\(path)")
                    #expect(file.text.split(separator: "\r\n").count > 1, "\(path)")
                }
            }
        }
    }

    @Test func `G19 reports that leave as files are in the audit`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let day = try #require(
                    try await hotline.http.request("GET", "/api/v1/figures", token: token).json["from"].text)
                for path in [
                    "figures/export?by=agent&format=xlsx", "reports/day/\(day)?format=xlsx",
                    "reports/day/\(day)?format=html",
                ] {
                    let file = try await hotline.http.request("GET", "/api/v1/" + path, token: token)
                    #expect(file.status == 200, "\(path)")
                }
                let audit = try await hotline.http.request("GET", "/api/v1/audit?limit=3", token: token)
                #expect(
                    audit.json["items"].items.map { $0["object"].text } == [
                        "\(day)/hotline-\(day).html", "\(day)/hotline-\(day).xlsx",
                        "hotline-agent-\(day)-\(day).xlsx",
                    ])
            }
        }
    }

    @Test func `P12 only who looks after the centre sees how old somebody is`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                for (role, sees) in [("agent", false), ("supervisor", false), ("admin", true)] {
                    let token = try await hotline.token(role, agent: "5003")
                    let row = try await hotline.http.request(
                        "GET", "/api/v1/centre/people/5004", token: token
                    ).json["row"]
                    #expect((row["born"].number != nil) == sees, "\(role)")
                    #expect((row["joined"].text != nil) == sees, "\(role)")
                    let file = try await hotline.http.request(
                        "GET", "/api/v1/centre/people?format=csv", token: token)
                    #expect(file.text.contains(",202") == sees, "\(role)")
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G19 a file has the scope and the filters of its list, and the audit knows of it`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let chief = try await hotline.token("supervisor")
                let agent = try await hotline.token("agent", agent: "5003")
                for (title, owner) in [("=SUM(A1), eins", "5003"), ("zwei", "5004")] {
                    let made = try await hotline.http.request(
                        "POST", "/api/v1/tickets", token: chief,
                        body: #"{"type":"consultation","title":"\#(title)","owner":"\#(owner)"}"#)
                    #expect(made.status == 201, "\(made.text)")
                }
                func file(_ query: String, _ token: String) async throws -> String {
                    try await hotline.http.request(
                        "GET", "/api/v1/tickets?format=csv&\(query)", token: token
                    ).text
                }
                let all = try await file("language=en", chief)
                #expect(all.hasPrefix("\u{FEFF}Ticket,Title,Text,Request type,State,Owner's number,"))
                #expect(all.contains(#""'=SUM(A1), eins""#) && all.contains("zwei"))
                #expect(all.contains(",Open,5003,张娜,"))
                let filtered = try await file("owner=5004", chief)
                #expect(filtered.contains("处理中") && !filtered.contains("eins") && filtered.contains("zwei"))
                let own = try await file("language=zh-CN", agent)
                #expect(own.contains("eins") && !own.contains("zwei"))

                let audit = try await hotline.http.request(
                    "GET", "/api/v1/audit?object=tickets.csv", token: try await hotline.token("admin"))
                #expect(audit.json["items"].items.count == 3)
            }
        }
    }

    @Test func `G19 the audit itself leaves as a file, and its leaving is in the audit`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let file = try await hotline.http.request("GET", "/api/v1/audit?format=csv", token: token)
                #expect(file.status == 200 && file.text.contains("哈希"))
                let newest = try await hotline.http.request("GET", "/api/v1/audit?limit=1", token: token)
                #expect(newest.json["items"].items.first?["object"].text == "audit.csv")
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `P12 the profile of the workforce tells age and tenure, and of nobody alone`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let profile = try await hotline.http.request(
                    "GET", "/api/v1/workforce/profile", token: token
                ).json
                #expect(profile["total"]["people"].number == 50)
                #expect(profile["total"]["partTime"].number == 4)
                #expect(profile["total"]["ageKnown"].number == 45)
                #expect(profile["total"]["ages"].items.reduce(0) { $0 + ($1["people"].number ?? 0) } == 45)
                #expect(profile["sites"].items.map { $0["key"].text } == ["main"])
                #expect(profile["teams"].items.map { $0["key"].text } == ["a", "b", "c"])

                let admin = try await hotline.token("admin")
                // Part-time, year and day survive a change on the screens.
                let row = try await hotline.http.request(
                    "GET", "/api/v1/centre/people/5045", token: admin
                ).json["row"]
                #expect(row["partTime"] == .flag(true) && row["joined"].text != nil)
                let wrong = try await hotline.http.request(
                    "PUT", "/api/v1/centre/people/5003", token: admin,
                    body: #"{"number":"5003","name":"张娜","joined":"2026-02-30"}"#)
                #expect(wrong.status == 400 && wrong.text.contains("joined"))
                let file = try await hotline.http.request(
                    "GET", "/api/v1/workforce/profile?format=csv&language=en", token: token)
                #expect(file.text.contains("\r\nTotal,,,50,4,"))
                let people = try await hotline.http.request(
                    "GET", "/api/v1/centre/people?format=csv", token: admin)
                #expect(people.text.hasPrefix("\u{FEFF}number,name,skills,roles,team,site,born,joined"))
                #expect(people.text.contains("5003,张娜,collaboration:2 erp:1 operator:1,agent,a,main,"))
            }
        }
    }
}
