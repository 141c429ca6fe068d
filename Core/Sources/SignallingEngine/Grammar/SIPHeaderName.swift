/// The header fields that the engine looks at; every other name is `other` and found with `first(named:)`.
public enum SIPHeaderName: UInt8, Sendable, CaseIterable {
    case other, accept, allow, authorization, callID, contact, contentEncoding, contentLength, contentType,
        cSeq
    case date, event, expires, from, inReplyTo, maxForwards, minExpires, minSE, pAssertedIdentity
    case proxyAuthenticate, proxyAuthorization, proxyRequire, rAck, reason, recordRoute, referTo, referredBy
    case replaces, require, retryAfter, route, rSeq, server, sessionExpires, subject, supported, timestamp, to
    case unsupported, userAgent, via, warning, wwwAuthenticate

    /// The name as it is written; empty for `other`.
    public var text: String {
        switch self {
        case .other: ""
        case .accept: "Accept"
        case .allow: "Allow"
        case .authorization: "Authorization"
        case .callID: "Call-ID"
        case .contact: "Contact"
        case .contentEncoding: "Content-Encoding"
        case .contentLength: "Content-Length"
        case .contentType: "Content-Type"
        case .cSeq: "CSeq"
        case .date: "Date"
        case .event: "Event"
        case .expires: "Expires"
        case .from: "From"
        case .inReplyTo: "In-Reply-To"
        case .maxForwards: "Max-Forwards"
        case .minExpires: "Min-Expires"
        case .minSE: "Min-SE"
        case .pAssertedIdentity: "P-Asserted-Identity"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .proxyAuthorization: "Proxy-Authorization"
        case .proxyRequire: "Proxy-Require"
        case .rAck: "RAck"
        case .reason: "Reason"
        case .recordRoute: "Record-Route"
        case .referTo: "Refer-To"
        case .referredBy: "Referred-By"
        case .replaces: "Replaces"
        case .require: "Require"
        case .retryAfter: "Retry-After"
        case .route: "Route"
        case .rSeq: "RSeq"
        case .server: "Server"
        case .sessionExpires: "Session-Expires"
        case .subject: "Subject"
        case .supported: "Supported"
        case .timestamp: "Timestamp"
        case .to: "To"
        case .unsupported: "Unsupported"
        case .userAgent: "User-Agent"
        case .via: "Via"
        case .warning: "Warning"
        case .wwwAuthenticate: "WWW-Authenticate"
        }
    }

    /// The header field that the bytes name, in any case, long or compact form (RFC 3261, 7.3.3).
    init(_ b: Span<UInt8>, _ start: Int, _ end: Int) {
        guard end > start else {
            self = .other
            return
        }
        self =
            end - start == 1
            ? SIPHeaderName.compact(Scan.lowered(b[start])) : SIPHeaderName.long(b, start, end)
    }

    private static func compact(_ letter: UInt8) -> SIPHeaderName {
        switch letter {
        case 0x62: .referredBy  // b, RFC 3892
        case 0x63: .contentType  // c
        case 0x65: .contentEncoding  // e
        case 0x66: .from  // f
        case 0x69: .callID  // i
        case 0x6B: .supported  // k
        case 0x6C: .contentLength  // l
        case 0x6D: .contact  // m
        case 0x6F: .event  // o, RFC 6665
        case 0x72: .referTo  // r, RFC 3515
        case 0x73: .subject  // s
        case 0x74: .to  // t
        case 0x76: .via  // v
        case 0x78: .sessionExpires  // x, RFC 4028
        default: .other
        }
    }

    private static func long(_ b: Span<UInt8>, _ s: Int, _ e: Int) -> SIPHeaderName {
        @inline(__always) func choose(_ text: StaticString, _ name: SIPHeaderName) -> SIPHeaderName {
            Scan.equals(b, s, e, text) ? name : .other
        }
        // By length first and then by letter, so that a name is compared with one or two others.
        return switch e - s {
        case 2:
            choose("to", .to)
        case 3:
            choose("via", .via)
        case 4:
            switch Scan.lowered(b[s]) {
            case 0x64: choose("date", .date)
            case 0x66: choose("from", .from)
            case 0x63: choose("cseq", .cSeq)
            case 0x72: Scan.equals(b, s, e, "rack") ? .rAck : choose("rseq", .rSeq)
            default: .other
            }
        case 5:
            switch Scan.lowered(b[s]) {
            case 0x72: choose("route", .route)
            case 0x61: choose("allow", .allow)
            case 0x65: choose("event", .event)
            default: .other
            }
        case 6:
            switch Scan.lowered(b[s]) {
            case 0x61: choose("accept", .accept)
            case 0x6D: choose("min-se", .minSE)
            case 0x72: choose("reason", .reason)
            case 0x73: choose("server", .server)
            default: .other
            }
        case 7:
            switch Scan.lowered(b[s]) {
            case 0x63: Scan.equals(b, s, e, "call-id") ? .callID : choose("contact", .contact)
            case 0x65: choose("expires", .expires)
            case 0x72: choose("require", .require)
            case 0x73: choose("subject", .subject)
            case 0x77: choose("warning", .warning)
            default: .other
            }
        case 8:
            Scan.equals(b, s, e, "refer-to") ? .referTo : choose("replaces", .replaces)
        case 9:
            switch Scan.lowered(b[s]) {
            case 0x73: choose("supported", .supported)
            case 0x74: choose("timestamp", .timestamp)
            default: .other
            }
        case 10:
            choose("user-agent", .userAgent)
        case 11:
            switch Scan.lowered(b[s]) {
            case 0x6D: choose("min-expires", .minExpires)
            case 0x69: choose("in-reply-to", .inReplyTo)
            case 0x72: Scan.equals(b, s, e, "retry-after") ? .retryAfter : choose("referred-by", .referredBy)
            case 0x75: choose("unsupported", .unsupported)
            default: .other
            }
        case 12:
            switch Scan.lowered(b[s]) {
            case 0x6D: choose("max-forwards", .maxForwards)
            case 0x72: choose("record-route", .recordRoute)
            case 0x63: choose("content-type", .contentType)
            default: .other
            }
        case 13:
            switch Scan.lowered(b[s]) {
            case 0x61: choose("authorization", .authorization)
            case 0x70: choose("proxy-require", .proxyRequire)
            default: .other
            }
        case 14:
            choose("content-length", .contentLength)
        case 15:
            choose("session-expires", .sessionExpires)
        case 16:
            switch Scan.lowered(b[s]) {
            case 0x63: choose("content-encoding", .contentEncoding)
            case 0x77: choose("www-authenticate", .wwwAuthenticate)
            default: .other
            }
        case 18:
            choose("proxy-authenticate", .proxyAuthenticate)
        case 19:
            Scan.equals(b, s, e, "proxy-authorization")
                ? .proxyAuthorization : choose("p-asserted-identity", .pAssertedIdentity)
        default: .other
        }
    }
}
