import Kernel

/// Counts failed sign-ins per address and closes the door for a while after too many.
///
/// The table is bounded: when it is full, the address whose last failure is longest ago is forgotten.
actor AttemptThrottle {
    private struct Failures {
        var count: Int
        var since: Timestamp
        var last: Timestamp
    }

    private let most: Int
    private let span: TimeSpan
    private let mostAddresses: Int
    private var failures: [String: Failures] = [:]

    /// - Parameters:
    ///   - most: failures within `span` after which an address is refused until `span` has passed since the last one.
    ///   - mostAddresses: rows in the table.
    init(most: Int, span: TimeSpan, mostAddresses: Int) {
        self.most = most
        self.span = span
        self.mostAddresses = mostAddresses
    }

    /// Seconds for which `address` is still refused; `nil` when it may try.
    func refusal(of address: String, at now: Timestamp) -> Int? {
        guard let row = failures[Self.group(address)], row.count >= most else { return nil }
        let left = row.last + span - now
        return left > .zero ? Int((left.milliseconds + 999) / 1_000) : nil
    }

    /// Notes a failed attempt.
    func failed(_ address: String, at now: Timestamp) {
        let group = Self.group(address)
        var row = failures[group] ?? Failures(count: 0, since: now, last: now)
        if now - row.since >= span, row.count < most || now - row.last >= span {
            row = Failures(count: 0, since: now, last: now)
        }
        row.count += 1
        row.last = now
        failures[group] = row
        if failures.count > mostAddresses {
            let oldest = failures.min { ($0.value.last, $0.key) < ($1.value.last, $1.key) }
            if let oldest { failures[oldest.key] = nil }
        }
    }

    /// Rows in the table, for tests.
    var addresses: Int { failures.count }

    /// An IPv6 customer owns a whole /64, so its addresses count as one.
    private static func group(_ address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = halves.firstIndex(of: ""), gap < 4 else {
            return halves.prefix(4).joined(separator: ":")
        }
        return halves.prefix(gap).joined(separator: ":") + "::"
    }
}
