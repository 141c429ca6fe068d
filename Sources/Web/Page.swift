import Foundation
import Kernel

/// A part of a list, and the way to the next part.
package struct Page<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Opaque; sent back as `?cursor=` for what follows. `nil` at the end.
    package var next: String?

    /// Cuts what a store found when asked for one more than `request.limit`.
    /// - Parameter position: where the list goes on after this item: the values it is sorted by, ending in its id.
    package init(found: [Item], request: PageRequest, position: (Item) -> String) {
        items = Array(found.prefix(request.limit))
        next = found.count > request.limit ? items.last.map { PageRequest.cursor(for: position($0)) } : nil
    }

    /// A page that was put together elsewhere.
    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// The page without what somebody may not see; the list goes on behind what was read.
    package func filter(_ isShown: (Item) -> Bool) -> Page { Page(items: items.filter(isShown), next: next) }

    /// The same page of something else.
    package func map<Other: Sendable>(_ change: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(change), next: next)
    }
}

extension Page: Encodable where Item: Encodable {}
extension Page: Decodable where Item: Decodable {}

/// Which part of a list a client asks for: `?limit=` and `?cursor=`.
package struct PageRequest: Hashable, Sendable {
    /// Items on a page unless the client says otherwise, and at most.
    package static let usualLimit = 50
    package static let mostLimit = 500
    private static let mostCursor = 1_024

    /// Ask the store for one more than this.
    package var limit: Int
    /// Only items after this position; `nil` from the start.
    package var position: String?

    package init(limit: Int = usualLimit, position: String? = nil) {
        self.limit = limit
        self.position = position
    }

    /// What follows a page of this program whose `next` is `cursor`.
    init(limit: Int, cursor: String) throws {
        // Without a position a list would begin again, for ever.
        guard let position = Self.position(from: cursor) else {
            throw Problem(.internal, "A list made a cursor that cannot be read.")
        }
        self.init(limit: limit, position: position)
    }

    /// Reads the query. Throws `Problem(.invalid)` that names the parameter.
    ///
    /// - Parameter usual: items on a page when the client does not say.
    package init(_ request: WebRequest, usual: Int = usualLimit) throws {
        limit = usual
        if let text = request.query["limit"] {
            guard let number = Int(text), (1...Self.mostLimit).contains(number) else {
                throw Problem(
                    .invalid, "'limit' must be a whole number from 1 to \(Self.mostLimit).",
                    details: ["field": "limit"])
            }
            limit = number
        }
        if let text = request.query["cursor"], !text.isEmpty {
            guard let position = Self.position(from: text) else {
                throw Problem(
                    .invalid, "'cursor' must be the 'next' of an earlier page; leave it out to start again.",
                    details: ["field": "cursor"])
            }
            self.position = position
        }
    }

    /// Base64 for URLs without padding (RFC 4648, section 5), marked with a version.
    static func cursor(for position: String) -> String {
        Data(("1:" + position).utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    private static func position(from cursor: String) -> String? {
        guard cursor.utf8.count <= mostCursor else { return nil }
        let plain = cursor.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: plain + padding),
            let text = String(validating: data, as: UTF8.self),
            text.hasPrefix("1:")
        else { return nil }
        return String(text.dropFirst(2))
    }
}
