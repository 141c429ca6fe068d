/// The one error type that crosses features. One file of `Web` maps it to problem+json (RFC 9457).
public struct Problem: Error, Sendable {
    /// The closed set of codes; a caller that needs to tell more cases apart gets a return value instead.
    public enum Code: String, Codable, Sendable, CaseIterable {
        case invalid, unauthenticated, forbidden, notFound, conflict, exhausted, unavailable, timedOut, unsupported
        case `internal`
    }
    public var code: Code
    /// What happened and what to do about it, in English; clients translate by `details["reason"]`.
    public var message: String
    public var cause: (any Error)?
    /// Machine-readable particulars: the field, the limit, the reason. Never personal data.
    public var details: [String: String]

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil, details: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.cause = cause
        self.details = details
    }
}

extension Problem: CustomStringConvertible {
    public var description: String {
        let particulars = details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let parts = [code.rawValue + ":", message, particulars, cause.map { "(\($0))" } ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
