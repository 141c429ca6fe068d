import Foundation
package import Kernel
package import Storage
import Synchronization

/// Names a `KeyID`.
package enum NamedKey {}
/// The key of a customer.
package typealias KeyID = ID<NamedKey>

/// Whose key it is.
package enum KeyOwner: Hashable, Sendable {
    /// A customer, by canonical number.
    case number(String)
    /// A contact whose number was withheld.
    case contact(InteractionID)

    fileprivate var text: String {
        switch self {
        case .number(let number): number
        case .contact(let id): "contact:\(id)"
        }
    }
}

/// Keys of customers (decisions 5 and 10): each of whom has one, sealed under the master key in a row of its own. What is
/// sealed under it cannot be read any more when the row is gone; backups that were made before hold the row too.
package struct Vault: Sendable {
    package static let migrations = [
        Migration(
            feature: "vault", number: 1,
            statements: [
                """
                create table customer_key (
                    tenant_id text not null, id text not null, owner text not null, wrapped text not null,
                    master text not null, made_at bigint not null, primary key (tenant_id, id),
                    unique (tenant_id, owner))
                """
            ] + Migration.tenantLock("customer_key"))
    ]
    /// Whose the key is by which numbers are marked.
    private static let index = "index"

    private let database: TenantDatabase
    private let ids: IDSource
    private let master: Master
    private var tenant: TenantID { database.tenant }

    /// Shared by the copies, since a rotation replaces the keys for all of them; none while the file is missing.
    private final class Master: Sendable {
        let keys: Mutex<MasterKeys?>
        init(_ keys: MasterKeys?) { self.keys = Mutex(keys) }
    }

    /// What is wrong with the master keys: the vault opens nothing that was sealed under a missing one, and the rest of
    /// the product goes on. `nil` when all is well.
    package let complaint: Problem?

    /// Opens the vault of a tenant. The file of master keys is made when there is none and nothing was sealed yet.
    ///
    /// - Throws: `Problem` for a new file that cannot be written.
    package init(_ database: TenantDatabase, ids: IDSource, keysAt path: String, at now: Timestamp)
        async throws
    {
        let wanted = try await Self.wanted(database)
        var keys: MasterKeys?
        var fault: Problem?
        if FileManager.default.fileExists(atPath: path) {
            // A file that cannot be read or understood stops no call.
            do { keys = try MasterKeys(path: path) } catch let problem as Problem { fault = problem }
        } else if wanted.isEmpty {
            keys = try MasterKeys(makingNew: path)
        }
        complaint = fault ?? Self.complaint(wanted, keys, path)
        self.database = database
        self.ids = ids
        master = Master(keys)
        if wanted.isEmpty, keys != nil {
            // Made at once, so that every backup has it.
            try await database.write { [self] tx in _ = try key(owner: Self.index, at: now, in: tx) }
        }
    }

    /// What is wrong with the master keys of an installation; makes no file. `nil` when all is well.
    package static func complaint(_ database: TenantDatabase, keysAt path: String) async throws -> Problem? {
        let wanted = try await wanted(database)
        let isThere = FileManager.default.fileExists(atPath: path)
        return complaint(wanted, isThere ? try MasterKeys(path: path) : nil, path)
    }

    private static func complaint(_ wanted: [String], _ keys: MasterKeys?, _ path: String) -> Problem? {
        let missing = wanted.filter { keys?.key($0) == nil }
        return missing.isEmpty ? nil : Self.missing(missing, path)
    }

    /// The fingerprints under which something is sealed.
    private static func wanted(_ database: TenantDatabase) async throws -> [String] {
        try await database.read { [tenant = database.tenant] tx in
            try tx.rows("select distinct master from customer_key where tenant_id = \(tenant)").map {
                try $0.text("master")
            }
        }
    }

    private static func missing(_ wanted: [String], _ path: String) -> Problem {
        Problem(
            .unavailable,
            "The master key \(wanted.sorted().joined(separator: ", ")) is not in \(path). Put its file back, or name it in "
                + "[keys] file; until then recordings that were sealed under it cannot be opened.",
            details: ["reason": "key.missing", "field": "keys.file"])
    }

    /// Which master key is in use; `nil` while its file is missing.
    package var fingerprint: String? { master.keys.withLock { $0?.current.fingerprint } }

    private func keys() throws -> MasterKeys {
        guard let keys = master.keys.withLock({ $0 }) else { throw complaint ?? Self.missing([], "") }
        return keys
    }

    /// The key of a customer, made when there is none.
    package func key(
        of owner: KeyOwner, at now: Timestamp, in transaction: any Transaction
    ) throws -> (id: KeyID, key: SecretKey) {
        try key(owner: owner.text, at: now, in: transaction)
    }

    private func key(
        owner: String, at now: Timestamp, in tx: any Transaction
    ) throws -> (id: KeyID, key: SecretKey) {
        let found = try tx.row(
            """
            select id, wrapped, master from customer_key where tenant_id = \(tenant) and owner = \(owner)
            """)
        if let found { return (try found.id("id"), try unwrapped(found)) }
        let id = ids.next(KeyID.self)
        let key = SecretKey()
        let master = try keys().current
        let wrapped = master.seal(key.bytes, context: Self.context(tenant, id))
        try tx.execute(
            """
            insert into customer_key (tenant_id, id, owner, wrapped, master, made_at)
            values (\(tenant), \(id), \(owner), \(Hexadecimal.text(wrapped)), \(master.fingerprint), \(now))
            """)
        return (id, key)
    }

    /// The key with an id; `nil` when it was destroyed.
    package func key(_ id: KeyID, in transaction: any Transaction) throws -> SecretKey? {
        try transaction.row(
            """
            select id, wrapped, master from customer_key where tenant_id = \(tenant) and id = \(id)
            """
        ).map(unwrapped)
    }

    /// Destroys keys: what was sealed under them cannot be opened any more.
    ///
    /// - Returns: how many there were.
    package func destroy(_ owners: [KeyOwner], in transaction: any Transaction) throws -> Int {
        try owners.chunks(of: 500).reduce(0) { count, owners in
            try count
                + transaction.execute(
                    """
                    delete from customer_key
                    where tenant_id = \(tenant) and owner in (\(list: owners.map(\.text)))
                    """)
        }
    }

    /// How many keys there are of these owners.
    package func count(_ owners: [KeyOwner], in transaction: any Transaction) throws -> Int {
        try owners.chunks(of: 500).reduce(0) { count, owners in
            let row = try transaction.row(
                """
                select count(*) as n from customer_key
                where tenant_id = \(tenant) and owner in (\(list: owners.map(\.text)))
                """)
            return count + Int(try row?.int("n") ?? 0)
        }
    }

    /// Takes the numbers from keys whose owners are not known any more. What was sealed under the keys can still be opened.
    package func disown(_ numbers: [String], in transaction: any Transaction) throws {
        for page in numbers.chunks(of: 500) {
            try transaction.execute(
                """
                update customer_key set owner = 'former:' || id
                where tenant_id = \(tenant) and owner in (\(list: Array(page)))
                """)
        }
    }

    /// What a number is known by after it was erased: whoever has the number can find out, and nobody else.
    package func mark(of number: String, in transaction: any Transaction) throws -> String {
        let index = try transaction.row(
            "select id, wrapped, master from customer_key where tenant_id = \(tenant) and owner = \(Self.index)"
        )
        guard let index else {
            throw Problem(.internal, "The key by which numbers are marked is gone.")
        }
        return "hmac-sha256:" + Hexadecimal.text(try unwrapped(index).mark(of: number))
    }

    /// Seals every key under a new master key, in one transaction, and forgets the former one.
    ///
    /// Beside no running program, which would go on with the former one. A crash at any moment leaves a file that opens
    /// every row.
    ///
    /// - Returns: how many keys were sealed anew, and the new master key's fingerprint.
    package func rotate() async throws -> (keys: Int, fingerprint: String) {
        var keys = try keys()
        try keys.addNew()
        let both = keys
        master.keys.withLock { $0 = both }
        let count = try await database.write { [self] tx in
            let rows = try tx.rows(
                "select id, wrapped, master from customer_key where tenant_id = \(tenant) order by id")
            for row in rows {
                let id: KeyID = try row.id("id")
                let wrapped = both.current.seal(try unwrapped(row).bytes, context: Self.context(tenant, id))
                try tx.execute(
                    """
                    update customer_key set wrapped = \(Hexadecimal.text(wrapped)),
                        master = \(both.current.fingerprint)
                    where tenant_id = \(tenant) and id = \(id)
                    """)
            }
            return rows.count
        }
        try keys.forgetFormer()
        let last = keys
        master.keys.withLock { $0 = last }
        return (count, last.current.fingerprint)
    }

    private func unwrapped(_ row: SQLRow) throws -> SecretKey {
        let id: KeyID = try row.id("id")
        let fingerprint = try row.text("master")
        guard let master = try keys().key(fingerprint) else {
            throw Self.missing([fingerprint], try keys().path)
        }
        guard let wrapped = Hexadecimal.bytes(try row.text("wrapped")),
            let key = SecretKey(try master.open(wrapped, context: Self.context(tenant, id)))
        else { throw Problem(.internal, "The key \(id) cannot be read.") }
        return key
    }

    private static func context(_ tenant: TenantID, _ id: KeyID) -> String { "customer_key \(tenant) \(id)" }
}
