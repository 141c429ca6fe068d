import Contracts
import Foundation
import Kernel
import Testing

@testable import Directory

/// Changing a centre row by row: what is written can be read, what would be wrong is refused with its remedy.
@Suite struct CentreEditorTests {
    private let zone: ZoneTransitions
    private let centre: Centre

    init() throws {
        zone = try #require(CentreFileReader.zone("Asia/Shanghai"))
        centre = try CentreFileReader.file(from: DemonstrationCentreTests.text()).centre(
            version: 3, zone: zone)
    }

    private func editor() -> CentreEditor { CentreEditor(centre) }

    private func section(_ word: String) throws -> CentreSection {
        try #require(CentreSection.all.first { $0.word == word })
    }

    private func findings(_ work: () throws -> Void) -> [CentreProblem] {
        do {
            try work()
            return []
        } catch CentreFault.findings(let problems) { return problems } catch { return [] }
    }

    @Test func `a centre in the words of its file and back is the same centre`() throws {
        #expect(try editor().centre(zone: zone) == centre)
        #expect(CentreDifference.changes(from: centre, to: centre).isEmpty)
    }

    @Test func `every row survives being sent and read again`() throws {
        for section in CentreSection.all {
            let rows = section.rows(of: editor().file)
            for row in rows {
                let sent = try JSONEncoder().encode(SettingValue.table(row.shown.values))
                guard case .table(let read) = try JSONDecoder().decode(SettingValue.self, from: sent) else {
                    Issue.record("\(section.word) \(row.key) is no table")
                    continue
                }
                var editor = editor()
                _ = try editor.replace(row.key, in: section, with: read)
                #expect(try editor.centre(zone: zone) == centre, "\(section.word) \(row.key)")
            }
            if section.word != "sites" { #expect(!rows.isEmpty, "\(section.word)") }
        }
    }

    @Test func `the words of the API are those of the file, with humps`() throws {
        #expect(SettingValue.fileKey("longestWaitSeconds") == "longest_wait_seconds")
        #expect(SettingValue.apiKey("longest_wait_seconds") == "longestWaitSeconds")
        #expect(SettingValue.fileKey("zh-CN") == "zh-CN" && SettingValue.apiKey("zh-CN") == "zh-CN")
        let queue = try section("queues").rows(of: editor().file)[0]
        let sent = String(decoding: try JSONEncoder().encode(SettingValue.table(queue.values)), as: UTF8.self)
        #expect(sent.contains("\"ringSeconds\":15") && sent.contains("\"whenTooLong\":\"overflow:operator\""))
    }

    @Test func `a password is neither sent nor lost, and a new one counts`() throws {
        let seats = try section("seats")
        let row = seats.rows(of: editor().file)[0]
        let sent = String(
            decoding: try JSONEncoder().encode(SettingValue.table(row.shown.values)), as: UTF8.self)
        #expect(sent.contains("\"hasPassword\":true") && !sent.contains("\"password\""))
        guard case .table(var phone)? = row.shown.values["phone"] else {
            Issue.record("seat 01 has no phone")
            return
        }
        phone["password"] = .text("another-secret-1")
        var editor = editor()
        _ = try editor.replace(row.key, in: seats, with: row.values.merging(["phone": .table(phone)]) { $1 })
        let next = try editor.centre(zone: zone)
        guard case .registered(_, let password)? = next.seats[0].phone else {
            Issue.record("seat 01 registers no more")
            return
        }
        #expect(password == "another-secret-1")
        // The history says that it changed, and neither the old nor the new one.
        let changes = CentreDifference.changes(from: centre, to: next)
        #expect(changes.map(\.section) == ["seats"] && changes[0].fields.map(\.field) == ["phone"])
        let told = String(decoding: try JSONEncoder().encode(changes), as: UTF8.self)
        #expect(!told.contains("another-secret-1") && told.contains("•••"))
    }

    @Test func `what is wrong is told with field and remedy, and nothing is kept`() throws {
        let queues = try section("queues")
        let row = try editor().row("erp", in: queues)
        let wrong = row.values.merging([
            "ring_seconds": .number(4), "when_full": .text("overflow:nowhere"), "nonsense": .flag(true),
        ]) { $1 }
        let problems = findings {
            var editor = editor()
            _ = try editor.replace("erp", in: queues, with: wrong)
        }
        #expect(Set(problems.map(\.key)) == ["ring_seconds", "when_full", "nonsense"])
        #expect(problems.allSatisfy { !$0.remedy.isEmpty && $0.place == "[[queue]] erp" })
        let circle = findings {
            var editor = editor()
            _ = try editor.replace(
                "operator", in: queues,
                with: editor.row("operator", in: queues).values
                    .merging(["when_too_long": .text("overflow:erp")]) { $1 })
        }
        #expect(circle.contains { $0.fault.contains("circle") })
    }

    @Test func `a row that others name stays, and the answer says who names it`() throws {
        let queues = try section("queues")
        var editor = editor()
        do {
            try editor.remove("operator", from: queues)
            Issue.record("operator was removed")
        } catch CentreFault.inUse(let uses) {
            #expect(uses.contains("[[queue]] erp, when_too_long"))
        }
        var another = self.editor()
        _ = try another.add(
            ["key": .text("night"), "name": .names(["en": "Night"])], to: queues, person: AgentID(1))
        try another.remove("night", from: queues)
        #expect(try another.centre(zone: zone) == centre)
    }

    @Test func `a new person with a number of old is somebody else`() throws {
        var editor = editor()
        try editor.remove("5045", from: .people)
        let gone = try editor.centre(zone: zone)
        var again = CentreEditor(gone)
        _ = try again.add(
            ["number": .text("5045"), "name": .text("新人")], to: .people, person: AgentID(77))
        let next = try again.centre(zone: zone)
        #expect(next.people.first { $0.number == "5045" }?.id == AgentID(77))
        #expect(next.agents.first { $0.number == "5045" }?.id == AgentID(77))
        #expect(throws: CentreFault.self) {
            var twice = CentreEditor(next)
            _ = try twice.add(
                ["number": .text("5045"), "name": .text("x")], to: .people, person: AgentID(78))
        }
        // Read again from a file that has the number, the person stays who it is.
        let file = try CentreFileReader.file(from: DemonstrationCentreTests.text())
        let read = try file.centre(version: 0, zone: zone, known: CentreKeys.Known(next))
        #expect(read.people.first { $0.number == "5045" }?.id == AgentID(77))
    }

