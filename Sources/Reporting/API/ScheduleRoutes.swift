import Channels
import Contracts
import Kernel
import Sheets
import Storage
import Web

/// The day report as a file, and when it is sent by itself.
struct ScheduleRoutes: Sendable {
    let sender: ReportSender
    let ids: IDSource
    private var store: ScheduleStore { sender.store }
    private var service: FigureService { sender.service }

    struct Body: Encodable, Sendable {
        struct Last: Encodable, Sendable {
            var at: Timestamp
            var day: String
            /// `sent` or `failed`.
            var state: String
            var error: String?
        }
        var id: ReportScheduleID
        var report: String
        var time: String
        var weekdays: [Int]
        var recipients: [String]
        var language: String
        var format: String
        var isOn: Bool
        var last: Last?

        init(_ kept: KeptSchedule) {
            id = kept.id
            report = kept.schedule.report
            time = kept.schedule.time
            weekdays = kept.schedule.weekdays
            recipients = kept.schedule.recipients
            language = kept.schedule.language
            format = kept.schedule.format.rawValue
            isOn = kept.schedule.isOn
            last = kept.last.map {
                Last(at: $0.at, day: $0.day, state: $0.error == nil ? "sent" : "failed", error: $0.error)
            }
        }
    }
    struct ListBody: Encodable, Sendable {
        var items: [Body]
        var canSend: Bool
        /// Why not.
        var why: String?
    }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/reports/day/{day}", permission: "figures.read", scoping: .obeyed) {
            request, principal, _ in
            try principal.requireWholeCentre("The day report is about everybody.")
            let text = try request.parameter("day")
            guard let day = CivilDate(text) else {
                throw FigureSettings.fault("day", "'day' must be a day such as 2026-11-25.")
            }
            let language = try SheetLanguage(request.query["language"])
            let report = try await DayReport.make(day, language: language, by: service)
            if request.query["format"] == "html" {
                return .bytes(
                    Array(report.html.utf8), contentType: "text/html; charset=utf-8",
                    leavesAs: "hotline-\(day).html")
            }
            return try .file(
                report.sheets, SheetFormat(request.query["format"] ?? "xlsx"), name: "hotline-\(day)")
        }
        routes.get("/api/v1/report-schedules", permission: "figures.write", scoping: .whole) {
            request, _, _ in
            let schedules = try await store.all().map(Body.init)
            return try await request.list("report-schedules", Body.columns, items: schedules) {
                let canSend = sender.messenger.sendsMail
                return try .json(
                    ListBody(
                        items: schedules, canSend: canSend, why: canSend ? nil : "mailNotConfigured"))
            }
        }
        routes.post("/api/v1/report-schedules", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            let schedule = try checked(request)
            let id: ReportScheduleID = ids.next()
            guard
                try await store.add(
                    schedule, id: id, claimed: passed(schedule), by: deed(principal, context),
                    at: service.now())
            else {
                throw Problem(
                    .exhausted, "There may be at most \(ReportSchedule.most) schedules; remove one.",
                    details: ["limit": "\(ReportSchedule.most)"])
            }
            return try .created(Body(await found(id)), at: "/api/v1/report-schedules/\(id)")
        }
        addChanges(to: &routes)
    }

    private func addChanges(to routes: inout Routes) {
        routes.put("/api/v1/report-schedules/{id}", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            let id: ReportScheduleID = try request.id("id")
            let schedule = try checked(request)
            guard
                try await store.change(
                    id, to: schedule, claimed: passed(schedule), by: deed(principal, context),
                    at: service.now())
            else { throw missing(id) }
            return try .json(Body(await found(id)))
        }
        routes.delete("/api/v1/report-schedules/{id}", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            let id: ReportScheduleID = try request.id("id")
            guard try await store.remove(id, by: deed(principal, context), at: service.now()) else {
                throw missing(id)
            }
            return .empty
        }
        routes.post("/api/v1/report-schedules/{id}/send", permission: "figures.write", scoping: .whole) {
            request, _, _ in
            let kept = try await found(request.id("id"))
            guard sender.messenger.sendsMail else {
                throw Problem(
                    .unsupported, "No mail server is configured; set [mail] url and from.",
                    details: ["reason": "mailNotConfigured"])
            }
            let yesterday = try service.today(await service.centre.centre()).advanced(by: -1)
            await sender.send(kept, yesterday)
            return try .json(Body(await found(kept.id)))
        }
    }

    /// The day whose report would be due at once: a schedule begins with the next.
    private func passed(_ schedule: ReportSchedule) async throws -> String? {
        let centre = try await service.centre.centre()
        return schedule.dueDay(
            at: service.now(), zone: try service.clock(of: centre),
            dayStarts: centre.businessDayStarts ?? .midnight)?.description
    }

    private func checked(_ request: WebRequest) throws -> ReportSchedule {
        let schedule: ReportSchedule = try request.json()
        try schedule.check()
        return schedule
    }

    private func found(_ id: ReportScheduleID) async throws -> KeptSchedule {
        guard let kept = try await store.schedule(id) else { throw missing(id) }
        return kept
    }

    private func missing(_ id: ReportScheduleID) -> Problem {
        Problem(.notFound, "There is no schedule \(id).", details: ["field": "id"])
    }

    private func deed(_ principal: Principal, _ context: RouteContext) -> FigureSettingStore.Deed {
        FigureSettingStore.Deed(actor: principal.actor, address: context.address)
    }
}
