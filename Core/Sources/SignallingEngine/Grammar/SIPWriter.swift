/// Writes one message into one growing array.
///
/// Start it with a request line or with the response to a request, add header fields, and take the bytes with
/// `finish`, which counts Content-Length. No value can break out of its line: CR, LF and NUL in anything that is
/// added become spaces, and a name that is no token is left out with its value.
public struct SIPWriter: Sendable {
    private var bytes: [UInt8] = []

    /// Starts a request. `uri` as it stands on the wire, such as `SIPURI.text`.
    public init(_ method: SIPMethod, uri: String, capacity: Int = 1_400) {
        self.init(methodText: method.text, uri: uri, capacity: capacity)
    }

    /// Starts a request of any method; what may not stand in a method token or URI is left out.
    public init(methodText: String, uri: String, capacity: Int = 1_400) {
        bytes.reserveCapacity(capacity)
        for byte in methodText.utf8 where Scan.isToken(byte) { bytes.append(byte) }
        bytes.append(0x20)
        for byte in uri.utf8 where byte > 0x20 && byte != 0x7F { bytes.append(byte) }
        add(" SIP/2.0\r\n")
    }

    /// Starts a response with everything that RFC 3261, 8.2.6.2 copies from the request: Via, From, To, Call-ID,
    /// CSeq, Timestamp in a 100, and Record-Route where the response may make a dialog (12.1.1).
    ///
    /// - Parameters:
    ///   - reason: the reason phrase; the usual one when nil.
    ///   - source: where the request came from; fills `received` and `rport` of the top Via (18.2.1, RFC 3581).
    ///   - toTag: added to To when the request had none; nil for a 100.
    public init(
        status: Int, reason: String? = nil, to request: borrowing SIPMessage, from source: SIPSource? = nil,
        toTag: String? = nil, capacity: Int = 1_400
    ) {
        bytes.reserveCapacity(capacity)
        add("SIP/2.0 ")
        add(number: UInt64(max(100, min(699, status))))
        add(" ")
        add(value: reason ?? SIPStatus.reason(status))
        add("\r\n")
        var copied: UInt64 = 0
        for header in request.headers {
            let isFirst = copied >> UInt64(header.name.rawValue) & 1 == 0
            copied |= 1 << UInt64(header.name.rawValue)
            switch header.name {
            case .via: addVia(request, header.value, source: isFirst ? source : nil)
            case .from, .callID, .cSeq: if isFirst { self.header(header.name, request, header.value) }
            case .to: if isFirst { addTo(request, header.value, tag: toTag) }
            case .timestamp: if status == 100, isFirst { self.header(header.name, request, header.value) }
            case .recordRoute:
                if status > 100, status < 300 { self.header(header.name, request, header.value) }
            default: break
            }
        }
    }

    /// Adds `name: value`.
    public mutating func header(_ name: SIPHeaderName, _ value: String) {
        guard startHeader(name) else { return }
        add(value: value)
        add("\r\n")
    }

    /// Adds `name: number`.
    public mutating func header(_ name: SIPHeaderName, _ number: Int) {
        guard startHeader(name) else { return }
        add(number: UInt64(max(0, number)))
        add("\r\n")
    }

    /// Adds a header field of any name; Content-Length is counted by `finish` and left out here.
    public mutating func header(named name: String, _ value: String) {
        let token = Array(name.utf8)
        guard !token.isEmpty, token.allSatisfy(Scan.isToken),
            SIPHeaderName(token.span, 0, token.count) != .contentLength
        else { return }
        bytes.append(contentsOf: token)
        add(": ")
        add(value: value)
        add("\r\n")
    }

    /// Copies a value from a message: a header of the request that a response answers, a route of a dialog.
    public mutating func header(_ name: SIPHeaderName, _ message: borrowing SIPMessage, _ value: ByteSlice) {
        guard startHeader(name) else { return }
        add(message, value)
        add("\r\n")
    }

    /// CSeq of a request.
    public mutating func cSeq(_ number: UInt32, _ method: SIPMethod) {
        add("CSeq: ")
        add(number: UInt64(number))
        add(" ")
        add(value: method.text)
        add("\r\n")
    }

    /// The top Via of a request, asking for `rport`.
    public mutating func via(transport: SIPTransport, host: String, port: UInt16, branch: String) {
        add("Via: SIP/2.0/")
        add(value: transport.text)
        add(" ")
        add(value: host)
        add(":")
        add(number: UInt64(port))
        add(";branch=")
        add(value: branch)
        add(";rport\r\n")
    }

