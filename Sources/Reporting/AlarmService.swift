import Channels
import Contracts
import Kernel
import Logging
import Sheets
import Storage

/// Watches figures by the centre's rules, raises alarms, and tells people until somebody acknowledges.
actor AlarmService {
    private let store: AlarmStore
    private let settings: FigureSettingStore
    private let centre: any CentreSource
    let messenger: any Messenger
    private let ids: IDSource
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    private var watch = AlarmWatch()
    private var rules: [AlarmRule]?
    /// Acknowledged by this program, the newest few.
    private var acknowledged: [AlarmID: Timestamp] = [:]
    private static let mostAcknowledged = 1_000
    /// One notice that is still to be sent.
    private struct Telling {
        var alarm: Alarm
        var channel: AlarmRule.Channel
        var recipient: String
    }
    /// Notices in the order in which they are sent, and how many are under way.
    private var waiting: [Telling] = []
    private var telling = 0
    private static let mostTelling = 4
    /// Behind so many a notice is only noted: whoever gets hundreds reads none.
    private static let mostWaiting = 500

    /// Who was told of open alarms.
    private(set) var told: [AlarmID: [AlarmStore.Notice]] = [:]
    /// Open alarms as screens show them, newest first.
    private(set) var shown: [Alarm] = []

    init(
        _ store: AlarmStore, settings: FigureSettingStore, centre: any CentreSource,
        messenger: any Messenger, ids: IDSource, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.settings = settings
        self.centre = centre
        self.messenger = messenger
        self.ids = ids
        self.logger = logger
        self.now = now
    }

    func currentRules() async throws -> AlarmRules {
        try await settings.document(.alarmRules, as: AlarmRules.self) ?? AlarmRules()
    }

    func change(_ new: AlarmRules, by deed: FigureSettingStore.Deed) async throws -> AlarmRules {
        let queues = Set(try await centre.centre().queues.map(\.key))
        guard new.items.count <= AlarmRules.most else {
            throw FigureSettings.fault("items", "There may be at most \(AlarmRules.most) rules.")
        }
        var next = new
        for (index, rule) in new.items.enumerated() {
            try rule.check(at: "items[\(index)]", queues: queues)
            if rule.id == nil { next.items[index].id = ids.next() }
        }
        guard Set(next.items.map(\.id)).count == next.items.count else {
            throw FigureSettings.fault("items", "Two rules have the same id.")
        }
        next.version = try FigureSettings.next(new.version)
        try await settings.keep(.alarmRules, next, version: next.version, by: deed, at: now())
        rules = next.items
        return next
    }

    /// Looks at a sample once. Called by one loop alone.
    func look(at sample: AlarmWatch.Sample) async throws {
        if rules == nil {
            let (open, read) = (try await store.open(), try await currentRules().items)
            told = try await store.notices(of: open.map(\.id))
            watch = AlarmWatch(open: open)
            // What was acknowledged or changed while these were read holds.
            for (id, at) in acknowledged { watch.acknowledge(id, at: at) }
            rules = rules ?? read
        }
        let changes = watch.take(sample, rules: rules ?? [], at: now()) { ids.next() }
        do {
            for change in changes { try await carryOut(change) }
        } catch {
            // What was not written did not happen: rules and open alarms are read again.
            rules = nil
            throw error
        }
        let open = Set(watch.open.values.map(\.id))
        told = told.filter { open.contains($0.key) }
        shown = watch.open.values.sorted { $0.id > $1.id }
    }

    private func carryOut(_ change: AlarmWatch.Change) async throws {
        switch change {
        case .raised(let alarm): try await store.add(alarm, event: ids.next())
        case .cleared(let id): try await store.clear(id, event: ids.next(), at: now())
        case .told(let id, let step, let number):
            // Noted first: after a crash in between nobody is told twice, and the list shows who was not.
            try await store.took(step: number, of: id)
            guard let alarm = watch.open.values.first(where: { $0.id == id }) else { return }
            let recipients = step.channel == .screen ? [""] : step.to
            waiting += recipients.map { Telling(alarm: alarm, channel: step.channel, recipient: $0) }
            tellWaiting()
        }
    }

    /// Starts what may be told at the same time; a slow gateway must hold up neither the watch nor the machine.
    private func tellWaiting() {
        while telling < Self.mostTelling, !waiting.isEmpty {
            let next = waiting.removeFirst()
            telling += 1
            // Ends by itself at the messenger's deadline.
            Task {
                await tell(next, isLate: waiting.count >= Self.mostWaiting)
                telling -= 1
                tellWaiting()
            }
        }
    }

    /// - Parameter isLate: whether so many wait that this one is only noted.
    private func tell(_ next: Telling, isLate: Bool) async {
        var notice = AlarmStore.Notice(
            at: now(), channel: next.channel.rawValue, recipient: next.recipient, error: nil)
        do {
            if isLate { throw Problem(.exhausted, "Too many notices wait for the gateway.") }
            try await send(next.alarm, by: next.channel, to: next.recipient)
        } catch {
            notice.error = String(((error as? Problem)?.message ?? "\(error)").prefix(300))
            logger.warning(
                "An alarm could not be told", metadata: ["alarm.channel": "\(next.channel.rawValue)"])
        }
        told[next.alarm.id, default: []].append(notice)
        do { try await store.note(notice, id: ids.next(), of: next.alarm.id) } catch {
            logger.error("A notice of an alarm was not kept", metadata: ["error": "\(error)"])
        }
    }

    private func send(_ alarm: Alarm, by channel: AlarmRule.Channel, to recipient: String) async throws {
        let place = alarm.queue.map { " (\($0))" } ?? ""
        let text =
            "Hotline: \(alarm.name)\(place) – \(alarm.figure) \(SheetNumber.text(alarm.value, decimals: 1)), "
            + "\(alarm.comparison.rawValue) \(SheetNumber.text(alarm.threshold, decimals: 1))"
        switch channel {
        case .screen: break
        case .sms: try await messenger.send(text: text, to: recipient)
        case .email:
            try await messenger.send(
                Mail(
                    to: [recipient], subject: "[\(alarm.severity.rawValue)] \(alarm.name)", text: text,
                    at: now()))
        }
    }

    /// Notes that somebody looks after it. Twice: the first holds.
    func acknowledge(
        _ id: AlarmID, by person: AgentID?, note: String?, deed: FigureSettingStore.Deed
    ) async throws -> Alarm {
        if let note, note.count > 500 {
            throw FigureSettings.fault("note", "A note has at most 500 characters.")
        }
        guard try await store.alarm(id) != nil else {
            throw Problem(.notFound, "There is no alarm \(id).", details: ["field": "id"])
        }
        let at = now()
        if try await store.acknowledge(id, by: person, note: note, deed: deed, event: ids.next(), at: at) {
            watch.acknowledge(id, at: at)
            if acknowledged.count >= Self.mostAcknowledged { acknowledged.removeAll() }
            acknowledged[id] = at
            shown = watch.open.values.sorted { $0.id > $1.id }
        }
        guard let alarm = try await store.alarm(id) else {
            throw Problem(.notFound, "There is no alarm \(id).", details: ["field": "id"])
        }
        return alarm
    }

    func list(openOnly: Bool, after position: String?, limit: Int) async throws -> [Alarm] {
        try await store.all(openOnly: openOnly, after: position, limit: limit)
    }

    func notices(of alarms: [Alarm]) async throws -> [AlarmID: [AlarmStore.Notice]] {
        try await store.notices(of: alarms.map(\.id))
    }
}
