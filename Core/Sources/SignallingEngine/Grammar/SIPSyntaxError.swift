/// What is wrong with a message, and how a request with that fault is answered.
public enum SIPFlaw: Hashable, Sendable {
    /// Nothing but line ends: a keep-alive (RFC 5626, 4.4.1), or an empty datagram.
    case empty
    /// More than `SIPMessage.mostBytes`.
    case tooLong
    /// The first line is neither a request line nor a status line.
    case startLine
    /// More than `SIPMessage.mostHeaders`.
    case tooManyHeaders
    /// A request line with white space where none belongs, or with a malformed URI.
    case requestLine
    /// A header line without name or colon, or a name that is no token.
    case headerLine
    /// The empty line after the headers is missing.
    case unterminated
    /// A version other than SIP/2.0.
    case version
    /// A Request-URI that is neither sip, sips nor tel.
    case uriScheme
    /// A header field that every message needs is missing.
    case missing(SIPHeaderName)
    /// A header field that may stand once stands twice.
    case repeated(SIPHeaderName)
    /// The value of a header field is against its grammar.
    case malformed(SIPHeaderName)
    /// CSeq names another method than the request line.
    case methodMismatch
    /// CSeq names another method than the request line, and the method is unknown anyway.
    case unknownMethodMismatch
    /// Content-Length is larger than what came.
    case truncated

    /// The status of the response (RFC 3261, 21.4 and 21.5; RFC 4475 for the choice).
    public var status: Int {
        switch self {
        case .uriScheme: 416
        case .version: 505
        case .unknownMethodMismatch: 501
        default: 400
        }
    }

    /// The reason phrase of the response: for a 400 it says what is wrong (RFC 3261, 21.4.1).
    public var reason: String {
        switch self {
        case .empty: "Empty Message"
        case .tooLong: "Message Too Long"
        case .startLine: "Bad Start Line"
        case .tooManyHeaders: "Too Many Header Fields"
        case .requestLine: "Bad Request Line"
        case .headerLine: "Bad Header Line"
        case .unterminated: "Unterminated Header"
        case .version: "Version Not Supported"
        case .uriScheme: "Unsupported URI Scheme"
        case .missing(let name): "Missing \(name.text)"
        case .repeated(let name): "Repeated \(name.text)"
        case .malformed(let name): "Bad \(name.text)"
        case .methodMismatch: "CSeq Method Mismatch"
        case .unknownMethodMismatch: "Not Implemented"
        case .truncated: "Content-Length Too Large"
        }
    }
}

/// Why bytes are no message that the engine works with.
///
/// A message that `SIPMessage.init` returns is sound: everything that a later step reads has been checked.
/// What is not sound comes out as one of two errors, so that no caller can forget to reject it.
public enum SIPSyntaxError: Error, Sendable {
    /// Drop it; on a stream, close the connection. Not SIP, a response or an ACK with a fault (neither is ever
    /// answered), or a request without a readable Via, to which no answer can find the way.
    case unreadable(SIPFlaw)
    /// A request with a fault that is answered, statelessly, with `flaw.status` and `flaw.reason`.
    ///
    /// The message holds what could be read: its top Via is always there, Call-ID, From, To and CSeq may be
    /// missing. `SIPWriter` copies what exists.
    case answerable(SIPMessage, SIPFlaw)

    /// What is wrong.
    public var flaw: SIPFlaw {
        switch self {
        case .unreadable(let flaw), .answerable(_, let flaw): flaw
        }
    }
}

extension SIPSyntaxError: CustomStringConvertible {
    /// The fault alone: a message holds numbers and names that belong in no log.
    public var description: String {
        switch self {
        case .unreadable(let flaw): "unreadable: " + flaw.reason
        case .answerable(_, let flaw): "\(flaw.status) " + flaw.reason
        }
    }
}
