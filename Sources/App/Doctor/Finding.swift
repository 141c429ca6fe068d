/// What the doctor has found out about one thing.
package struct Finding: Codable, Sendable, Hashable {
    /// How bad it is.
    package enum State: String, Codable, Sendable {
        /// As it should be.
        case fine
        /// It works, and may not for everybody or not for long.
        case warning
        /// It does not work.
        case wrong
    }

    /// What was looked at: `ports`, `names`, `clock`, `disk`, `certificate`, `trunk`, `address`, `files`, `speech`,
    /// `database` or `programs`.
    package var check: String
    package var state: State
    /// What is the matter, in a sentence.
    package var cause: String
    /// What to do about it; empty when all is well.
    package var remedy: String

    init(_ check: String, _ state: State, _ cause: String, remedy: String = "") {
        self.check = check
        self.state = state
        self.cause = cause
        self.remedy = remedy
    }
}
