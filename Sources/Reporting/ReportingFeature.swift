package import Channels
package import Contracts
package import Kernel
package import Logging
package import Storage
package import Web

/// Figures (指标): what a centre's days were, counted once and shown with the formula that made each number.
///
/// Facts of the event log are folded into rows (`FigureFold`), rows are summed into terms (`TermStore`), and a figure is
/// a formula over terms (`Figure`). Nothing is counted on the side: whoever doubts a number can fold the log anew, or
/// let `FigureVerification` count it by another path.
package struct ReportingFeature: Sendable {
    package static let migrations = ReportingSchema.migrations

    let service: FigureService
    private let follower: FigureFollower
    private let folds: FoldStore
    private let ids: IDSource
    private let logger: Logger

    /// - Parameter zone: the clock changes of a zone by its IANA name.
    package init(
        _ database: TenantDatabase, centre: any CentreSource,
        zone: @escaping @Sendable (String) -> ZoneTransitions?,
        ids: IDSource, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.ids = ids
        self.logger = logger
        folds = FoldStore(database)
        follower = FigureFollower(folds, logger: logger)
        service = FigureService(
            terms: TermStore(database), settings: FigureSettingStore(database), centre: centre, zone: zone,
            now: now)
    }

    /// What is served while the program answers calls.
    ///
    /// - Parameters:
    ///   - live: what is going on, for boards and alarms.
    ///   - messenger: how alarms and reports are sent.
    package func serving(live: any LiveSource, messenger: any Messenger) -> Serving {
        let alarms = AlarmService(
            AlarmStore(folds.database), settings: service.settings, centre: service.centre,
            messenger: messenger, ids: ids, logger: logger, now: service.now)
        let keeper = BoardKeeper(
            live: live, service: service, follower: follower, alarms: alarms, logger: logger)
        let sender = ReportSender(
            store: ScheduleStore(folds.database), service: service, messenger: messenger, logger: logger)
        var routes = Routes()
        FigureRoutes(service: service, ids: ids).add(to: &routes)
        WorkforceRoutes(service: service).add(to: &routes)
        AlarmRoutes(alarms: alarms, keeper: keeper, centre: service.centre).add(to: &routes)
        ScheduleRoutes(sender: sender, ids: ids).add(to: &routes)
        return Serving(routes: routes, follower: follower, keeper: keeper, sender: sender)
    }

    /// The parts that run beside the calls.
    package struct Serving: Sendable {
        package let routes: Routes
        fileprivate let follower: FigureFollower
        fileprivate let keeper: BoardKeeper
        fileprivate let sender: ReportSender

        /// Keeps figures, boards, alarms and reports going until the task is cancelled.
        package func run() async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await follower.run() }
                group.addTask { await keeper.run() }
                group.addTask { await sender.run() }
            }
        }
    }

    /// Folds what has happened so far; for commands, beside no running program.
    package func catchUp() async throws { try await follower.catchUp() }

    /// Folds the whole event log anew.
    package func rebuild() async throws { try await follower.rebuild() }

    /// When a business day (`2026-11-24`) begins; `nil` is yesterday.
    package func start(ofDay text: String?) async throws -> Timestamp {
        let centre = try await service.centre.centre()
        let day = try text.map { text in
            guard let day = CivilDate(text) else {
                throw FigureSettings.fault("day", "A day is written as 2026-11-24.")
            }
            return day
        }
        return try service.clock(of: centre).span(
            ofBusinessDay: try day ?? service.today(centre).advanced(by: -1),
            startingAt: centre.businessDayStarts ?? .midnight
        ).lowerBound
    }

    /// Counts a business day by another path and tells what differs, a line each; empty when all is equal.
    package func verify(_ day: CivilDate) async throws -> (compared: Int, differences: [String]) {
        let (compared, differences) = try await service.verify(day, FigureVerification(folds.database))
        return (
            compared,
            differences.map { "\($0.place) \($0.term): reported \($0.reported), counted \($0.counted)" }
        )
    }
}
