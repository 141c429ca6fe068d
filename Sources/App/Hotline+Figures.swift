import Directory
import Kernel
import Reporting
import Routing
import Storage

/// Commands about figures.
extension Hotline {
    /// Writes a virtual day into an empty event log and folds its figures.
    ///
    /// - Parameters:
    ///   - day: the business day that it is to be (`2026-11-24`); `nil` is yesterday.
    ///   - progress: is told how many facts have been written.
    /// - Returns: how many contacts and facts it had.
    package func rehearse(
        day: String?, contacts: Int, agents: Int, seed: UInt64, progress: @Sendable (Int) -> Void
    ) async throws -> (contacts: Int, facts: Int) {
        guard (1...1_000_000).contains(contacts), (1...10_000).contains(agents) else {
            throw Problem(
                .invalid, "A day has 1 to 1,000,000 contacts and 1 to 10,000 agents.",
                details: ["field": "contacts"])
        }
        let lock = try DataLock(dataDirectory)
        defer { withExtendedLifetime(lock) {} }
        let start = try await reporting.start(ofDay: day)
        let day = RehearsedDay(
            database.tenant(tenant), ids: ids, centre: try await directory.centre(), start: start)
        return try await day.write(
            contacts: contacts, agents: agents, seed: seed, progress: progress)
    }

    /// Folds what is not in the rows of figures yet; beside no running program.
    package func foldFigures() async throws { try await reporting.catchUp() }

    /// Counts a business day (`2026-11-25`) by two paths.
    ///
    /// - Parameter rebuilds: whether the rows of figures are made anew from the event log before.
    /// - Returns: how many numbers were compared, and a line for each that differs.
    package func verifyFigures(day: String, rebuilds: Bool) async throws -> (
        compared: Int, differences: [String]
    ) {
        guard let day = CivilDate(day) else {
            throw Problem(.invalid, "A day is written as 2026-11-25.", details: ["field": "day"])
        }
        try await database.analyse()
        guard rebuilds else {
            try await reporting.catchUp()
            return try await reporting.verify(day)
        }
        let lock = try DataLock(dataDirectory)
        defer { withExtendedLifetime(lock) {} }
        try await reporting.rebuild()
        return try await reporting.verify(day)
    }
}
