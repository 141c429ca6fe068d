/// Whether a secure leg's way is open: up once keys and address are there, lost when nothing comes, back when
/// something does. A value over the monotonic clock's nanoseconds.
struct TransportWatch {
    enum State { case opening, up, lost, ended }

    /// While audio comes, this long without anything is a loss.
    let lostAfter: Int64
    /// Without audio only checks and reports come, every 2.5 s from Chromium and every 5 s from Firefox (RFC 7675
    /// asks for no more): several must be missing.
    static let lostAfterChecksAlone: Int64 = 15_000_000_000
    /// Audio counts as coming when its last packet is not much older than the last of anything.
    static let audioPause: Int64 = 1_000_000_000
    /// A leg whose handshake is not done by then never will be.
    let openBy: Int64

    private(set) var state = State.opening
    private var lastOfAny: Int64 = 0
    private var lastOfAudio = Int64.min / 2

    init(from now: Int64, openWithin: Int64, lostAfter: Int64) {
        openBy = now + openWithin
        self.lostAfter = lostAfter
    }

    /// Keys and address are there; true when that is news.
    mutating func open(at now: Int64) -> Bool {
        guard state == .opening else { return false }
        state = .up
        lastOfAny = now
        return true
    }
    /// Something authentic came; true when it ends a loss.
    mutating func heard(isAudio: Bool, at now: Int64) -> Bool {
        lastOfAny = now
        if isAudio { lastOfAudio = now }
        guard state == .lost else { return false }
        state = .up
        return true
    }
    /// The other side said goodbye; true when that is news. Its keys are gone: nothing brings the leg back.
    mutating func end() -> Bool {
        guard state == .up || state == .lost else { return false }
        state = .ended
        return true
    }
    /// How long nothing has come, milliseconds, once per loss.
    mutating func loss(at now: Int64) -> Int? {
        let limit = lastOfAny - lastOfAudio < Self.audioPause ? lostAfter : Self.lostAfterChecksAlone
        guard state == .up, now - lastOfAny >= limit else { return nil }
        state = .lost
        return Int((now - lastOfAny) / 1_000_000)
    }
    /// Whether the handshake has taken too long.
    func isOverdue(at now: Int64) -> Bool { state == .opening && now >= openBy }
}

/// So many of something in a second, and no more: what is above is dropped unseen.
struct RateLimit {
    let perSecond: Int64
    private var left: Int64
    private var counted: Int64 = .min / 2

    init(perSecond: Int64) {
        self.perSecond = perSecond
        left = perSecond
    }
    /// True when one more may pass.
    mutating func admits(at now: Int64) -> Bool {
        if now - counted >= 1_000_000_000 {
            counted = now
            left = perSecond
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
