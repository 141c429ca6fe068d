import Contracts
import Foundation
import Kernel
import Logging

/// Puts the board together, once for all screens, and has the alarms look at it.
///
/// A screen that reads slowly gets the newest board next, never a heap of old ones.
actor BoardKeeper {
    /// How often it looks whether something has happened, how long boards are apart at least, and at most.
    private static let look = Duration.milliseconds(50)
    private static let shortest = Duration.milliseconds(200)
    private static let longest = Duration.seconds(1)
    /// The day so far is summed again when this many times the summing has passed, so that it takes a twentieth of a
    /// processor at most.
    private static let rest = 20

    private let live: any LiveSource
    private let service: FigureService
    private let follower: FigureFollower
    private let alarms: AlarmService
    private let logger: Logger

    private var today = BoardBody.Today()
    private var nextSum = ContinuousClock.now
    private var screens: [Int: AsyncStream<String>.Continuation] = [:]
    private var lastScreen = 0
    private var newest: String?

    init(
        live: any LiveSource, service: FigureService, follower: FigureFollower, alarms: AlarmService,
        logger: Logger
    ) {
        self.live = live
        self.service = service
        self.follower = follower
        self.alarms = alarms
        self.logger = logger
    }

    /// Goes on until the task is cancelled.
    func run() async {
        var shown: Int64 = -1
        var last = ContinuousClock.now - Self.longest
        while !Task.isCancelled {
            let passed = ContinuousClock.now - last
            let sequence = await follower.sequence
            if passed >= Self.longest || (passed >= Self.shortest && sequence != shown) {
                shown = sequence
                last = ContinuousClock.now
                do {
                    let board = try await board()
                    try await alarms.look(at: AlarmWatch.sample(board))
                    publish(board)
                } catch {
                    logger.error("The board cannot be put together", metadata: ["error": "\(error)"])
                    last = ContinuousClock.now + .seconds(1)
                }
            }
            do { try await Task.sleep(for: Self.look) } catch { return }
        }
    }

    /// The board as it is now.
    func board() async throws -> BoardBody {
        let centre = try await service.centre.centre()
        try await sumToday(centre)
        let open = Array(await alarms.shown.prefix(50))
        let notices = await alarms.told
        let people = Dictionary(
            centre.people.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
        return BoardBody(
            await live.liveFigures(), today, centre,
            alarms: open.map { AlarmBody($0, notices: notices[$0.id] ?? [], people: people) })
    }

    private func sumToday(_ centre: Centre) async throws {
        let start = ContinuousClock.now
        guard start >= nextSum else { return }
        // Who asks meanwhile gets the sums that there are.
        nextSum = start + .seconds(60)
        defer { if nextSum == start + .seconds(60) { nextSum = .now } }
        let day = try service.today(centre)
        let report = try await service.report(FigureQuery(from: day, to: day, by: .queue))
        today = BoardBody.Today(
            figures: report.figures,
            queues: Dictionary(
                report.main.rows.map { ($0.key, $0.terms) }, uniquingKeysWith: { first, _ in first }),
            total: report.main.total.terms, marks: report.marks)
        nextSum = start + max(Self.longest, (ContinuousClock.now - start) * Self.rest)
    }

    private func publish(_ board: BoardBody) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(board), as: UTF8.self)
            newest = text
            for screen in screens.values { screen.yield(text) }
        } catch {
            logger.error("The board has no JSON form", metadata: ["error": "\(error)"])
        }
    }

    /// Boards from the newest on.
    func boards() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(1))
        lastScreen += 1
        let number = lastScreen
        screens[number] = continuation
        continuation.onTermination = { [weak self] _ in
            // Ends with its one message; the keeper may be gone already.
            Task { await self?.forget(number) }
        }
        if let newest { continuation.yield(newest) }
        return stream
    }

    private func forget(_ screen: Int) { screens[screen] = nil }
}
