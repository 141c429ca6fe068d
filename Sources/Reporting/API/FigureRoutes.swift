import Contracts
import Kernel
import Sheets
import Storage
import Web

/// Figures, how they are counted, and what they are held against.
struct FigureRoutes: Sendable {
    let service: FigureService
    let ids: IDSource

    struct NewAnnotation: Decodable, Sendable {
        var day: String
        var text: String
    }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/figures", permission: "figures.read", scoping: .obeyed) { request, principal, _ in
            try .json(ReportBody(await report(request, principal)))
        }
        routes.get("/api/v1/figures/export", permission: "figures.read", scoping: .obeyed) {
            request, principal, _ in
            let format = try SheetFormat(request.query["format"] ?? "csv")
            let language = try SheetLanguage(request.query["language"])
            let report = try await report(request, principal)
            let name = "hotline-\(report.by.rawValue)-\(report.main.from)-\(report.main.to)"
            return try .file([ReportSheet(report, language: language).sheet], format, name: name)
        }
        routes.get("/api/v1/figures/contacts", permission: "figures.read", scoping: .obeyed) {
            request, principal, _ in
            try await evidence(request, principal)
        }
        routes.get("/api/v1/figures/definitions", permission: "figures.read", scoping: .whole) {
            request, _, _ in
            let figures = try service.figures(await service.currentSettings())
            let bodies = figures.map(FigureBody.init)
            return try await request.list("figures", FigureBody.columns, items: bodies) {
                try .json(DictionaryBody(figures: bodies, terms: Term.allCases.map(TermBody.init)))
            }
        }
        addSettings(to: &routes)
        addAnnotations(to: &routes)
    }

    private func addSettings(to routes: inout Routes) {
        routes.get("/api/v1/figures/settings", permission: "figures.read", scoping: .whole) { _, _, _ in
            try .json(await service.currentSettings())
        }
        routes.put("/api/v1/figures/settings", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            try .json(await service.change(request.json(FigureSettings.self), by: deed(principal, context)))
        }
        routes.get("/api/v1/figures/marks", permission: "figures.read", scoping: .whole) { request, _, _ in
            let marks = try await service.currentMarks()
            return try await request.list("marks", FigureMark.columns, items: marks.items) {
                try .json(marks)
            }
        }
        routes.put("/api/v1/figures/marks", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            try .json(await service.change(request.json(FigureMarks.self), by: deed(principal, context)))
        }
    }

    private func addAnnotations(to routes: inout Routes) {
        routes.get("/api/v1/figures/annotations", permission: "figures.read", scoping: .whole) {
            request, _, _ in
            let query = try await query(request)
            return try await request.list(
                "annotations", FigureAnnotation.columns,
                items: service.settings.annotations(from: query.from, to: query.to))
        }
        routes.post("/api/v1/figures/annotations", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            let body: NewAnnotation = try request.json()
            guard let day = CivilDate(body.day) else { throw Self.noDay("day") }
            guard (1...500).contains(body.text.count) else {
                throw FigureSettings.fault("text", "An annotation has 1 to 500 characters.")
            }
            let annotation = FigureAnnotation(
                id: ids.next(), day: day.description, text: body.text, by: principal.person)
            try await service.settings.add(annotation, by: deed(principal, context), at: service.now())
            return try .created(annotation, at: "/api/v1/figures/annotations/\(annotation.id)")
        }
        routes.delete("/api/v1/figures/annotations/{id}", permission: "figures.write", scoping: .whole) {
            request, principal, context in
            let id: AnnotationID = try request.id("id")
            guard
                try await service.settings.removeAnnotation(
                    id, by: deed(principal, context), at: service.now())
            else {
                throw Problem(.notFound, "There is no annotation \(id).", details: ["field": "id"])
            }
            return .empty
        }
    }

    private func deed(_ principal: Principal, _ context: RouteContext) -> FigureSettingStore.Deed {
        FigureSettingStore.Deed(actor: principal.actor, address: context.address)
    }

    // MARK: Reading a question

    private func report(_ request: WebRequest, _ principal: Principal) async throws -> FigureReport {
        try await service.report(try await own(query(request), principal))
    }

    /// The contacts behind a number (mission D29).
    private func evidence(
        _ request: WebRequest, _ principal: Principal
    ) async throws -> WebAnswer {
        let query = try await own(query(request), principal)
        guard let term = request.query["term"].flatMap(Term.init) else {
            throw FigureSettings.fault("term", "'term' is a term of the dictionary of figures.")
        }
        func moment(_ name: String) throws -> Timestamp? {
            guard let text = request.query[name], !text.isEmpty else { return nil }
            guard let number = Int64(text) else {
                throw FigureSettings.fault(name, "'\(name)' is a time in milliseconds.")
            }
            return Timestamp(milliseconds: number)
        }
        let (start, end) = (try moment("startsAt"), try moment("endsAt"))
        let words = EvidenceBody.Words(try await service.centre.centre())
        return try await request.list("contacts", EvidenceBody.columns) { page in
            let found = try await service.evidence(
                term, query, from: start, until: end, after: page.position, limit: page.limit + 1)
            return Page(found: found, request: page) {
                "\($0.at.milliseconds) \($0.interaction) \($0.ordinal)"
            }.map { EvidenceBody($0, words) }
        }
    }

    private func own(_ query: FigureQuery, _ principal: Principal) throws -> FigureQuery {
        var query = query
        // Who sees own figures only sees them whatever was asked for.
        if try principal.scope(of: "figures.read") == .own {
            guard let person = principal.person else {
                throw Problem(
                    .forbidden, "Own figures belong to a person; this token speaks for nobody.",
                    details: ["reason": "noPerson"])
            }
            query.filter.agents = [person]
            query.filter.seats = nil
        }
        return query
    }

    private static func noDay(_ field: String) -> Problem {
        Problem(.invalid, "'\(field)' must be a day such as 2026-11-25.", details: ["field": field])
    }

    private func query(_ request: WebRequest) async throws -> FigureQuery {
        let centre = try await service.centre.centre()
        func day(_ name: String) throws -> CivilDate? {
            guard let text = request.query[name], !text.isEmpty else { return nil }
            guard let day = CivilDate(text) else { throw Self.noDay(name) }
            return day
        }
        func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, _ usual: Word) throws -> Word
        {
            guard let text = request.query[name], !text.isEmpty else { return usual }
            guard let word = Word(rawValue: text) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw FigureSettings.fault(name, "'\(name)' is one of \(known).")
            }
            return word
        }
        let today = try service.today(centre)
        let only = try day("day")
        let from = try only ?? day("from") ?? today
        var query = FigureQuery(
            from: from, to: try only ?? day("to") ?? from, by: try word("by", .total),
            comparison: try word("compare", .none))
        guard (1...FigureQuery.mostDays).contains(query.days) else {
            throw FigureSettings.fault(
                "to",
                "'to' is not before 'from', and at most \(FigureQuery.mostDays) days are asked for at once.")
        }
        if let text = request.query["interval"], !text.isEmpty {
            guard let minutes = Int(text), FigureQuery.intervals.contains(minutes) else {
                throw FigureSettings.fault("interval", "'interval' is 15, 30 or 60.")
            }
            query.interval = minutes
        }
        if query.by == .interval, query.days * 1_440 / query.interval > 3_000 {
            throw FigureSettings.fault("to", "Intervals are shown for at most 31 days of 15 minutes.")
        }
        query.filter = try FigureFilterReader(centre: centre).filter(request.query)
        return query
    }
}

