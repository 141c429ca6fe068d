import Contracts
import Directory
import Foundation
import Kernel
import Testing

@Suite struct DemonstrationCentreTests {
    static func text() throws -> String {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: repository.appendingPathComponent("config/demo/centre.toml"), encoding: .utf8)
    }

    private let file: CentreFile

    init() throws { file = try CentreFileReader.file(from: Self.text()) }

    @Test func `N15: the one number is 5186 and its trunk lets loopback in alone`() {
        #expect(file.numbers.map(\.number) == ["5186"])
        #expect(file.numbers[0].flow == "flow-5186.toml")
        #expect(file.trunks.map(\.addresses) == [["127.0.0.1"]])
        #expect(file.trunks[0].rules.shortCodes == ["5186"])
    }

    @Test func `N18: 40 seats and 25 lines, and the next call hears busy`() throws {
        #expect(file.limits.seats == 40 && file.limits.lines == 25 && file.limits.whenLinesFull == .busy)
        #expect(file.seats.map(\.number) == (1...40).map { ($0 < 10 ? "0" : "") + "\($0)" })
        var passwords: Set<String> = []
        for (index, seat) in file.seats.enumerated() {
            guard case .registered(let user, let password) = seat.phone else {
                Issue.record("seat \(seat.number) has no phone that registers")
                continue
            }
            #expect(user == "\(8_001 + index)")
            passwords.insert(password)
        }
        #expect(passwords.count == 40)
    }

    @Test func `N19: the seven groups have their names and people`() {
        let names = ["客户端服务", "营销业务", "协同业务", "ERP业务", "生产业务", "其他业务", "人工服务"]
        let keys = ["client", "marketing", "collaboration", "erp", "production", "other", "operator"]
        #expect(file.queues.map { $0.names["zh-CN"] } == names)
        #expect(file.queues.map(\.key) == keys)
        let agents = file.people.filter { $0.roles.contains(.agent) }
        #expect(agents.map(\.number) == (5_001...5_045).map(String.init))
        for queue in file.queues {
            let people = file.people.filter { person in
                queue.skills.allSatisfy { person.skills[$0.key] ?? 0 >= $0.value }
            }
            #expect(people.count >= 7, "\(queue.key)")
        }
        for person in agents {
            let own = person.skills.filter { $0.key != "operator" }.values.max() ?? 0
            #expect((person.skills["operator"] ?? 0) < own, "\(person.number)")
        }
    }

    @Test func `G04: system, security and audit are three people, and a supervisor is no agent`() throws {
        let others = file.people.filter { !$0.roles.contains(.agent) }
        #expect(
            others.map { [$0.number] + $0.roles.map(\.rawValue) } == [
                ["6001", "supervisor"], ["9001", "systemAdmin"], ["9002", "securityAdmin"],
                ["9003", "auditAdmin"], ["9004", "privacyOfficer"],
            ])
        #expect(file.people.allSatisfy { $0.demoPassword == "hotline-\($0.number)" })
        #expect(Set(file.people.compactMap(\.team)) == ["a", "b", "c"])
        let zone = try #require(CentreFileReader.zone(file.tenant.zone))
        let centre = try file.centre(version: 1, zone: zone)
        #expect(centre.people.count == 50)
        #expect(Set(centre.agents.map(\.id)).isSubset(of: centre.people.map(\.id)))
        // Passwords never come into the centre, which everybody who may read it gets.
        let text = String(decoding: try JSONEncoder().encode(centre), as: UTF8.self)
        #expect(!text.contains("hotline-5001"))
    }

    @Test func `N21: a known fault stands ready and is not in force`() throws {
        #expect(file.announcements.isEmpty)
        // Without its marks it can be read.
        let lines = try Self.text().split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "# [[announcement]]"))
        let block = lines[start...].prefix { $0.hasPrefix("#") }.map { $0.dropFirst().drop { $0 == " " } }
        let text = (lines.map(String.init) + block.map(String.init)).joined(separator: "\n")
        let announcement = try #require(try CentreFileReader.file(from: text).announcements.first)
        #expect(announcement.board == "faults")
        #expect(announcement.from == WallTime("2026-11-22 08:00"))
    }

    @Test func `N22: the seven request types have a commitment each`() {
        let names = ["业务咨询", "信息查询", "故障报修", "投诉", "建议", "表扬", "意见"]
        // Behind the seven stands the one with fields of its own (R16).
        #expect(file.requestTypes.map { $0.names["zh-CN"] } == names + ["失物查找"])
        #expect(file.requestTypes.allSatisfy { $0.answerHours > 0 })
    }

    @Test func `the centre has an id for each key and the same ones at every reading`() throws {
        let zone = try #require(CentreFileReader.zone(file.tenant.zone))
        let centre = try file.centre(version: 1, zone: zone)
        let again = try CentreFileReader.file(from: Self.text()).centre(version: 1, zone: zone)
        #expect(centre == again)
        #expect(centre.mostSeats == 40 && centre.mostLines == 25)
        #expect(centre.agents.count == 45 && centre.seats.count == 40 && centre.queues.count == 7)
        #expect(Set(centre.agents.map(\.id)).count == 45)
        #expect(Set(centre.queues.map(\.id)).count == 7)
        let operators = centre.queues[6].id
        #expect(centre.queues[0].overflowWhenNobody == operators)
        #expect(centre.queues[0].refusesWhenNobody && !centre.queues[6].refusesWhenNobody)
        #expect(centre.queues[0].lastAgentWithin == .hours(24))
        #expect(centre.calendars.map(\.key) == ["service-hours"])
        #expect(centre.calendars[0].calendar.isAlwaysOpen)
        // A new name keeps the ids, another tenant has others.
        var renamed = file
        renamed.tenant.name = "other"
        #expect(try renamed.centre(version: 2, zone: zone).queues.map(\.id) == centre.queues.map(\.id))
        var other = file
        other.tenant.key = "other"
        #expect(try other.centre(version: 1, zone: zone).queues[0].id != centre.queues[0].id)
        // Version 8 of the usual variant (RFC 9562).
        let id = centre.queues[0].id.description
        #expect(id[id.index(id.startIndex, offsetBy: 14)] == "8")
        #expect("89ab".contains(id[id.index(id.startIndex, offsetBy: 19)]))
    }

    @Test func `the file survives being written as JSON`() throws {
        let data = try JSONEncoder().encode(file)
        #expect(try JSONDecoder().decode(CentreFile.self, from: data) == file)
    }
}
