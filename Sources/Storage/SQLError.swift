package import Kernel

/// What a database answered when it refused a statement or a commit.
package struct SQLError: ProblemConvertible, Sendable, CustomStringConvertible {
    /// What a caller may want to tell apart.
    package enum Kind: String, Sendable, CaseIterable {
        /// A unique constraint or primary key is taken.
        case unique
        /// A referenced row is missing, or still referenced.
        case foreignKey
        /// A mandatory column was null.
        case notNull
        /// Somebody else holds the lock for longer than the bound.
        case busy
        /// Concurrent transactions could not be put in an order; retried within a bound before it is thrown.
        case serialization
        /// The disk, or the database's size limit, is full.
        case full
        /// A statement of a read, or a medium that cannot be written, was asked to write.
        case readOnly
        case other
    }
    /// Which of them it is.
    package var kind: Kind
    /// The database's own code: an SQLSTATE, or SQLite's extended result code.
    package var code: String
    /// The database's message; it may quote values, so it is for logs under a `pii` key only.
    package var message: String

    /// Describes a refusal.
    package init(_ kind: Kind, code: String, message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }

    /// For logs under a `pii` key: it quotes the database.
    package var description: String { "SQLError(\(kind) \(code)): \(message)" }

    /// The problem for callers beyond the stores, without the database's message.
    package var problem: Problem {
        let details = ["reason": "database.\(kind.rawValue)", "code": code]
        return switch kind {
        case .unique: Problem(.conflict, "It exists already", cause: self, details: details)
        case .foreignKey:
            Problem(
                .conflict, "Something that it refers to is missing or still in use", cause: self,
                details: details)
        case .notNull: Problem(.invalid, "A mandatory value is missing", cause: self, details: details)
        case .busy, .serialization:
            Problem(.unavailable, "The database is busy; try again", cause: self, details: details)
        case .full: Problem(.unavailable, "The disk of the database is full", cause: self, details: details)
        case .readOnly: Problem(.unavailable, "The database cannot be written", cause: self, details: details)
        case .other: Problem(.internal, "The database refused a statement", cause: self, details: details)
        }
    }
}

extension SQLError {
    private static let mostRetries = 5

    /// Does work again that chose the next number of a row while another transaction took it.
    package static func retryingTaken<R>(_ work: () async throws -> R) async throws -> R {
        for _ in 1..<mostRetries {
            do { return try await work() } catch let error as SQLError where error.kind == .unique {
                continue
            }
        }
        return try await work()
    }
}
