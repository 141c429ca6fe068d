/// A relay for browsers' audio, in the shape that a page's `RTCPeerConnection` takes.
package struct IceServer: Codable, Hashable, Sendable {
    package var urls: [String]
    package var username: String
    package var credential: String

    package init(urls: [String], username: String, credential: String) {
        self.urls = urls
        self.username = username
        self.credential = credential
    }
}

/// Hands out relays with a right of its own for the person with the number, or for a customer without one.
package typealias RelaySource = @Sendable (_ person: String?) -> [IceServer]
