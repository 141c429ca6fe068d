import Channels
import Contracts
import Directory
import Foundation
import Interactions
package import Kernel
package import Logging
import Media
import Privacy
import Reporting
import Routing
import Speech
import Storage
import Telephony
import Tickets
import Vault
package import Web

/// The whole product, wired by hand: the only place that knows every part.
package struct Hotline: Sendable {
    /// Where it is reached once it has started.
    package struct Reach: Sendable {
        package var sipHost: String
        package var sipPort: Int
        package var httpPort: Int
        package var httpsHost = ""
        /// `nil` when HTTPS is not served.
        package var httpsPort: Int?
        /// What to look at before others are told of this machine, in sentences.
        package var warnings: [String] = []
        /// Interactions that a former run lost when it died.
        package var lostInCrash: Int
        /// Every route that is served.
        package var routes: [Route]
    }

    /// How long standing calls may go on after the program was told to stop.
    package static let drainPatience = Duration.seconds(30)

    private let configuration: Configuration
    let logger: Logger
    let database: any Database
    let directory: DirectoryFeature
    private let interactions: InteractionsFeature
    private let tickets: TicketsFeature
    let reporting: ReportingFeature
    let privacy: PrivacyFeature
    let vault: Vault
    let ids = IDSource()
    let tenant: TenantID
    let dataDirectory: String
    private let disk: DiskWatch

    /// The one global order of migrations (decision 15), by their names: new ones go to the end of this list.
    static let migrationOrder = [
        "storage.1", "storage.2", "directory.1", "interactions.1", "routing.1",
        "storage.3", "directory.2", "interactions.2", "routing.2", "tickets.1",
        "directory.3", "breaks.1", "tickets.2", "interactions.3", "routing.3",
        "reporting.1", "reporting.2",
        "vault.1", "interactions.4", "tickets.3", "privacy.1", "reporting.3", "reporting.4",
    ]

    /// Every migration of every feature, in that order; what the list does not name comes last.
    static var migrations: [Migration] {
        let all =
            StorageSchema.migrations + DirectoryFeature.migrations + InteractionsFeature.migrations
            + RoutingFeature.migrations + TicketsFeature.migrations + ReportingFeature.migrations
            + Vault.migrations + PrivacyFeature.migrations
        let places = Dictionary(uniqueKeysWithValues: migrationOrder.enumerated().map { ($1, $0) })
        return all.enumerated().sorted { first, second in
            let place = { (item: (offset: Int, element: Migration)) in
                (places[item.element.name] ?? places.count, item.offset)
            }
            return place(first) < place(second)
        }.map(\.element)
    }

    /// The one tenant of an embedded installation.
    package static let embeddedTenant = TenantID(high: 0x0000_0000_0000_7000, low: 0x8000_0000_0000_0001)

    /// Opens the database and brings its schema up to date.
    ///
    /// - Parameter freeSpace: tells the bytes that are free; without, the disk of the data directory is asked.
    /// - Throws: `Problem` naming the key of the configuration that is at fault.
    package init(
        _ configuration: Configuration, logger: Logger, freeSpace: (@Sendable () throws -> Int64)? = nil
    ) async throws {
        self.configuration = configuration
        self.logger = logger
        dataDirectory = URL(filePath: configuration.data.directory).standardizedFileURL.path(
            percentEncoded: false
        )
        .trimmingSuffix("/")
        do {
            try FileManager.default.createDirectory(atPath: dataDirectory, withIntermediateDirectories: true)
        } catch {
            throw Problem(
                .unavailable, "The data directory \(configuration.data.directory) cannot be made",
                cause: error,
                details: ["field": "data.directory"])
        }
        try Restore.refuseUnfinished(dataDirectory)
        disk = DiskWatch(
            try DiskMarks(configuration.disk), logger: logger,
            read: freeSpace ?? DiskWatch.freeSpace(of: dataDirectory))
        if configuration.data.postgres.isEmpty {
            database = try SQLiteDatabase(path: dataDirectory + "/" + Store.file)
        } else {
            database = PostgresDatabase(configuration.data.postgres, backupFolder: dataDirectory)
        }
        try await Self.migrate(database, dataDirectory)
        tenant = Self.embeddedTenant
        directory = DirectoryFeature(
            database.tenant(tenant), ids: ids, limits: try Self.limits(configuration.session))
        vault = try await Vault(
            database.tenant(tenant), ids: ids,
            keysAt: MasterKeys.place(configured: configuration.keys.file, dataDirectory: dataDirectory),
            at: Self.clock())
        if let complaint = vault.complaint { logger.error("\(complaint)") }
        interactions = InteractionsFeature(
            database.tenant(tenant), centre: directory, dataDirectory: dataDirectory, vault: vault,
            seals: configuration.keys.sealRecordings, ids: ids, now: Self.clock, logger: logger)
        tickets = TicketsFeature(
            database.tenant(tenant), centre: directory, interactions: interactions.lookup, ids: ids,
            now: Self.clock)
        reporting = ReportingFeature(
            database.tenant(tenant), centre: directory, zone: CentreFileReader.zone, ids: ids,
            now: Self.clock, logger: logger)
        let personalData = interactions.personalData
        privacy = PrivacyFeature(
            database.tenant(tenant), subjects: personalData, holders: [personalData, tickets.personalData],
            vault: vault, centre: directory, dataDirectory: dataDirectory,
            ledger: Self.ledger(configuration), ids: ids, now: Self.clock, logger: logger)
    }

    /// Brings the schema up to date; under the lock of the directory when it holds data, so that no command of a newer
    /// version changes the tables below a program that serves.
    private static func migrate(_ database: any Database, _ directory: String) async throws {
        let applied = try await database.applied(of: migrations).count
        guard applied > 0, applied < migrations.count else {
            try await database.migrate(migrations)
            return
        }
        let lock = try DataLock(directory)
        defer { withExtendedLifetime(lock) {} }
        try await database.migrate(migrations)
    }

    /// Takes over a centre from a file, unless it says what it said when it was taken over last: what was changed on
    /// screens since then stays.
    package func load(centreFile path: String) async throws {
        if try await directory.load(file: path, tenant: tenant, at: now()) {
            logger.notice("The centre was taken over from its file", metadata: ["file": "\(path)"])
        }
    }

    /// Takes over the measuring centre.
    package func load(_ profile: LoadProfile) async throws {
        try await directory.load(profile.centre(tenant: tenant), actor: "profile", at: now())
    }

    /// Makes a token; its text is returned once and stored nowhere.
    package func makeToken(name: String, role: String, agentNumber: String?) async throws -> String {
        guard let role = TokenRole(rawValue: role) else {
            let known = TokenRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.invalid, "The role must be one of \(known).", details: ["field": "role"])
        }
        var agent: AgentID?
        if let agentNumber {
            agent = try await directory.centre().agents.first { $0.number == agentNumber }?.id
            guard agent != nil else {
                throw Problem(.notFound, "There is no agent \(agentNumber).", details: ["field": "agent"])
            }
        }
        return try await directory.tokens.make(
            tenant: tenant, name: name, agent: agent, permissions: role.permissions, ids: ids, at: now())
    }

    /// Serves until the task is cancelled or the process is told to stop, then drains.
    ///
    /// - Parameter started: called once everything listens.
    package func serve(
        flowDirectory: String?, profile: LoadProfile? = nil,
        started: @escaping @Sendable (Reach) async -> Void
    ) async throws {
        let lock = try DataLock(dataDirectory)
        defer { withExtendedLifetime(lock) {} }
        let flows: FlowSource =
            profile != nil ? LoadProfile.flows : flowDirectory.map { .files(directory: $0) } ?? .published
        ProcessLimits.raiseOpenFiles()
        let sip = try HostPort(configuration.sip.listen, field: "sip.listen")
        let http = try HostPort(configuration.http.listen, field: "http.listen")
        let advertised = Advertised(configuration, sipHost: sip.host)
        say(advertised.warnings)
        let relay = try Relay(configuration.relay)
        let relays: RelaySource = { [now] person in relay.servers(for: person, at: now()) }
        let signalling = try signallingSettings(sip, advertised)
        let speech = try PromptCache(
            directory: dataDirectory + "/speech",
            synthesizer: EspeakSynthesizer(settings: speechSettings, logger: logger), now: now)
        let routing = try await RoutingFeature(
            .init(
                database: database.tenant(tenant), ledger: interactions.ledger, centre: directory,
                speech: speech,
                ids: ids, logger: logger),
            places: .init(
                sip: signalling, media: mediaSettings(advertised), dataDirectory: dataDirectory, flows: flows)
        )
        var routes = routing.routes(relays: relays)
        let ownTokens = OwnTokens(tokens: directory.tokens, tenant: tenant)
        routes.add(
            OperationRoutes(
                routing: routing, database: database.tenant(tenant), speech: speech, disk: disk,
                tokens: ownTokens, now: now
            ).routes)
        routes.add(interactions.routes { await routing.careChanged($0, $1) })
        routes.add(tickets.routes)
        routes.add(privacy.routes)
        let figures = reporting.serving(live: routing, messenger: try CurlMessenger(messages))
        routes.add(figures.routes)
        routes.add(
            directory.routes(
                relays: relays, objections: { try await routing.objections(to: $0) },
                changed: { try await routing.centreChanged() }))
        RouteDeclarations.complete(&routes)
        let lost = routing.lostInCrash
        let (sipPort, table) = (routing.sipPort, routes.table)
        let site = try await WebSite(
            configuration.http, dataDirectory: dataDirectory, logger: logger)
        var settings = WebSettings(now: now)
        settings.hosts = site.hosts
        settings.zone = {
            let name = try await directory.centre().zone
            guard let zone = CentreFileReader.zone(name) else {
                throw Problem(.internal, "The system does not know the centre's zone '\(name)'.")
            }
            return zone
        }
        let server = WebServer(
            host: http.host, port: http.port, routes: routes,
            parts: .init(
                authenticator: ownTokens,
                sessions: directory.sessions, auditor: directory.readAuditor, files: site.files,
                secure: site.secure),
            settings: settings, logger: logger,
            onBound: { bound in
                await started(
                    Reach(
                        sipHost: advertised.sip ?? sip.host, sipPort: sipPort, httpPort: bound.http,
                        httpsHost: site.secure?.host ?? "", httpsPort: bound.https,
                        warnings: advertised.warnings,
                        lostInCrash: lost, routes: table))
            })
        try await directory.sweepSessions()
        try await carry(server, routing, figures, profile)
    }

    /// Carries calls and answers requests until the program is to stop, then drains.
    private func carry(
        _ server: WebServer, _ routing: RoutingFeature, _ figures: ReportingFeature.Serving,
        _ profile: LoadProfile?
    ) async throws {
        let calls = Task { await routing.run() }
        // Ended below, whatever happens.
        let counting = Task { await figures.run() }
        defer { counting.cancel() }
        let keeping = Task {
            await withTaskGroup(of: Void.self) { [interactions, privacy, database, logger] group in
                group.addTask { await interactions.run() }
                group.addTask { await privacy.run() }
                group.addTask { await Self.analyse(database, logger) }
            }
        }
        defer { keeping.cancel() }
        // Cancelled below, when the last call has ended.
        let watching = Task { await disk.run { try await routing.take($0) } }
        defer { watching.cancel() }
        do {
            try await profile?.signIn(routing)
            try await server.run()
        } catch {
            await routing.drain(for: .zero)
            await calls.value
            throw error
        }
        logger.notice("Stopping; standing calls may go on for a while")
        await routing.drain(for: Self.drainPatience)
        await calls.value
    }

    /// Keeps the planner of the database informed: soon after the start, and every few hours.
    private static func analyse(_ database: any Database, _ logger: Logger) async {
        var pause = Duration.seconds(60)
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: pause)
                try await database.analyse()
            } catch is CancellationError {
                return
            } catch {
                logger.warning("The database could not be analysed", metadata: ["error": "\(error)"])
            }
            pause = .seconds(4 * 3_600)
        }
    }

    /// What may be done next with the centre that is loaded, as text for a terminal; it holds the passwords of two
    /// phones, so it is for the demonstration only.
    ///
    /// - Parameters:
    ///   - program: how the program is called.
    ///   - place: the options that name this installation.
    package func firstSteps(_ reach: Reach, program: String, place: String) async throws -> String {
        FirstSteps(centre: try await directory.centre(), reach: reach, program: program, place: place).text
    }

    /// Signs out whoever has the number (工号) and gives a password that has to be changed; it is returned once.
    package func resetPassword(number: String) async throws -> String {
        try await directory.accounts.reset(number: number, actor: "system", address: "", at: now()).password
    }

    /// Whether the audit is whole: `intact <entries> <hash>` or `broken at <number>`.
    package func auditVerdict() async throws -> String { try await directory.auditVerdict() }

    private static func limits(_ session: Configuration.Session) throws -> SessionLimits {
        guard (1...1_440).contains(session.idleMinutes), (1...168).contains(session.mostHours) else {
            throw Problem(
                .invalid, "session.idle_minutes is from 1 to 1440, session.most_hours from 1 to 168",
                details: ["field": "session.idle_minutes"])
        }
        var limits = SessionLimits()
        limits.idle = .minutes(Int64(session.idleMinutes))
        limits.most = .hours(Int64(session.mostHours))
        return limits
    }

    private var messages: CurlMessenger.Settings {
        var settings = CurlMessenger.Settings()
        settings.mailURL = configuration.mail.url
        settings.mailFrom = configuration.mail.from
        settings.mailUser = configuration.mail.username
        settings.mailPassword = configuration.mail.password
        settings.textURL = configuration.sms.url
        settings.textToken = configuration.sms.token
        return settings
    }

    private var speechSettings: EspeakSynthesizer.Settings {
        var settings = EspeakSynthesizer.Settings()
        settings.program = configuration.speech.program
        settings.speed = configuration.speech.wordsPerMinute
        return settings
    }

    private func say(_ warnings: [String]) {
        for warning in warnings {
            logger.notice("Look at the addresses", metadata: ["address.warning": "\(warning)"])
        }
    }

    private func signallingSettings(
        _ sip: HostPort, _ advertised: Advertised
    ) throws -> SignallingService.Settings {
        var signalling = SignallingService.Settings(
            host: sip.host, port: sip.port, advertisedHost: advertised.sip)
        try signalling.setDigest(configuration.sip.digest, field: "sip.digest")
        return signalling
    }

    private func mediaSettings(_ advertised: Advertised) throws -> MediaSettings {
        let rtp = configuration.rtp
        guard let first = UInt16(exactly: rtp.firstPort), let last = UInt16(exactly: rtp.lastPort),
            first < last
        else {
            throw Problem(
                .invalid, "rtp.first_port must be below rtp.last_port, both from 1024 to 65535",
                details: ["field": "rtp.first_port"])
        }
        var settings = MediaSettings()
        settings.bindAddress = rtp.address
        settings.advertisedAddress = advertised.audio
        settings.ownAddresses = advertised.own
        settings.ports = first...last
        settings.workers =
            rtp.workers > 0 ? rtp.workers : max(1, ProcessInfo.processInfo.activeProcessorCount)
        return settings
    }

    private static let clock: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
    private func now() -> Timestamp { Self.clock() }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        count > suffix.count && hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
