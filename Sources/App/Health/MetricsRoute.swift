import Foundation
import Kernel
import Routing
import Storage
import Web

/// `/metrics`: how the program and the centre are, for Prometheus. Counts only; nobody's name or number is in it.
struct MetricsRoute: Sendable {
    let routing: RoutingFeature
    let database: TenantDatabase
    let disk: DiskWatch
    let tokens: any TokenAuthenticator
    let readiness: Readiness
    let startedAt: Timestamp

    /// What a token needs when it is not a program on this machine that asks.
    private static let permission = "live.read"
    private static let scheme = "bearer "

    func add(to routes: inout Routes) {
        routes.open(
            "GET", "/metrics",
            because: "programs on this machine need no token; others need one with live.read",
            countsFailures: true
        ) { request, context in
            if !context.isOnMachine { try await authorise(request) }
            return .bytes(Array(await text().utf8), contentType: MetricsText.contentType)
        }
    }

    private func authorise(_ request: WebRequest) async throws {
        let given = request.header("authorization") ?? ""
        guard given.lowercased().hasPrefix(Self.scheme),
            let principal = try await tokens.principal(
                forToken: given.dropFirst(Self.scheme.count).trimmingCharacters(in: .whitespaces))
        else {
            throw Problem(
                .unauthenticated,
                "Send 'Authorization: Bearer ...' with a token of `hotline token --role supervisor`.")
        }
        _ = try principal.scope(of: Self.permission)
    }

    private func text() async -> String {
        var metrics = MetricsText()
        metrics.add("hotline_build_info", "The version that runs.", [([("version", Version.text)], 1)])
        metrics.add(
            "hotline_start_time_seconds", "When it was started, in seconds since 1970.",
            Double(startedAt.milliseconds) / 1_000)
        let complaints = await readiness.complaints()
        metrics.add("hotline_ready", "1 while new calls would be taken.", complaints.isEmpty ? 1 : 0)
        addCentre(await routing.live(), to: &metrics)
        let condition = await routing.condition()
        metrics.add(
            "hotline_audio_ports_free", "Ports for audio that no call uses.", Double(condition.freeAudioPorts)
        )
        metrics.add("hotline_flows_published", "Flows in use.", Double(condition.flows))
        metrics.add("hotline_flows_named", "Flows that numbers name.", Double(condition.flowsNamed))
        await addDatabase(to: &metrics)
        await addDisk(to: &metrics)
        ProcessFigures.add(to: &metrics)
        return metrics.text
    }

    private func addCentre(_ live: LiveBody, to metrics: inout MetricsText) {
        metrics.add("hotline_calls", "Calls that stand.", Double(live.calls))
        metrics.add("hotline_lines_in_use", "Lines of the IVR that are held.", Double(live.lines.inUse))
        metrics.add("hotline_lines_limit", "Lines that may be held.", live.lines.limit.map(Double.init))
        metrics.add("hotline_seats_in_use", "Seats that are occupied.", Double(live.seats.inUse))
        metrics.add("hotline_seats_limit", "Seats that may be occupied.", live.seats.limit.map(Double.init))
        metrics.add(
            "hotline_break_requests", "Agents who wait for a word on their break.", Double(live.breakRequests)
        )
        func perQueue(_ name: String, _ help: String, _ value: (LiveBody.Queue) -> Double) {
            metrics.add(name, help, live.queues.map { ([("queue", $0.key)], value($0)) })
        }
        perQueue("hotline_queue_waiting", "Callers who wait.") { Double($0.waiting) }
        perQueue("hotline_queue_longest_wait_seconds", "How long the first of them has waited.") {
            Double($0.longestWaitMs ?? 0) / 1_000
        }
        perQueue("hotline_queue_agents_signed_in", "Agents of the queue who are signed in.") {
            Double($0.signedIn)
        }
        perQueue("hotline_queue_agents_ready", "Agents of the queue who are ready.") { Double($0.ready) }
        let activities = ["idle", "ringing", "talking", "wrapUp"]
        let present = Dictionary(grouping: live.agents, by: \.activity).mapValues(\.count)
        metrics.add(
            "hotline_agents", "Agents who are signed in, by what they do.",
            (activities + present.keys.sorted().filter { !activities.contains($0) }).map {
                ([("activity", $0)], Double(present[$0] ?? 0))
            })
        let presences = ["ready", "notReady", "break"]
        let chosen = Dictionary(grouping: live.agents, by: \.presence).mapValues(\.count)
        metrics.add(
            "hotline_agents_presence", "Agents who are signed in, by what they have chosen.",
            (presences + chosen.keys.sorted().filter { !presences.contains($0) }).map {
                ([("presence", $0)], Double(chosen[$0] ?? 0))
            })
    }

    private func addDatabase(to metrics: inout MetricsText) async {
        let health = await database.database.health()
        metrics.add("hotline_database_up", "1 while the database answers.", health.isReachable ? 1 : 0)
        metrics.add(
            "hotline_database_commits_total", "Transactions committed since the start.",
            Double(health.commits), as: .counter)
        metrics.add(
            "hotline_database_waiting_writes", "Writes that wait for their turn.",
            Double(health.waitingWrites))
        // A database that does not answer has no figure here; `hotline_database_up` says so.
        let head = try? await database.read { [tenant = database.tenant] in
            try EventLog.head(of: tenant, in: $0)
        }
        metrics.add(
            "hotline_events_total", "Events in the log, of all time.", head.map(Double.init), as: .counter)
    }

    private func addDisk(to metrics: inout MetricsText) async {
        let (free, state) = (await disk.free, await disk.state)
        metrics.add(
            "hotline_disk_free_bytes", "What is free where the data directory is.", free.map(Double.init))
        metrics.add("hotline_disk_low", "1 below the first mark: make room.", state <= .low ? 1 : 0)
        metrics.add(
            "hotline_recording_stopped", "1 while nothing is recorded for want of room.",
            state <= .scarce ? 1 : 0)
    }
}
