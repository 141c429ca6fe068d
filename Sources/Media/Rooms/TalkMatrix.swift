/// Who hears whom in a room. Nobody hears himself.
package struct TalkMatrix: Hashable, Sendable {
    /// One direction of hearing.
    package struct Line: Hashable, Sendable {
        package var speaker: MediaLegID
        package var listener: MediaLegID

        package init(from speaker: MediaLegID, to listener: MediaLegID) {
            self.speaker = speaker
            self.listener = listener
        }
    }
    /// In the order in which they were named; a line named twice counts once.
    package private(set) var lines: [Line] = []

    /// Nobody hears anybody.
    package init() {}

    /// Two legs that hear each other.
    package static func pair(_ one: MediaLegID, _ other: MediaLegID) -> TalkMatrix { all([one, other]) }

    /// Legs that all hear each other.
    package static func all(_ legs: [MediaLegID]) -> TalkMatrix {
        var matrix = TalkMatrix()
        for speaker in legs { for listener in legs { matrix.connect(speaker, to: listener) } }
        return matrix
    }

    /// Lets `listener` hear `speaker`.
    package mutating func connect(_ speaker: MediaLegID, to listener: MediaLegID) {
        let line = Line(from: speaker, to: listener)
        if speaker != listener, !lines.contains(line) { lines.append(line) }
    }
    package func speakers(to listener: MediaLegID) -> [MediaLegID] {
        lines.filter { $0.listener == listener }.map(\.speaker)
    }
}