    @Test func `general settings are one row, and a calendar that is left alone keeps its version`() throws {
        var editor = editor()
        var values = editor.general
        values["lines"] = .number(30)
        values["when_lines_full"] = .text("overflow:+8657188885186")
        try editor.setGeneral(values)
        let calendars = try section("calendars")
        _ = try editor.replace(
            "service-hours", in: calendars,
            with: [
                "key": .text("service-hours"),
                "weekly": .table(["monday": .texts(["08:00-22:00"]), "sunday": .texts([])]),
            ])
        let next = try editor.centre(zone: zone)
        #expect(next.mostLines == 30 && next.numbers.allSatisfy { $0.overflowTo == "+8657188885186" })
        #expect(next.calendars[0].calendar.version == centre.calendars[0].calendar.version + 1)
        var further = CentreEditor(next)
        try further.setGeneral(further.general.merging(["lines": .number(31)]) { $1 })
        #expect(try further.centre(zone: zone).calendars == next.calendars)
        #expect(
            findings {
                try further.setGeneral(["name": .text("x"), "zone": .text("UTC"), "seats": .number(0)])
            }
            .map(\.key) == ["seats"])
    }

    @Test func `a centre that was kept before skills had names can be changed`() throws {
        var old = centre
        old.skills = []
        old.sites = []
        old.key = nil
        for index in old.seats.indices { old.seats[index].site = nil }
        for index in old.numbers.indices { old.numbers[index].trunk = nil }
        for index in old.people.indices { old.people[index].site = nil }
        var editor = CentreEditor(old)
        let queues = try section("queues")
        _ = try editor.replace(
            "erp", in: queues,
            with: editor.row("erp", in: queues).values.merging(["ring_seconds": .number(30)]) { $1 })
        let next = try editor.centre(zone: zone)
        #expect(next.queues.map(\.id) == old.queues.map(\.id))
        #expect(next.agents.map(\.skills.count) == old.agents.map(\.skills.count))
        #expect(next.queues.first { $0.key == "erp" }?.ringTimeout == .seconds(30))
    }
}
