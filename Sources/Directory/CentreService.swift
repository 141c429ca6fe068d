import Contracts
import Kernel
import Storage

/// Changes the centre: reads the newest version, changes it, asks whether that would harm anybody, keeps it as the next
/// version with its audit, and tells who depends on it.
struct CentreService: Sendable {
    /// Who asks, for the version and the audit.
    struct Asker: Sendable {
        /// As versions name it: a person's number, a token's name, `file`.
        var name: String
        /// As the audit names it.
        var actor: String
        var address: String
    }
    /// What is said in the audit about a change.
    struct Deed: Sendable {
        var action: String
        var kind: String
        var object: String
        var details: [String: String] = [:]
    }
    /// What a change came to.
    struct Done<Value: Sendable>: Sendable {
        var version: Int
        var value: Value
    }

    /// Attempts when others change the centre at the same time.
    private static let mostAttempts = 5

    let store: CentreStore
    let ids: IDSource
    let now: @Sendable () -> Timestamp
    /// What would be harmed by a centre: places outside the directory that name what it no longer has.
    let objections: @Sendable (Centre) async throws -> [String]
    /// Is called after each change was committed.
    let changed: @Sendable () async throws -> Void

    /// An id for something new.
    func newID<Kind>(of kind: Kind.Type = Kind.self) -> ID<Kind> { ids.next() }

    /// Changes rows.
    ///
    /// - Parameters:
    ///   - readAt: the version in which the changed row was read: when the row has changed since, nothing is done.
    ///   - row: which one; `nil` for the general settings.
    /// - Throws: `CentreFault`.
    func edit<Value: Sendable>(
        _ asker: Asker, readAt: Int? = nil, row: (section: CentreSection, key: String)? = nil,
        _ work: (inout CentreEditor) throws -> (Deed, Value)
    ) async throws -> Done<Value> {
        try await change(asker) { former in
            var editor = CentreEditor(former)
            if let readAt, readAt != former.version {
                let before = CentreEditor(try await store.centre(version: readAt))
                func read(_ editor: CentreEditor) -> CentreSection.Row? {
                    guard let row else { return CentreSection.Row(key: "", values: editor.general) }
                    return row.section.rows(of: editor.file).first { $0.key == row.key }
                }
                guard read(before) == read(editor) else { throw CentreFault.changedMeanwhile }
            }
            let (deed, value) = try work(&editor)
            guard let zone = CentreFileReader.zone(editor.file.tenant.zone) else {
                throw CentreFault.findings([
                    CentreProblem(
                        place: "[tenant]", key: "zone", fault: "'\(editor.file.tenant.zone)' is no time zone",
                        remedy: "use an IANA name like \"Asia/Shanghai\"")
                ])
            }
            let next = try editor.centre(zone: zone)
            let uses = try await objections(next)
            guard uses.isEmpty else { throw CentreFault.inUse(uses) }
            return (next, deed, value)
        }
    }

    /// The content of an old version becomes the newest.
    ///
    /// - Parameter newest: the version that is the newest as far as the asker knows.
    /// - Throws: `CentreFault`.
    func restore(_ version: Int, over newest: Int, _ asker: Asker) async throws -> Int {
        let old = try await store.centre(version: version)
        return try await change(asker) { former in
            guard former.version == newest else { throw CentreFault.changedMeanwhile }
            let uses = try await objections(old)
            guard uses.isEmpty else { throw CentreFault.inUse(uses) }
            let deed = Deed(
                action: "centre.restored", kind: "centre", object: String(version),
                details: ["from": String(version)])
            return (old, deed, ())
        }.version
    }

    /// Changes the centre in any way.
    func change<Value: Sendable>(
        _ asker: Asker, _ work: (Centre) async throws -> (Centre, Deed, Value)
    ) async throws -> Done<Value> {
        for attempt in 1...Self.mostAttempts {
            let former = try await store.newest()
            let (next, deed, value) = try await work(former)
            let entry = AuditEntry(
                at: now(), actor: asker.actor, action: deed.action, kind: deed.kind, object: deed.object,
                details: deed.details, address: asker.address)
            do {
                let saved = try await store.save(
                    .init(centre: next, actor: asker.name, audit: entry, base: former.version))
                if saved.version != former.version { try await changed() }
                return Done(version: saved.version, value: value)
            } catch CentreFault.changedMeanwhile where attempt < Self.mostAttempts {
                continue
            }
        }
        throw CentreFault.changedMeanwhile
    }
}
