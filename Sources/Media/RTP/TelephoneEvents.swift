/// A key that was pressed, once, however it came.
package struct PressedKey: Hashable, Sendable {
    /// `0` to `9`, `*`, `#`, `A` to `D`.
    package var key: Character
    /// How long it was held; zero for a key that came by signalling.
    package var milliseconds: Int

    package init(key: Character, milliseconds: Int) {
        self.key = key
        self.milliseconds = milliseconds
    }
}

/// Reads keys from telephone-events (RFC 4733): each press once, whatever is lost or repeated.
///
/// A press ends with its end packet; when all three are lost, with the next event or after `lostEndAfter`. Later
/// packets of an ended press are known by their timestamp. The same key by signalling (SIP INFO) within
/// `duplicateWindow` of the press counts as the same press.
struct TelephoneEventReceiver {
    /// Two tellings of one press are at most this far apart, nanoseconds.
    static let duplicateWindow: Int64 = 40_000_000
    /// Senders repeat an event every 20 to 50 ms (RFC 4733, 2.5.1.2): after this long without one it has ended.
    static let lostEndAfter: Int64 = 120_000_000
    /// Event codes 0 to 15 (RFC 4733, 3.2).
    static let keys: [Character] = Array("0123456789*#ABCD")
    /// Payload: event, end bit and volume, duration.
    static let payloadSize = 4

    private struct Press {
        var event: UInt8
        /// The first segment's timestamp names the press; long presses are continued under later ones.
        var timestamp: UInt32
        var segment: UInt32
        var duration: UInt16
        var earlierDuration: Int
        var began: Int64
        var lastPacket: Int64
        var samples: Int { earlierDuration + Int(duration) }
    }
    private var press: Press?
    /// The segment timestamp of the press that ended last.
    private var ended: (segment: UInt32, event: UInt8, at: Int64)?
    private var injected: (key: Character, at: Int64)?

    /// True while a key is down, so that the clock has to look after it.
    var isPressed: Bool { press != nil }

    /// One event packet. Returns the presses that ended by it: none, one, or two when an end was lost.
    mutating func receive(
        event: UInt8, isEnd: Bool, duration: UInt16, timestamp: UInt32, marker: Bool, at now: Int64
    ) -> (PressedKey?, PressedKey?) {
        guard Int(event) < Self.keys.count else { return (nil, nil) }
        if let ended, ended.segment == timestamp, ended.event == event { return (nil, nil) }
        var earlier: PressedKey?
        if var open = press, open.event == event,
            open.segment == timestamp || Self.continues(open, at: timestamp, marker: marker)
        {
            if open.segment != timestamp {
                open.earlierDuration += Int(open.duration)
                open.segment = timestamp
                open.duration = 0
            }
            open.duration = max(open.duration, duration)
            open.lastPacket = now
            press = open
        } else if let open = press, Int32(bitPattern: timestamp &- open.segment) < 0 {
            // An old packet of an earlier event that was overtaken.
            return (nil, nil)
        } else {
            earlier = finish(at: now)
            press = Press(
                event: event, timestamp: timestamp, segment: timestamp, duration: duration,
                earlierDuration: 0,
                began: now, lastPacket: now)
        }
        return (earlier, isEnd ? finish(at: now) : nil)
    }

    /// The clock: ends a press whose end packets were all lost.
    mutating func tick(at now: Int64) -> PressedKey? {
        guard let press, now - press.lastPacket >= Self.lostEndAfter else { return nil }
        return finish(at: press.lastPacket)
    }

    /// A key that came by signalling; `nil` when it is the press that the media told or tells.
    mutating func inject(_ key: Character, at now: Int64) -> PressedKey? {
        if let press, Self.keys[Int(press.event)] == key { return nil }
        if let ended, Self.keys[Int(ended.event)] == key, now - ended.at <= Self.duplicateWindow {
            return nil
        }
        if let injected, injected.key == key, now - injected.at <= Self.duplicateWindow { return nil }
        injected = (key, now)
        return PressedKey(key: key, milliseconds: 0)
    }

    /// A press longer than 65,535 samples goes on under the timestamp where that segment ended (RFC 4733, 2.5.1.3).
    private static func continues(_ press: Press, at timestamp: UInt32, marker: Bool) -> Bool {
        !marker && timestamp == press.segment &+ UInt32(UInt16.max)
    }

    private mutating func finish(at now: Int64) -> PressedKey? {
        guard let press else { return nil }
        self.press = nil
        ended = (press.segment, press.event, now)
        let key = Self.keys[Int(press.event)]
        if let injected, injected.key == key, injected.at >= press.began - Self.duplicateWindow {
            self.injected = nil
            return nil
        }
        return PressedKey(key: key, milliseconds: press.samples / 8)
    }
}
