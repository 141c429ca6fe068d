/// Cuts the bytes of one stream into messages (RFC 3261, 18.3; keep-alives of RFC 5626, 4.4.1).
///
/// Feed what came with `receive`, then call `next` until it returns nil. After `failed` the stream is lost: it only
/// ever returns nil, and the connection is to be closed.
public struct SIPStreamFramer: Sendable {
    /// What came out of the stream.
    public enum Item: Sendable, Equatable {
        /// One whole message for `SIPMessage.init`.
        case message([UInt8])
        /// Two line ends between messages: answer with one line end (`pong`).
        case ping
        /// Where the next message would start cannot be known; close the connection.
        ///
        /// `head` is what came up to the empty line, so that a request may still be answered with a 400; it is empty
        /// when there was no end in sight.
        case failed(SIPFlaw, head: [UInt8])
    }

    /// The answer to a ping.
    public static let pong: [UInt8] = [0x0D, 0x0A]

    private var buffer: [UInt8] = []
    /// Where the unread part of the buffer starts.
    private var start = 0
    /// Up to where the end of the headers has been looked for.
    private var searched = 0
    /// The length of the message that starts at `start`, once its head has come: it is read once only.
    private var messageCount: Int?
    private var hasFailed = false

    public init() {}

    /// The bytes that wait for the rest of their message.
    public var pendingCount: Int { buffer.count - start }

    /// Adds what came from the connection.
    public mutating func receive(_ bytes: some Sequence<UInt8>) {
        guard !hasFailed else { return }
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next item; nil when more bytes are needed.
    public mutating func next() -> Item? {
        guard !hasFailed else { return nil }
        if messageCount == nil, let item = skipLineEnds() { return item }
        // Where a message starts there is no line end: what is left of one waits for its other half.
        guard start < buffer.count, messageCount != nil || buffer[start] != 0x0D else { return nil }
        if messageCount == nil, let failure = findEnd() { return failure }
        guard let count = messageCount, count <= buffer.count - start else { return nil }
        let message = Array(buffer[start..<start + count])
        start += count
        searched = start
        messageCount = nil
        return .message(message)
    }

    /// Looks for the end of the message that starts at `start`, as far as its head has come.
    private mutating func findEnd() -> Item? {
        guard let bodyStart = findBody() else {
            return pendingCount > SIPMessage.mostBytes ? fail(.tooLong, headEnd: start) : nil
        }
        guard bodyStart - start <= SIPMessage.mostBytes else { return fail(.tooLong, headEnd: start) }
        switch SIPStreamFramer.contentLength(buffer.span, start, bodyStart) {
        case .length(let length):
            guard bodyStart - start + length <= SIPMessage.mostBytes else {
                return fail(.tooLong, headEnd: bodyStart)
            }
            messageCount = bodyStart - start + length
            return nil
        case .flaw(let flaw): return fail(flaw, headEnd: bodyStart)
        }
    }

    private mutating func fail(_ flaw: SIPFlaw, headEnd: Int) -> Item {
        let head = Array(buffer[start..<headEnd])
        hasFailed = true
        buffer = []
        (start, searched) = (0, 0)
        return .failed(flaw, head: head)
    }

    /// Line ends before a message: two in a row are a ping, one alone is nothing.
    private mutating func skipLineEnds() -> Item? {
        defer { searched = max(searched, start) }
        while start < buffer.count, buffer[start] == 0x0D || buffer[start] == 0x0A {
            let left = buffer.count - start
            if buffer[start] == 0x0A {
                start += 1
                continue
            }
            guard left >= 2 else { return nil }
            guard buffer[start + 1] == 0x0A else { return fail(.startLine, headEnd: start) }
            // A line end that may be half a ping waits for what follows it.
            guard left >= 3 else { return nil }
            if buffer[start + 2] == 0x0D {
                guard left >= 4 else { return nil }
                if buffer[start + 3] == 0x0A {
                    start += 4
                    return .ping
                }
            }
            start += 2
        }
        return nil
    }

    /// The offset behind the empty line.
    private mutating func findBody() -> Int? {
        if let found = SIPStreamFramer.emptyLine(buffer.span, from: searched) { return found }
        // The last bytes may be the first ones of an empty line.
        searched = max(start, buffer.count - 3)
        return nil
    }

    private static func emptyLine(_ b: Span<UInt8>, from start: Int) -> Int? {
        var i = start
        while i < b.count {
            if b[i] == 0x0A {
                var j = i + 1
                if j < b.count, b[j] == 0x0D { j += 1 }
                if j < b.count, b[j] == 0x0A { return j + 1 }
            }
            i += 1
        }
        return nil
    }

    private enum Length {
        case length(Int)
        case flaw(SIPFlaw)
    }

    /// The Content-Length of the message that starts at `start`: there must be exactly one.
    private static func contentLength(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Length {
        var i = Scan.line(b, start, end).next
        var found: Int?
        while i < end {
            var line = Scan.line(b, i, end)
            if line.end == i { break }
            while line.next < end, b[line.next] == 0x20 || b[line.next] == 0x09 {
                line = Scan.line(b, line.next, end)
            }
            let nameEnd = Scan.skipToken(b, i, line.end)
            if SIPHeaderName(b, i, nameEnd) == .contentLength {
                let colon = Scan.skipSpace(b, nameEnd, line.end)
                let value = Scan.trimmed(b, min(colon + 1, line.end), line.end)
                guard colon < line.end, b[colon] == 0x3A,
                    let number = Scan.number(b, Int(value.start), value.end, most: UInt64(UInt32.max))
                else { return .flaw(.malformed(.contentLength)) }
                guard found == nil else { return .flaw(.repeated(.contentLength)) }
                found = Int(number)
            }
            i = line.next
        }
        return found.map { .length($0) } ?? .flaw(.missing(.contentLength))
    }
}
