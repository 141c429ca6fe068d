package import Kernel
package import Storage

/// Classes by which personal data are kept and deleted (decision 10).
package enum PersonalClass: String, Codable, CaseIterable, Hashable, Sendable {
    /// Numbers of customers, and what is remembered of them.
    case identity
    /// What was said.
    case recording
    /// What somebody wrote down.
    case freeText
}

/// A person who dealt with the centre, or contacts of anybody: whose data are looked for.
package struct DataSubject: Hashable, Sendable {
    /// The canonical number; `nil` for the contacts alone.
    package var number: String?
    package var contacts: [InteractionID]
    package init(number: String? = nil, contacts: [InteractionID]) {
        self.number = number
        self.contacts = contacts
    }
}

/// How much of one kind a feature holds.
package struct Holding: Codable, Hashable, Sendable {
    package var dataClass: PersonalClass
    /// The word of the API for the thing: `party`, `care`, `recording`, `notes`, `ticket`.
    package var kind: String
    package var items: Int
    /// Of files; 0 for rows.
    package var bytes: Int64
    package init(_ dataClass: PersonalClass, _ kind: String, items: Int, bytes: Int64 = 0) {
        self.dataClass = dataClass
        self.kind = kind
        self.items = items
        self.bytes = bytes
    }
}

/// A file of an export: what is known of somebody, in a form that programs read.
package struct PersonalRecord: Sendable {
    /// Where it stands in the archive: `interactions.json`, `recordings/…/customer.wav`.
    package var name: String
    /// About how long it is.
    package var bytes: Int64
    /// Its content; blocks on the disk for recordings.
    package var content: @Sendable () throws -> [UInt8]
    package init(name: String, bytes: Int64, content: @escaping @Sendable () throws -> [UInt8]) {
        self.name = name
        self.bytes = bytes
        self.content = content
    }
}

/// What was taken away in a transaction, and what has to follow it.
package struct ErasedData: Sendable {
    package var holdings: [Holding] = []
    /// Files of the data directory that go once it is committed: every name that begins so.
    package var files: [String] = []
    /// Numbers that nothing refers to any more.
    package var numbers: [String] = []
    package init() {}

    /// Both together.
    package mutating func add(_ other: ErasedData) {
        for holding in other.holdings where holding.items > 0 {
            let place = holdings.firstIndex { $0.dataClass == holding.dataClass && $0.kind == holding.kind }
            if let place {
                holdings[place].items += holding.items
                holdings[place].bytes += holding.bytes
            } else {
                holdings.append(holding)
            }
        }
        files += other.files
        numbers += other.numbers
    }
}

/// A feature that holds personal data of customers. What is erased is gone from its rows; events, figures and the audit
/// know ids alone and stay as they are (decision 5).
package protocol PersonalDataHolder: Sendable {
    /// How much there is; kinds of which there is nothing are left out.
    func holdings(of subject: DataSubject, in transaction: any Transaction) throws -> [Holding]
    /// Everything that there is, to be handed to the person.
    func records(of subject: DataSubject, in transaction: any Transaction) throws -> [PersonalRecord]
    /// Why the person's data cannot be erased yet; `nil` when they can.
    func obstacle(toErasing subject: DataSubject, in transaction: any Transaction) throws -> Problem?
    /// Takes away what belongs to some classes.
    func erase(
        _ classes: Set<PersonalClass>, of subject: DataSubject, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> ErasedData
    /// Contacts with data of a class from before a moment, oldest first.
    ///
    /// - Parameter contact: the last one of the page before.
    func expired(
        _ dataClass: PersonalClass, before moment: Timestamp, after contact: InteractionID?, limit: Int,
        in transaction: any Transaction
    ) throws -> [InteractionID]
}

/// What the record of contacts says of a person.
package struct SubjectContacts: Sendable {
    /// Oldest first.
    package var contacts: [InteractionID]
    /// How many have not ended.
    package var open: Int
    package var firstAt: Timestamp?
    package var lastAt: Timestamp?
    package init(contacts: [InteractionID], open: Int, firstAt: Timestamp?, lastAt: Timestamp?) {
        self.contacts = contacts
        self.open = open
        self.firstAt = firstAt
        self.lastAt = lastAt
    }
}

/// Who knows which contacts a person had.
package protocol SubjectDirectory: Sendable {
    /// The contacts of a canonical number.
    func contacts(of number: String, in transaction: any Transaction) throws -> SubjectContacts
    /// Every number there is, in pages: those after one, in order.
    func numbers(after number: String, limit: Int, in transaction: any Transaction) throws -> [String]
}
