import Kernel

/// How the centre counts: thresholds, variants, and figures of its own. Reports of any day follow the newest.
package struct FigureSettings: Codable, Hashable, Sendable {
    /// A figure that the centre defined.
    package struct Own: Codable, Hashable, Sendable {
        package var key: String
        package var names: [String: String]
        package var unit: Figure.Unit
        package var decimals: Int
        package var formula: String
        package var better: Figure.Better
        /// Counts the changes of its formula; given by the service.
        package var version: Int?
    }
    package struct Queue: Codable, Hashable, Sendable {
        package var serviceLevelSeconds: Int
    }

    /// What people and their time count as (missions F01 to F04).
    package struct Staffing: Codable, Hashable, Sendable {
        /// Per cent of a whole person.
        package static let whole = 100
        /// Hours that are one full-time equivalent.
        package var fteHours = 8
        /// What somebody who works part of the time counts as, in per cent.
        package var partTimePercent = 70
        /// What an hour signed in costs, in minor units (fen, cents); 0 shows no cost.
        package var hourCost = 0
        /// ISO 4217.
        package var currency = "CNY"
        package init() {}

        static let mostCost = 100_000_000

        func check() throws {
            try FigureSettings.range(fteHours, 1...24, "staffing.fteHours")
            try FigureSettings.range(partTimePercent, 1...Self.whole, "staffing.partTimePercent")
            try FigureSettings.range(hourCost, 0...Self.mostCost, "staffing.hourCost")
            guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
                throw FigureSettings.fault("staffing.currency", "A currency is three capitals, such as CNY.")
            }
        }
    }

    /// Grows with each change; 0 before the first.
    package var version = 0
    /// The time within which a contact is answered well.
    package var serviceLevelSeconds = 20
    /// The X of X秒接通率.
    package var connectSeconds = 15
    /// Which of the five is called the service level.
    package var serviceLevelVariant = 1
    /// From this score on a customer was satisfied.
    package var satisfiedFrom = 4
    /// The key of the calendar whose hours are hours of service; `nil` is always.
    package var serviceCalendar: String?
    /// By the key of the queue, where it differs.
    package var queues: [String: Queue] = [:]
    package var own: [Own] = []
    /// `nil` is the usual.
    package var staffing: Staffing?
    /// Hours in which a caller who comes again was not helped by the first contact; `nil` is the usual.
    package var repeatHours: Int?

    package init() {}

    package static let usualRepeatHours = 72
    var repeatWindow: TimeSpan { .hours(Int64(repeatHours ?? Self.usualRepeatHours)) }
    /// Within these the first contact counts alone: thirty days.
    static let mostRepeatHours = 720

    /// Seconds are bounded by an hour, own figures by a page.
    static let mostSeconds = 3_600
    static let mostOwn = 50

    /// Throws `Problem(.invalid)` that names the field and says what is allowed.
    func check(calendars: Set<String>, queues known: Set<String>) throws {
        try Self.range(serviceLevelSeconds, 1...Self.mostSeconds, "serviceLevelSeconds")
        try Self.range(connectSeconds, 1...Self.mostSeconds, "connectSeconds")
        try Self.range(serviceLevelVariant, 1...5, "serviceLevelVariant")
        try Self.range(satisfiedFrom, 1...10, "satisfiedFrom")
        if let serviceCalendar, !calendars.contains(serviceCalendar) {
            throw Self.fault("serviceCalendar", "There is no calendar '\(serviceCalendar.prefix(64))'.")
        }
        for (key, queue) in queues.sorted(by: { $0.key < $1.key }) {
            guard known.contains(key) else {
                throw Self.fault("queues.\(key.prefix(64))", "There is no queue '\(key.prefix(64))'.")
            }
            try Self.range(
                queue.serviceLevelSeconds, 1...Self.mostSeconds, "queues.\(key).serviceLevelSeconds")
        }
        try staffing?.check()
        if let repeatHours { try Self.range(repeatHours, 1...Self.mostRepeatHours, "repeatHours") }
        guard own.count <= Self.mostOwn else {
            throw Self.fault("own", "There may be at most \(Self.mostOwn) own figures.")
        }
        var taken = Set(BuiltInFigures.all(variant: 1, seconds: (20, 15)).map(\.key))
        for (index, figure) in own.enumerated() {
            try figure.check(at: "own[\(index)]", taken: &taken)
        }
    }

    static func range(_ value: Int, _ allowed: ClosedRange<Int>, _ field: String) throws {
        guard allowed.contains(value) else {
            throw fault(field, "'\(field)' is from \(allowed.lowerBound) to \(allowed.upperBound).")
        }
    }

    /// The version after one that a client names, which can be any number.
    static func next(_ version: Int) throws -> Int {
        try range(version, 0...1_000_000_000, "version")
        return version + 1
    }

    static func fault(_ field: String, _ message: String) -> Problem {
        Problem(.invalid, message, details: ["field": field])
    }
}

extension FigureSettings.Own {
    fileprivate func check(at place: String, taken: inout Set<String>) throws {
        let isWord =
            (1...40).contains(key.utf8.count)
            && key.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
            }
        guard isWord else {
            throw FigureSettings.fault("\(place).key", "A key has 1 to 40 letters and digits.")
        }
        guard taken.insert(key).inserted else {
            throw FigureSettings.fault("\(place).key", "There is a figure '\(key)' already.")
        }
        guard !names.isEmpty, names.values.allSatisfy({ (1...80).contains($0.count) }) else {
            throw FigureSettings.fault("\(place).names", "A name has 1 to 80 characters.")
        }
        try FigureSettings.range(decimals, 0...Figure.mostDecimals, "\(place).decimals")
        do { _ = try Formula(formula) } catch {
            var problem = error
            problem.details["field"] = "\(place).formula"
            throw problem
        }
    }

    func figure() throws -> Figure {
        Figure(
            key: key, names: names, unit: unit, decimals: decimals, version: version ?? 1,
            formula: try Formula(formula), better: better, family: .business, about: [:], isOwn: true)
    }
}
