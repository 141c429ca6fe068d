import Foundation

/// What a handler answers.
package struct WebAnswer: Sendable {
    enum Content: Sendable {
        case nothing
        case bytes([UInt8])
        case events(EventStreamResponse)
    }

    /// The HTTP status.
    package var status: Int
    /// Beside those that every answer gets.
    package var headers: [(name: String, value: String)]
    var content: Content

    /// Done, and there is nothing to say (204).
    package static let empty = WebAnswer(status: 204, headers: [], content: .nothing)

    /// `value` as JSON, with sorted keys so that equal values give equal bytes. Throws what the value's encoder throws.
    package static func json(_ value: some Encodable, status: Int = 200) throws -> WebAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .bytes(Array(try encoder.encode(value)), contentType: "application/json", status: status)
    }

    /// Any other bytes.
    package static func bytes(_ bytes: [UInt8], contentType: String, status: Int = 200) -> WebAnswer {
        WebAnswer(status: status, headers: [("Content-Type", contentType)], content: .bytes(bytes))
    }

    /// Something new was made at `location` (201).
    package static func created(_ value: some Encodable, at location: String) throws -> WebAnswer {
        var answer = try json(value, status: 201)
        answer.headers.append(("Location", location))
        return answer
    }

    /// Server-sent events that go on until the client, the source or the service ends them.
    package static func events(_ events: EventStreamResponse) -> WebAnswer {
        WebAnswer(
            status: 200,
            headers: [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")],
            content: .events(events))
    }
}
