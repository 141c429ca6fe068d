/// The one error type that crosses features. One file of `Web` maps it to problem+json (RFC 9457).
public struct Problem: Error, Sendable {
    /// The closed set of codes; a caller that needs to tell more cases apart gets a return value instead.
    public enum Code: String, Codable, Sendable, CaseIterable {
        /// The request is wrong in itself; repeating it does not help.
        case invalid
        /// Nobody is signed in.
        case unauthenticated
        /// Somebody is signed in who may not do this.
        case forbidden
        /// There is no such thing, or none that the asker may know of.
        case notFound
        /// The state has changed, or the name is taken; read again and decide.
        case conflict
        /// A limit is reached: places, lines, size.
        case exhausted
        /// Something that is needed does not work at the moment; later may help.
        case unavailable
        /// An answer did not come in time; whether the work was done is not known.
        case timedOut
        /// Understood, and not offered here.
        case unsupported
        /// A fault of the program.
        case `internal`
    }
    /// Which kind of problem it is.
    public var code: Code
    /// What happened and what to do about it, in English; clients translate by `details["reason"]`.
    public var message: String
    /// The error below, for the log; never shown to clients.
    public var cause: (any Error)?
    /// Machine-readable particulars: the field, the limit, the reason. Never personal data.
    public var details: [String: String]

    /// A problem to throw. `message` says what happened and what to do about it.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil, details: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.cause = cause
        self.details = details
    }
}

extension Problem: CustomStringConvertible {
    /// One line for the log: code, message, details in the order of their names, cause.
    public var description: String {
        let particulars = details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
            separator: " ")
        let parts = [code.rawValue + ":", message, particulars, cause.map { "(\($0))" } ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// An error of a layer below that can be told as a problem.
public protocol ProblemConvertible: Error {
    /// What whoever asked is told.
    var problem: Problem { get }
}
