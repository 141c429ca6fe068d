import Foundation
package import Kernel

/// A request as the features see it: read whole, bounded, with nothing of the HTTP library in it.
package struct WebRequest: Sendable {
    /// In capitals, such as `POST`.
    package let method: String
    /// Without the query.
    package let path: String
    /// What stands in the path where the route has `{name}`.
    package let parameters: [String: String]
    /// The query, percent-decoded; of a name given twice the first counts. Unknown names are ignored.
    package let query: [String: String]
    /// By lower-case name.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(
        method: String, path: String, parameters: [String: String] = [:], query: [String: String] = [:],
        headers: [String: String] = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// A header by its name in any case.
    package func header(_ name: String) -> String? { headers[name.lowercased()] }

    /// A part of the path. Throws `Problem(.internal)` for a name that the route does not have.
    package func parameter(_ name: String) throws -> String {
        guard let value = parameters[name] else {
            throw Problem(.internal, "The route has no parameter '\(name)'.")
        }
        return value
    }

    /// An id in the path. Throws `Problem(.notFound)` for what is no id, because there can be no such thing.
    package func id<Kind>(_ name: String, of kind: Kind.Type = Kind.self) throws -> ID<Kind> {
        let text = try parameter(name)
        guard let id = ID<Kind>(text) else {
            throw Problem(
                .notFound, "There is nothing with the id '\(text.prefix(64))'.", details: ["field": name])
        }
        return id
    }

    /// The body decoded from JSON. Throws `Problem(.invalid)` that names the field at fault and the remedy.
    package func json<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        guard !body.isEmpty else { throw Problem(.invalid, "The body is empty; send a JSON object.") }
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw problem(for: error)
        }
    }

    /// After which event a stream of events goes on: `Last-Event-ID`, which a browser sends when it connects again,
    /// else `?after=`; `nil` starts with what comes now. Throws `Problem(.invalid)` for what is no number.
    package func after() throws -> Int64? {
        let (name, text) =
            header("last-event-id").map { ("Last-Event-ID", $0) } ?? ("after", query["after"] ?? "")
        if text.isEmpty { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw Problem(
                .invalid, "'\(name)' must be the number of an event, such as 4711.", details: ["field": name])
        }
        return number
    }

    private func problem(for error: DecodingError) -> Problem {
        switch error {
        case .keyNotFound(let key, let context):
            let field = Self.path(context.codingPath + [key])
            return Problem(.invalid, "The field '\(field)' is missing; add it.", details: ["field": field])
        case .valueNotFound(let type, let context):
            let field = Self.path(context.codingPath)
            return Problem(
                .invalid, "The field '\(field)' must not be null; give \(Self.name(of: type)).",
                details: ["field": field])
        case .typeMismatch(let type, let context):
            let field = Self.path(context.codingPath)
            let what = field.isEmpty ? "The body" : "The field '\(field)'"
            return Problem(.invalid, "\(what) must be \(Self.name(of: type)).", details: ["field": field])
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            // The decoder says no more when a number does not fit.
            guard (try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed)) == nil
            else {
                return Problem(
                    .invalid, "A number does not fit, such as a fraction where a whole number belongs.")
            }
            return Problem(
                .invalid, "The body is no valid JSON in UTF-8; check its quotes, commas and brackets.")
        case .dataCorrupted(let context):
            let field = Self.path(context.codingPath)
            return Problem(
                .invalid, "The field '\(field)' has a value that does not fit: \(context.debugDescription)",
                details: ["field": field])
        @unknown default:
            return Problem(.invalid, "The body does not have the expected shape.")
        }
    }

    /// `people[3].name`.
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "text in quotes"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type, is any ArrayOfSomething.Type: "a list"
        default: "an object"
        }
    }
}

private protocol ArrayOfSomething {}
extension Array: ArrayOfSomething {}
