import Foundation
import Kernel
import Media
import Web

/// The relay (TURN) for browsers that cannot send UDP to this machine, and the rights to use it.
///
/// A right is a name with its end, authenticated by the secret that the relay knows too ("TURN REST"): the relay needs no
/// accounts, and a right that somebody copied ends by itself.
struct Relay: Sendable {
    /// A page tries all of them at each connection.
    static let mostURLs = 8
    /// Anybody may open the call page, so its right is short.
    static let mostMinutesForCustomers = 60

    private let urls: [String]
    private let secret: [UInt8]
    private let minutes: Int

    /// - Throws: `Problem(.invalid)` naming the key.
    init(_ settings: Configuration.Relay) throws {
        let isKnown = { (url: String) in
            url.count > 6 && (url.hasPrefix("turn:") || url.hasPrefix("turns:"))
        }
        guard settings.urls.count <= Self.mostURLs, settings.urls.allSatisfy(isKnown) else {
            throw Self.fault(
                "relay.urls are at most \(Self.mostURLs), each beginning with turn: or turns:", "relay.urls")
        }
        guard settings.urls.isEmpty == settings.secret.isEmpty else {
            throw Self.fault(
                "relay.urls and relay.secret belong together: give both or neither", "relay.secret")
        }
        guard (5...1_440).contains(settings.ttlMinutes) else {
            throw Self.fault("relay.ttl_minutes is from 5 to 1440", "relay.ttl_minutes")
        }
        urls = settings.urls
        secret = Array(settings.secret.utf8)
        minutes = settings.ttlMinutes
    }

    /// What a page of the person with this number is given, or of a customer; nothing without a relay.
    func servers(for person: String?, at now: Timestamp) -> [IceServer] {
        guard !urls.isEmpty else { return [] }
        let lasts = person == nil ? min(minutes, Self.mostMinutesForCustomers) : minutes
        let end = now.milliseconds / 1_000 + Int64(lasts) * 60
        let name = "\(end):\(person ?? "customer")"
        let code = HMACSHA1.authentication(of: Array(name.utf8), key: secret)
        return [IceServer(urls: urls, username: name, credential: Data(code).base64EncodedString())]
    }

    private static func fault(_ text: String, _ field: String) -> Problem {
        Problem(.invalid, text, details: ["field": field])
    }
}
