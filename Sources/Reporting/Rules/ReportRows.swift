import Contracts
import Kernel

/// Puts groups of terms under the keys and names of the centre, in an order for readers.
struct ReportRows: Sendable {
    let centre: Centre
    let period: ReportPeriod
    let by: FigureQuery.Dimension

    init(centre: Centre, period: ReportPeriod, by: FigureQuery.Dimension) {
        self.centre = centre
        self.period = period
        self.by = by
    }

    /// The whole and its rows. What belongs to nobody (abandoned calls by agent) is in the whole only.
    ///
    /// - Parameter days: business days of the period; a row by day has one, and a part of a day none.
    func rows(_ groups: [TermStore.Group: Terms], days: Int64 = 0) -> (
        total: FigureReport.Row, rows: [FigureReport.Row]
    ) {
        var total = Terms()
        var byKey: [String: Terms] = [:]
        let keys = keys
        for (group, terms) in groups {
            total.add(terms)
            // Of the whole alone.
            if group.step < 0 { continue }
            let key =
                by.isTime ? period.key(span: group.span, step: group.step) : keys[group.key] ?? group.key
            byKey[key, default: Terms()].add(terms)
        }
        total[.days] = days
        for key in byKey.keys where !by.isTime { byKey[key]?[.days] = days }
        let whole = FigureReport.Row(key: "", terms: total)
        if by == .total { return (whole, []) }
        if by.isTime {
            return (
                whole,
                period.parts.map { part in
                    var terms = byKey[part.key] ?? Terms()
                    if by == .day { terms[.days] = 1 }
                    return FigureReport.Row(
                        key: part.key, startsAt: part.startsAt, endsAt: part.endsAt, terms: terms)
                }
            )
        }
        let names = names
        let order = Dictionary(
            order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let rows = byKey.filter { !$0.key.isEmpty }.map { key, terms in
            FigureReport.Row(key: key, names: names[key], terms: terms)
        }
        return (
            whole,
            rows.sorted { first, second in
                (order[first.key] ?? .max, first.key) < (order[second.key] ?? .max, second.key)
            }
        )
    }

    /// What stands in the rows of the database -> the key that people use.
    private var keys: [String: String] {
        let pairs: [(String, String)] =
            switch by {
            case .queue: centre.queues.map { ($0.id.description, $0.key) }
            case .agent: centre.people.map { ($0.id.description, $0.number) }
            case .team: centre.people.map { ($0.id.description, $0.team ?? "-") }
            case .site: centre.seats.map { ($0.id.description, $0.site ?? "-") }
            default: []
            }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private var names: [String: [String: String]] {
        let pairs: [(String, [String: String])] =
            switch by {
            case .queue: centre.queues.map { ($0.key, $0.names) }
            case .agent: centre.people.map { ($0.number, ["": $0.name]) }
            case .site: centre.sites.map { ($0.key, $0.names) }
            case .requestType: centre.requestTypes.map { ($0.key, $0.names) }
            default: []
            }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private var order: [String] {
        switch by {
        case .queue: centre.queues.map(\.key)
        case .agent: centre.people.map(\.number).sorted()
        case .site: centre.sites.map(\.key)
        case .requestType: centre.requestTypes.map(\.key)
        default: []
        }
    }
}