/// Finds what the words of a filter name.
struct FigureFilterReader: Sendable {
    let centre: Centre

    func filter(_ query: [String: String]) throws -> FigureQuery.Filter {
        var filter = FigureQuery.Filter()
        func value(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let key = value("queue") {
            filter.queue = try found(centre.queues.first { $0.key == key }?.id, "queue", key)
        }
        if let number = value("agent") {
            let person = centre.people.first { $0.number == number }?.id
            filter.agents = [try found(person, "agent", number)]
        }
        if let team = value("team") {
            let people = centre.people.filter { ($0.team ?? "-") == team }.map(\.id)
            filter.agents = try found(people.isEmpty ? nil : people, "team", team)
        }
        if let site = value("site") {
            let seats = centre.seats.filter { ($0.site ?? "-") == site }.map(\.id)
            filter.seats = try found(seats.isEmpty ? nil : seats, "site", site)
        }
        filter.channel = value("channel")
        filter.origin = value("origin")
        filter.number = value("number")
        filter.requestType = value("requestType")
        return filter
    }

    private func found<Value>(_ value: Value?, _ field: String, _ word: String) throws -> Value {
        guard let value else {
            throw FigureSettings.fault(field, "There is no \(field) '\(word.prefix(64))'.")
        }
        return value
    }
}
