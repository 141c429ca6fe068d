package import Kernel

/// A report: rows of terms with the figures made of them.
package struct FigureReport: Sendable {
    package struct Row: Sendable {
        /// An interval, a queue's key, an agent's number, ...
        package var key: String
        /// Language -> name; `""` for every language.
        package var names: [String: String]?
        package var startsAt: Timestamp?
        package var endsAt: Timestamp?
        package var terms: Terms
    }
    package struct Part: Sendable {
        package var from: CivilDate
        package var to: CivilDate
        /// Where the whole ends before its days do: an earlier period is cut at the time of day that it is now.
        package var until: Timestamp?
        package var total: Row
        package var rows: [Row]
    }

    package var by: FigureQuery.Dimension
    package var interval: Int?
    package var zone: String
    package var dayStarts: LocalTime
    /// Up to when events are counted.
    package var asOf: Timestamp
    /// Whether the period is over and every event of it counted.
    package var isComplete: Bool
    package var figures: [Figure]
    package var main: Part
    package var comparison: Part?
    package var marks: [FigureMark]
    package var annotations: [FigureAnnotation]

    /// How each figure of the whole differs from the period that it is compared with, by key: while a
    /// period goes on, from the other one up to the same time of day.
    var changes: [String: FigureChange] {
        guard let comparison else { return [:] }
        var changes: [String: FigureChange] = [:]
        for figure in figures {
            guard let value = figure.value(main.total.terms),
                let former = figure.value(comparison.total.terms)
            else { continue }
            changes[figure.key] = FigureChange(of: figure, from: former, to: value)
        }
        return changes
    }
}

/// How a figure differs from an earlier period (mission D13). Of a rate, points and per cent are two things: from 44.9 %
/// to 85 % is 40.1 points and 89.3 per cent more.
struct FigureChange: Encodable, Hashable, Sendable {
    /// In the figure's own unit; of a rate, percentage points.
    var difference: Double
    /// Per cent of the former value, with one decimal; absent where that is 0.
    var percent: Double?

    init(of figure: Figure, from former: Double, to value: Double) {
        difference = Self.rounded(value - former, decimals: figure.decimals)
        percent = former == 0 ? nil : Self.rounded((value - former) / abs(former) * 100, decimals: 1)
    }

    /// Values have so many decimals; what a subtraction leaves behind them is none of theirs.
    private static func rounded(_ value: Double, decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (value * scale).rounded() / scale
    }
}

/// What a figure is held against: a target, where it began, or what others reach (missions D16, D30).
package struct FigureMark: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, CaseIterable, Hashable, Sendable { case target, baseline, benchmark }
    /// The key of the figure.
    package var figure: String
    package var kind: Kind
    package var value: Double
    /// The key of the queue; `nil` for the whole centre.
    package var queue: String?
    /// Where the value comes from; needed for a benchmark.
    package var source: String?
    package var year: Int?
}

/// Marks with the version in which they are kept together.
package struct FigureMarks: Codable, Hashable, Sendable {
    package var version = 0
    package var items: [FigureMark] = []
    package init() {}

    static let most = 500

    func check(figures: Set<String>, queues: Set<String>) throws {
        guard items.count <= Self.most else {
            throw FigureSettings.fault("items", "There may be at most \(Self.most) marks.")
        }
        for (index, mark) in items.enumerated() {
            let place = "items[\(index)]"
            guard figures.contains(mark.figure) else {
                throw FigureSettings.fault(
                    "\(place).figure", "There is no figure '\(mark.figure.prefix(64))'.")
            }
            if let queue = mark.queue, !queues.contains(queue) {
                throw FigureSettings.fault("\(place).queue", "There is no queue '\(queue.prefix(64))'.")
            }
            guard mark.value.isFinite, abs(mark.value) < 1e12 else {
                throw FigureSettings.fault("\(place).value", "The value must be an ordinary number.")
            }
            guard (mark.source ?? "").count <= 200 else {
                throw FigureSettings.fault("\(place).source", "A source has at most 200 characters.")
            }
            if mark.kind == .benchmark, (mark.source ?? "").isEmpty {
                throw FigureSettings.fault("\(place).source", "A benchmark needs its source.")
            }
        }
    }
}

/// A remark on a business day, such as a strike or a new menu, for readers of trends.
package struct FigureAnnotation: Codable, Hashable, Sendable {
    package var id: AnnotationID
    package var day: String
    package var text: String
    package var by: AgentID?
}

/// Names the ids of annotations.
package enum AnnotationKind {}
package typealias AnnotationID = ID<AnnotationKind>
