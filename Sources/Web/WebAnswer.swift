import Foundation
package import Sheets

/// What a handler answers.
package struct WebAnswer: Sendable {
    enum Content: Sendable {
        case nothing
        case bytes([UInt8])
        case events(EventStreamResponse)
        case pieces(PieceStream)
        case list(ListFile)
    }

    /// The HTTP status.
    package var status: Int
    /// Beside those that every answer gets.
    package var headers: [(name: String, value: String)]
    var content: Content
    /// What the file is called that leaves with it, for the audit; `nil` for what nobody keeps.
    var leavesAs: String?

    /// Done, and there is nothing to say (204).
    package static let empty = WebAnswer(status: 204, headers: [], content: .nothing)

    /// `value` as JSON, with sorted keys so that equal values give equal bytes. Throws what the value's encoder throws.
    package static func json(_ value: some Encodable, status: Int = 200) throws -> WebAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .bytes(Array(try encoder.encode(value)), contentType: "application/json", status: status)
    }

    /// Any other bytes.
    ///
    /// - Parameter leavesAs: the name of a file of the centre's data, which the audit is told.
    package static func bytes(
        _ bytes: [UInt8], contentType: String, status: Int = 200, leavesAs: String? = nil
    ) -> WebAnswer {
        WebAnswer(
            status: status, headers: [("Content-Type", contentType)], content: .bytes(bytes),
            leavesAs: leavesAs)
    }

    /// Sheets as a file to keep; `name` is without its ending.
    package static func file(_ sheets: [Sheet], _ format: SheetFormat, name: String) throws -> WebAnswer {
        var answer = WebAnswer.bytes(
            try format.bytes(sheets), contentType: format.contentType, leavesAs: "\(name).\(format.rawValue)")
        answer.headers.append(Self.download(name, format))
        return answer
    }

    /// Bytes that are made while they are sent.
    static func pieces(
        _ pieces: PieceStream, contentType: String, headers: [(name: String, value: String)]
    ) -> WebAnswer {
        WebAnswer(
            status: 200, headers: [("Content-Type", contentType)] + headers, content: .pieces(pieces))
    }

    /// A list as a file, which the server completes with its zone and its day.
    static func list(_ file: ListFile) -> WebAnswer {
        WebAnswer(
            status: 200, headers: [], content: .list(file), leavesAs: "\(file.name).\(file.format.rawValue)")
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

    /// The header that has a browser keep the answer under a name.
    static func download(_ name: String, _ format: SheetFormat) -> (name: String, value: String) {
        ("Content-Disposition", "attachment; filename=\"\(name).\(format.rawValue)\"")
    }
}
