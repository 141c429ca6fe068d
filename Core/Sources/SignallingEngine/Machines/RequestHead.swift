/// The fixed part of a request that we send, kept as long as its ACK or CANCEL may have to repeat it.
struct RequestHead: Codable, Equatable, Sendable {
    /// The request URI.
    var uri: String
    /// The branch of our Via.
    var branch: String
    /// From, with the tag.
    var from: String
    /// To, with the tag once there is one.
    var to: String
    /// Call-ID.
    var callID: String
    /// The number of CSeq.
    var sequence: UInt32
    /// Route values in order.
    var routes: [String]
    /// Where the request goes.
    var path: SIPEndpoint

    /// What every branch starts with (RFC 3261, 8.1.1.7).
    static let cookie = "z9hG4bK"
}

/// The changing part of a request that we send.
struct RequestContent: Sendable {
    /// Whether Contact, Allow and Supported go along: the request makes or refreshes a dialog.
    var hasContact = false
    /// More headers, in order.
    var headers: [IncomingInvite.Header] = []
    var contentType = "application/sdp"
    var body: [UInt8] = []
}

/// An answer to a request, before it is bytes.
struct Answer: Sendable {
    var status: Int
    /// The reason phrase; the usual one when `nil`.
    var reason: String?
    /// Whether Contact, Allow and Supported go along: the answer makes or refreshes a dialog.
    var hasContact = false
    /// More headers, in order.
    var headers: [IncomingInvite.Header] = []
    var body: [UInt8] = []

    init(
        _ status: Int, reason: String? = nil, hasContact: Bool = false,
        headers: [IncomingInvite.Header] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.reason = reason
        self.hasContact = hasContact
        self.headers = headers
        self.body = body
    }
}
