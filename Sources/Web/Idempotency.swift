package import Kernel

/// Which repeated request it is: a key counts per tenant, principal and route.
package struct IdempotencyKey: Hashable, Sendable {
    package var tenant: TenantID
    package var principal: String
    /// Method and path.
    package var route: String
    /// What the client sent as `Idempotency-Key`.
    package var key: String

    /// Characters in the header; visible ASCII.
    static let mostCharacters = 255

    package init(tenant: TenantID, principal: String, route: String, key: String) {
        self.tenant = tenant
        self.principal = principal
        self.route = route
        self.key = key
    }
}

/// An answer that is given again to a repeated request.
package struct RecordedAnswer: Hashable, Sendable {
    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
    package var status: Int
    package var headers: [Header]
    package var body: [UInt8]

    package init(status: Int, headers: [Header], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What to do with a request that carries a key.
package enum IdempotencyVerdict: Hashable, Sendable {
    /// It is new: do it, then `finish` or `abandon`.
    case proceed
    /// It was done: answer the same again.
    case replay(RecordedAnswer)
    /// The key was used for another body.
    case otherBody
    /// The first one is still being done.
    case inFlight
}

/// Remembers what was done under which key.
package protocol IdempotencyStore: Sendable {
    /// Takes the key for a request whose body has this digest, or says why not.
    func begin(_ key: IdempotencyKey, body: BodyDigest, at now: Timestamp) async throws -> IdempotencyVerdict
    /// Keeps the answer for repetitions.
    func finish(_ key: IdempotencyKey, answer: RecordedAnswer, at now: Timestamp) async throws
    /// Frees the key because nothing was done.
    func abandon(_ key: IdempotencyKey) async throws
}

/// Tells bodies apart: SHA-256, with the name of the algorithm so that a store may keep it.
package struct BodyDigest: Hashable, Sendable {
    /// `sha256:` and 64 hexadecimal digits.
    package let text: String

    package init(of body: [UInt8]) {
        text =
            "sha256:"
            + SHA256.digest(body).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// Keeps keys in memory for a day. Bounded: when full, the oldest finished one is forgotten first.
package actor MemoryIdempotencyStore: IdempotencyStore {
    private struct Row {
        var body: BodyDigest
        var begun: Timestamp
        var answer: RecordedAnswer?
        var number: Int
    }

    /// How long a key counts.
    package static let lifetime = TimeSpan.hours(24)

    private let mostKeys: Int
    private let mostBytes: Int
    private var rows: [IdempotencyKey: Row] = [:]
    /// Keys in the order of their beginning; numbers tell a key that began again from its first time.
    private var order: [(number: Int, key: IdempotencyKey)] = []
    private var lastNumber = 0
    private var bytes = 0

    /// - Parameters:
    ///   - mostKeys: keys that are remembered.
    ///   - mostBytes: bytes of remembered answers together.
    package init(mostKeys: Int = 100_000, mostBytes: Int = 64 * 1_024 * 1_024) {
        self.mostKeys = mostKeys
        self.mostBytes = mostBytes
    }

    package func begin(_ key: IdempotencyKey, body: BodyDigest, at now: Timestamp) throws
        -> IdempotencyVerdict
    {
        forget(at: now)
        if let row = rows[key] {
            guard row.body == body else { return .otherBody }
            return row.answer.map { .replay($0) } ?? .inFlight
        }
        guard rows.count < mostKeys || forgetOldestFinished() else {
            throw Problem(.exhausted, "Too many requests with a key are being done; ask again in a moment.")
        }
        lastNumber += 1
        rows[key] = Row(body: body, begun: now, answer: nil, number: lastNumber)
        order.append((lastNumber, key))
        return .proceed
    }

    package func finish(_ key: IdempotencyKey, answer: RecordedAnswer, at now: Timestamp) {
        guard rows[key] != nil, rows[key]?.answer == nil else { return }
        rows[key]?.answer = answer
        bytes += answer.body.count
        while bytes > mostBytes, forgetOldestFinished() {}
    }

    package func abandon(_ key: IdempotencyKey) { remove(key) }

    private func forget(at now: Timestamp) {
        var stale = 0
        while stale < order.count {
            let (number, key) = order[stale]
            if let row = rows[key], row.number == number {
                guard now - row.begun >= Self.lifetime else { break }
                remove(key)
            }
            stale += 1
        }
        order.removeFirst(stale)
    }

    private func forgetOldestFinished() -> Bool {
        for (number, key) in order {
            guard let row = rows[key], row.number == number, row.answer != nil else { continue }
            remove(key)
            order.removeAll { $0.number == number }
            return true
        }
        return false
    }

    private func remove(_ key: IdempotencyKey) {
        if let row = rows.removeValue(forKey: key) { bytes -= row.answer?.body.count ?? 0 }
    }
}
