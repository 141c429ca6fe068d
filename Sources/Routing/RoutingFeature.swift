import CallEngine
package import Contracts
import FlowEngine
import Foundation
package import Kernel
package import Logging
package import Media
import RoutingEngine
import SignallingEngine
package import Speech
package import Storage
package import Telephony
package import Web

/// Routing: who gets which call and when, and the telephone around it.
///
/// A call comes in by SIP, the desk takes it (`RoutingDesk`), a published flow speaks to the caller, the routing
/// engine finds an agent, the switchboard makes the agent's phone ring and joins the two, and everything that
/// happened stands in the journal and the event log before it has any effect.
package struct RoutingFeature: Sendable {
    /// What the feature needs from outside, wired by hand in `App`.
    package struct Dependencies: Sendable {
        package var database: TenantDatabase
        package var ledger: any InteractionLedger
        package var centre: any CentreSource
        package var speech: PromptCache
        package var ids: IDSource
        package var logger: Logger
        package init(
            database: TenantDatabase, ledger: any InteractionLedger, centre: any CentreSource,
            speech: PromptCache,
            ids: IDSource, logger: Logger
        ) {
            self.database = database
            self.ledger = ledger
            self.centre = centre
            self.speech = speech
            self.ids = ids
            self.logger = logger
        }
    }

    /// Where the feature listens and writes.
    package struct Places: Sendable {
        package var sip: SignallingService.Settings
        package var media: MediaSettings
        /// Recordings lie in `recordings` below it; absolute.
        package var dataDirectory: String
        /// Where the numbers' flows are written; published at each start when they have changed.
        package var flows: FlowSource
        package init(
            sip: SignallingService.Settings, media: MediaSettings, dataDirectory: String,
            flows: FlowSource
        ) {
            self.sip = sip
            self.media = media
            self.dataDirectory = dataDirectory
            self.flows = flows
        }
    }

    package static let migrations = RoutingSchema.migrations + BreakSchema.migrations

    let desk: RoutingDesk
    let flows: FlowLibrary
    let prompts: PromptLibrary
    let settings: SettingsDelivery
    let database: TenantDatabase
    let centreSource: any CentreSource
    private let signalling: SignallingService
    private let media: MediaService
    private let mailbox: DeskMailbox
    private let spoken = SpokenPrompts()
    private let logger: Logger
    /// Interactions that the former run lost.
    package let lostInCrash: Int

    /// Recovers what a former run left, then listens.
    ///
    /// - Throws: `Problem(.invalid)` for a flow that cannot be published, `Problem(.unavailable)` when a port is taken.
    package init(_ dependencies: Dependencies, places: Places) async throws {
        let logger = dependencies.logger
        let centre = try await dependencies.centre.centre()
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let store = DeskStore(
            database: dependencies.database, ledger: dependencies.ledger, ids: dependencies.ids)
        let recovered = try await store.recover(at: now)
        let prompts = PromptStore(database: dependencies.database)
        let flows = FlowLibrary(
            store: FlowStore(database: dependencies.database), prompts: prompts, tenant: centre.tenant,
            report: { logger.error("A published flow cannot be used", metadata: ["flow": "\($0)"]) })
        try await flows.publish(places.flows, for: centre, at: now)
        let published = try await flows.published(for: centre)

        let mailbox = DeskMailbox()
        try await store.save(
            RecordingRepair.repaired(recovered.recordings, below: places.dataDirectory, logger: logger))
        let media = try MediaService(places.media) { mailbox.send([.media([$0])]) }
        var sip = places.sip
        sip.take(centre, bindings: recovered.bindings)
        let signalling = try await SignallingService(sip, logger: logger) { mailbox.send([.signalling($0)]) }
        let prompter = Prompter(
            speech: dependencies.speech, promptDirectory: Self.promptDirectory(places), mailbox: mailbox,
            logger: logger)
        // Never used before: a millisecond holds a million calls.
        let handles = UInt64(now.milliseconds) << 20
        let switchboard = Switchboard(
            signalling: signalling, media: media, prompter: prompter, ids: dependencies.ids,
            settings: SwitchboardSettings(
                advertisedMediaAddress: places.media.advertisedAddress,
                ownMediaAddresses: places.media.ownAddresses,
                firstHandle: handles + UInt64(recovered.dialogs.count), dataDirectory: places.dataDirectory),
            centre: centre, bindings: recovered.bindings, spoken: spoken, logger: logger)
        let kinds = try await store.phoneKinds()
        switchboard.phoneKinds = kinds
        let initial = CentreSettings.callSettings(centre, flows: published, at: now)
        let desk = RoutingDesk(
            engine: CallEngine(settings: initial, routing: recovered.routing), flows: published,
            position: recovered.position, store: store, switchboard: switchboard,
            breaks: try await BreakStore(database: dependencies.database).waiting(), logger: logger)
        self.desk = desk
        self.flows = flows
        let source = dependencies.centre
        self.settings = SettingsDelivery {
            let centre = try await source.centre()
            let published = try await flows.published(for: centre)
            try await desk.take(centre, flows: published)
            // Goes on beside the first calls, which wait for their own prompts only; ends by itself.
            Task { for flow in published.values { _ = await prompter.warm(flow) } }
        }
        self.prompts = PromptLibrary(
            store: prompts, flows: flows.store, files: PromptFiles(directory: Self.promptDirectory(places)),
            speech: dependencies.speech, settings: settings)
        // What a former run was told by telephone and did not keep is nobody's.
        self.prompts.files.clear("\(places.dataDirectory)/\(SpokenPrompts.folder)")
        self.signalling = signalling
        self.media = media
        self.mailbox = mailbox
        self.logger = logger
        database = dependencies.database
        centreSource = dependencies.centre
        lostInCrash = recovered.lost.count

        // What a former run left standing gets its BYE or CANCEL; nobody waits for the answers.
        signalling.submit(
            recovered.dialogs.enumerated().flatMap { index, dialog -> [SignallingCommand] in
                let handle = CallHandle.outbound(handles + UInt64(index))
                return [
                    .resume(handle, dialog),
                    .hangUp(handle, HangUpReason(cause: 41, text: "The platform was restarted")),
                ]
            })
        try await store.forgetDialogs()
        for flow in published.values { await warm(flow, prompter) }
        try await desk.take(centre, flows: published)
        // The browsers of a former run are gone until their pages come back.
        for agent in recovered.routing.overview(at: now).agents where kinds[agent.id] == .browser {
            _ = try await desk.order(.routing(.agentVanished(agent.id)))
        }
    }

    /// Publishes the flows of a centre's numbers before anything is served.
    ///
    /// - Throws: `Problem(.invalid)` naming the flow, the node and the remedy.
    package static func publish(
        _ flows: FlowSource, for centre: Centre, in database: TenantDatabase, logger: Logger,
        at now: Timestamp
    ) async throws {
        let library = FlowLibrary(
            store: FlowStore(database: database), prompts: PromptStore(database: database),
            tenant: centre.tenant,
            report: { logger.error("A published flow cannot be used", metadata: ["flow": "\($0)"]) })
        try await library.publish(flows, for: centre, at: now)
    }

    private static func promptDirectory(_ places: Places) -> String { places.dataDirectory + "/prompts" }

    private func warm(_ flow: Flow, _ prompter: Prompter) async {
        // Goes on beside the first calls, which wait for their own prompts only; ends by itself.
        let logger = logger
        Task {
            let count = await prompter.warm(flow)
            logger.notice(
                "Prompts are ready", metadata: ["flow.name": "\(flow.name)", "prompt.count": "\(count)"])
        }
    }

    /// The routes of agents and screens. `relays` is asked whenever a call page is opened.
    package func routes(relays: @escaping RelaySource) -> Routes {
        var routes = Routes()
        AgentRoutes(desk: desk).add(to: &routes)
        LiveRoutes(desk: desk, database: database).add(to: &routes)
        DeskRoutes(desk: desk).add(to: &routes)
        WebCallRoutes(desk: desk, relays: relays).add(to: &routes)
        BreakRoutes(desk: desk).add(to: &routes)
        let service = FlowService(
            store: flows.store, library: flows, centre: centreSource, settings: settings)
        FlowRoutes(service: service, now: { WallClock.now }).add(to: &routes)
        TestCallRoutes(service: service, desk: desk).add(to: &routes)
        PromptRoutes(library: prompts, desk: desk, centre: centreSource, now: { WallClock.now })
            .add(to: &routes)
        return routes
    }

    /// How the telephone side is, for the component inventory.
    package struct Condition: Sendable {
        package var calls: Int
        /// New calls are taken: the store can be written and not too much waits.
        package var takesCalls: Bool
        package var freeAudioPorts: Int
        /// Flows that are published, of those that numbers name.
        package var flows: Int
        package var flowsNamed: Int
    }

    package func condition() async -> Condition {
        let centre = await desk.centre()
        let named = Set(centre.numbers.map(\.flow)).count
        let published: Int
        do { published = try await flows.published(for: centre).count } catch {
            logger.error("The published flows cannot be read", metadata: ["error": "\(error)"])
            published = 0
        }
        let (calls, takesCalls) = await desk.condition()
        return Condition(
            calls: calls, takesCalls: takesCalls, freeAudioPorts: media.freePorts, flows: published,
            flowsNamed: named)
    }

    /// Where SIP is listened for.
    package var sipPort: Int { signalling.port }

    /// Signs an agent in, ready, as the API would. `run` must be running.
    ///
    /// - Throws: `Problem` saying why it was refused.
    package func signIn(_ agent: AgentID, at seat: SeatID) async throws {
        for input in [RoutingInput.agentSignedIn(agent, seat), .presenceChosen(agent, .ready)] {
            if let refusal = try await desk.order(.routing(input)) { throw refusal.problem }
        }
    }

    /// Carries calls until it is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await mailbox.deliver(to: desk) }
            group.addTask { await keepSpokenPrompts() }
            group.addTask {
                // Ends when `run` is cancelled or the mailbox is closed.
                while (try? await Task.sleep(for: Self.queueNews)) != nil { await desk.publishQueues() }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Takes what is spoken into telephones into the library, until it is cancelled.
    private func keepSpokenPrompts() async {
        for await one in spoken.stream {
            do { try await prompts.keep(one, at: WallClock.now) } catch {
                logger.error(
                    "A prompt that was spoken into a telephone could not be kept",
                    metadata: ["prompt.key": "\(one.right.key)", "error": "\(error)"])
            }
        }
    }

    /// How often screens are told of lines that have grown or shrunk.
    private static let queueNews = Duration.seconds(2)

    /// Takes no new calls, waits for the standing ones as long as it is given, ends the rest and stops.
    package func drain(for patience: Duration) async {
        _ = try? await desk.order(.drainingStarted)
        await desk.closePhoneCodes()
        await desk.waitUntilEmpty(for: patience)
        await desk.endAllCalls()
        await desk.endPromptCalls()
        await desk.stop()
        await signalling.stop()
        media.stop()
        mailbox.close()
    }

    /// Something else is known about the caller of a contact: the agent's screen shows it.
    package func careChanged(_ id: InteractionID, _ care: CallerCare) async {
        await desk.note(care, of: id)
    }

    /// The centre was changed: takes the new settings without touching standing calls.
    package func centreChanged() async throws {
        try await settings.deliver()
        let centre = try await centreSource.centre()
        signalling.take(users: centre.users, policy: centre.policy)
    }
}

extension Centre {
    /// From where calls may come.
    var policy: TrunkPolicy {
        TrunkPolicy(
            rules: trunks.flatMap { trunk in
                trunk.sources.compactMap { TrunkPolicy.Rule(trunk: trunk.name, network: $0) }
            })
    }

    /// The phones that may register.
    var users: [String: Digest.Secret] {
        var users: [String: Digest.Secret] = [:]
        for seat in seats {
            if case .registered(let user, let password) = seat.phone { users[user] = .password(password) }
        }
        return users
    }
}

extension SignallingService.Settings {
    /// Who may call and which phones exist, as the centre says.
    fileprivate mutating func take(_ centre: Centre, bindings: [(user: String, binding: Binding)]) {
        policy = centre.policy
        users = centre.users
        self.bindings = bindings
    }
}