    /// Adds Content-Length and the body and gives the message away. Content-Type is only written with a body.
    public mutating func finish(contentType: String = "application/sdp", body: [UInt8] = []) -> [UInt8] {
        if !body.isEmpty { header(.contentType, contentType) }
        add("Content-Length: ")
        add(number: UInt64(body.count))
        add("\r\n\r\n")
        bytes.append(contentsOf: body)
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    // MARK: pieces

    private mutating func startHeader(_ name: SIPHeaderName) -> Bool {
        guard name != .other, name != .contentLength else { return false }
        bytes.append(contentsOf: name.text.utf8)
        add(": ")
        return true
    }

    private mutating func add(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func add(number: UInt64) {
        guard number >= 10 else { return bytes.append(0x30 + UInt8(number)) }
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(0x30 + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    private mutating func add(value: String) {
        let start = bytes.count
        bytes.append(contentsOf: value.utf8)
        clean(from: start)
    }

    private mutating func add(_ message: borrowing SIPMessage, _ slice: ByteSlice) {
        let start = bytes.count
        bytes.append(contentsOf: message.bytes[slice.range])
        clean(from: start)
    }

    /// What would end the line, or a C string further on, becomes a space.
    private mutating func clean(from start: Int) {
        for i in start..<bytes.count where bytes[i] == 0x0D || bytes[i] == 0x0A || bytes[i] == 0 {
            bytes[i] = 0x20
        }
    }

    private mutating func addTo(_ request: borrowing SIPMessage, _ value: ByteSlice, tag: String?) {
        add("To: ")
        add(request, value)
        if let tag, request.toTag.isEmpty {
            add(";tag=")
            add(value: tag)
        }
        add("\r\n")
    }

    /// The top value loses `received` and `rport`, which only we may set, and gets them anew.
    private mutating func addVia(_ request: borrowing SIPMessage, _ value: ByteSlice, source: SIPSource?) {
        let via = request.topVia
        guard let source, via.isSound, value.start == via.value.start else {
            return header(.via, request, value)
        }
        add("Via: ")
        add(request, ByteSlice(Int(via.value.start), Int(via.parameters.start)))
        var cursor = SIPParameterCursor(via.parameters)
        while let next = cursor.next(request.bytes.span) {
            if request.equalsIgnoringCase(next.name, "received")
                || request.equalsIgnoringCase(next.name, "rport")
            {
                continue
            }
            add(";")
            add(request, next.name)
            guard !next.value.isEmpty else { continue }
            add("=")
            add(request, next.value)
        }
        if via.wantsRPort || !request.equalsIgnoringCase(via.host, source.hostInURI) {
            add(";received=")
            add(value: source.host)
        }
        if via.wantsRPort {
            add(";rport=")
            add(number: UInt64(source.port))
        }
        add(request, ByteSlice(via.value.end, value.end))
        add("\r\n")
    }
}

/// The transports that the engine speaks.
public enum SIPTransport: UInt8, Sendable, Hashable, Codable, CaseIterable {
    case udp, tcp

    /// As in Via.
    public var text: String { self == .udp ? "UDP" : "TCP" }
    /// As in `;transport=`.
    public var parameter: String { self == .udp ? "udp" : "tcp" }
    /// Whether messages get lost, so that transactions must send them again.
    public var isReliable: Bool { self != .udp }
}

/// The address that a message came from, as the socket tells it.
public struct SIPSource: Sendable, Hashable {
    /// IPv4 or IPv6 address without brackets.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// With brackets around an IPv6 address.
    public var hostInURI: String { host.utf8.contains(0x3A) ? "[" + host + "]" : host }
}

/// The usual reason phrases (RFC 3261, 21).
public enum SIPStatus {
    private static let reasons: [Int: String] = [
        100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
        200: "OK", 202: "Accepted", 204: "No Notification", 300: "Multiple Choices", 301: "Moved Permanently",
        302: "Moved Temporarily", 305: "Use Proxy", 380: "Alternative Service", 400: "Bad Request",
        401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed",
        406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
        412: "Conditional Request Failed", 413: "Request Entity Too Large", 414: "Request-URI Too Long",
        415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
        421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
        433: "Anonymity Disallowed", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
        482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 485: "Ambiguous",
        486: "Busy Here",
        487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
        493: "Undecipherable", 494: "Security Agreement Required", 500: "Server Internal Error",
        501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Server Time-out",
        505: "Version Not Supported", 513: "Message Too Large", 580: "Precondition Failure",
        600: "Busy Everywhere",
        603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
    ]

    /// The phrase for a status, or the one of its class (RFC 3261, 8.1.3.2).
    public static func reason(_ status: Int) -> String {
        if let reason = reasons[status] { return reason }
        return switch status / 100 {
        case 1: "Session Progress"
        case 2: "OK"
        case 3: "Redirection"
        case 4: "Bad Request"
        case 5: "Server Internal Error"
        default: "Decline"
        }
    }
}
