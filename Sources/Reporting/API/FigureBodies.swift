import Contracts
import Kernel

/// A report as clients see it.
struct ReportBody: Encodable, Sendable {
    struct Row: Encodable, Sendable {
        var key: String
        var names: [String: String]?
        var startsAt: Timestamp?
        var endsAt: Timestamp?
        var values: [String: Double]
        var terms: [String: Int64]

        init(_ row: FigureReport.Row, _ figures: [Figure]) {
            key = row.key
            names = row.names
            startsAt = row.startsAt
            endsAt = row.endsAt
            values = FigureBody.values(of: row.terms, figures)
            terms = FigureBody.words(row.terms)
        }
    }
    struct Part: Encodable, Sendable {
        var from: CivilDate
        var to: CivilDate
        var until: Timestamp?
        var total: Row
        var rows: [Row]
        /// How the figures of the present period differ in the whole.
        var changes: [String: FigureChange]

        init(_ part: FigureReport.Part, _ report: FigureReport) {
            let figures = report.figures
            changes = report.changes
            from = part.from
            to = part.to
            until = part.until
            total = Row(part.total, figures)
            rows = part.rows.map { Row($0, figures) }
        }
    }
    /// Every entry ended in exactly one way or waits still (decision 13).
    struct Checks: Encodable, Sendable {
        var offered: Int64
        var ended: Int64
        var waiting: Int64
        var holds: Bool

        init(_ part: FigureReport.Part) {
            offered = part.total.terms[.offered]
            ended = part.total.terms.ended
            waiting = part.total.terms[.waiting]
            holds = ([part.total] + part.rows).allSatisfy {
                $0.terms[.offered] == $0.terms.ended + $0.terms[.waiting]
            }
        }
    }

    var from: CivilDate
    var to: CivilDate
    var zone: String
    var dayStarts: String
    var by: String
    var interval: Int?
    var asOf: Timestamp
    var isComplete: Bool
    var figures: [FigureBody]
    var total: Row
    var rows: [Row]
    var comparison: Part?
    var marks: [FigureMark]
    var annotations: [FigureAnnotation]
    var checks: Checks

    init(_ report: FigureReport) {
        from = report.main.from
        to = report.main.to
        zone = report.zone
        let minutes = report.dayStarts.minutes
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        dayStarts = "\(digits(minutes / 60)):\(digits(minutes % 60))"
        by = report.by.rawValue
        interval = report.interval
        asOf = report.asOf
        isComplete = report.isComplete
        figures = report.figures.map(FigureBody.init)
        total = Row(report.main.total, report.figures)
        rows = report.main.rows.map { Row($0, report.figures) }
        comparison = report.comparison.map { Part($0, report) }
        marks = report.marks
        annotations = report.annotations
        checks = Checks(report.main)
    }
}

/// A figure with everything that is shown beside its numbers (mission D29).
struct FigureBody: Encodable, Sendable {
    var key: String
    var names: [String: String]
    var unit: Figure.Unit
    var decimals: Int
    var version: Int
    var formula: String
    /// The terms of the formula.
    var terms: [String]
    var better: Figure.Better
    var family: Figure.Family
    var about: [String: String]
    var isOwn: Bool

    init(_ figure: Figure) {
        key = figure.key
        names = figure.names
        unit = figure.unit
        decimals = figure.decimals
        version = figure.version
        formula = figure.formula.text
        terms = figure.formula.terms.map(\.rawValue)
        better = figure.better
        family = figure.family
        about = figure.about
        isOwn = figure.isOwn
    }

    /// What can be computed, by key.
    static func values(of terms: Terms, _ figures: [Figure]) -> [String: Double] {
        var values: [String: Double] = [:]
        for figure in figures { values[figure.key] = figure.value(terms) }
        return values
    }

    static func words(_ terms: Terms) -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: terms.all.map { ($0.term.rawValue, $0.value) })
    }
}

/// A term of the dictionary.
struct TermBody: Encodable, Sendable {
    var key: String
    var names: [String: String]
    /// `count` or `duration`.
    var unit: String

    init(_ term: Term) {
        key = term.rawValue
        names = TermNames.names[term] ?? [:]
        unit = term.isDuration ? "duration" : "count"
    }
}

/// The dictionary: every figure and every term.
struct DictionaryBody: Encodable, Sendable {
    var figures: [FigureBody]
    var terms: [TermBody]
}

/// A contact behind a number, as clients see it: ids and words, nothing of the customer.
struct EvidenceBody: Encodable, Sendable {
    /// What people call queues and agents.
    struct Words: Sendable {
        let queues: [QueueID: String]
        let agents: [AgentID: String]

        init(_ centre: Centre) {
            queues = Dictionary(
                centre.queues.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
            agents = Dictionary(
                centre.people.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
        }
    }
    var interaction: InteractionID
    var at: Timestamp
    var channel: String
    var origin: String
    var number: String
    var queue: String?
    var agent: String?
    var ending: String?
    var waitedMs: Int64?
    var talkedMs: Int64?
    var requestType: String?
    var rating: Int64?

    init(_ evidence: FigureEvidence, _ words: Words) {
        interaction = evidence.interaction
        at = evidence.at
        channel = evidence.channel
        origin = evidence.origin
        number = evidence.number
        queue = evidence.queue.flatMap { words.queues[$0] }
        agent = evidence.agent.flatMap { words.agents[$0] }
        ending = evidence.ending
        waitedMs = evidence.waitedMs
        talkedMs = evidence.talkedMs
        requestType = evidence.requestType
        rating = evidence.rating
    }
}
