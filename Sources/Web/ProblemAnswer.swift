package import Kernel

/// A `Problem` as it goes over HTTP: `application/problem+json` (RFC 9457). This file is the only map from codes to
/// status numbers.
package struct ProblemAnswer: Error, Sendable {
    /// The wire shape. `detail` is for people, in English; clients decide and translate by `code` and `details`.
    struct Body: Encodable {
        let type: String
        let title: String
        let status: Int
        let code: String
        let detail: String
        /// The field of the request that is at fault, such as `people[3].name`.
        let field: String?
        /// Everything else that a program may want to know; left out when empty.
        let details: [String: String]?
        /// The id under which the log has this request.
        let request: String
    }

    /// Media type of RFC 9457, section 3.
    static let contentType = "application/problem+json"
    private static let fieldKey = "field"

    package let status: Int
    package let problem: Problem
    /// Sent as `Retry-After`, in seconds.
    package let retryAfter: Int?

    /// - Parameters:
    ///   - status: only for what HTTP alone knows (413, 415, 421); else the code decides.
    ///   - retryAfter: seconds after which it is worth while to ask again.
    package init(_ problem: Problem, status: Int? = nil, retryAfter: Int? = nil) {
        self.problem = problem
        self.status = status ?? Self.status(of: problem.code)
        self.retryAfter = retryAfter
    }

    /// The status for each code.
    package static func status(of code: Problem.Code) -> Int {
        switch code {
        case .invalid: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .conflict: 409
        case .unsupported: 422
        case .exhausted: 429
        case .internal: 500
        case .unavailable: 503
        case .timedOut: 504
        }
    }

    /// The short name of each code (RFC 9457, `title`: the same for every occurrence).
    private static func title(of code: Problem.Code) -> String {
        switch code {
        case .invalid: "The request is not valid"
        case .unauthenticated: "Nobody is signed in"
        case .forbidden: "Not permitted"
        case .notFound: "Not found"
        case .conflict: "In conflict with what is there"
        case .unsupported: "Not supported"
        case .exhausted: "A limit has been reached"
        case .internal: "Something went wrong inside"
        case .unavailable: "Not available at the moment"
        case .timedOut: "Took too long"
        }
    }

    /// What the client gets to see: nothing of the inside of an internal problem, and never a cause.
    func body(request: String) -> Body {
        let inside = problem.code == .internal
        var details = inside ? [:] : problem.details
        let field = details.removeValue(forKey: Self.fieldKey)
        return Body(
            type: "urn:hotline:problem:" + problem.code.rawValue, title: Self.title(of: problem.code),
            status: status,
            code: problem.code.rawValue,
            detail: inside
                ? "Nothing that you can mend; tell the operator the request id \(request)." : problem.message,
            field: field, details: details.isEmpty ? nil : details, request: request)
    }
}
