public import Kernel

/// One contact of a registered phone.
public struct Binding: Codable, Hashable, Sendable {
    /// The URI of the Contact, as text: the target for calls.
    public var uri: String
    /// Where the REGISTER came from.
    public var source: SIPEndpoint
    /// When it runs out.
    public var expiresAt: Timestamp
    /// The Call-ID of the REGISTER; a newer one of the same Call-ID must have a higher CSeq (10.3).
    public var callID: String
    /// The CSeq number of the REGISTER.
    public var sequence: UInt32
    /// The phone's own name of itself, for logs.
    public var userAgent: String

    public init(
        uri: String, source: SIPEndpoint, expiresAt: Timestamp, callID: String, sequence: UInt32,
        userAgent: String = ""
    ) {
        self.uri = uri
        self.source = source
        self.expiresAt = expiresAt
        self.callID = callID
        self.sequence = sequence
        self.userAgent = userAgent
    }
}
