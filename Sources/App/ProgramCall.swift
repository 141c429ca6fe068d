import Programs

/// A program of the system that is called seldom and waited for: `tar`, `systemctl`, `timedatectl`.
struct ProgramCall: Sendable {
    struct Answer: Sendable {
        /// 127 when there is no such program.
        var status: Int32
        var output: String
        var complaint: String

        /// The last line of what it said on standard error.
        var lastComplaint: String {
            complaint.split(separator: "\n").last.map(String.init) ?? "status \(status)"
        }
    }

    /// Bytes of output; none of these programs says more.
    private static let mostOutput = 1_048_576

    private let program: String
    private let arguments: [String]
    private let patience: Int

    /// - Parameter patience: seconds after which it is ended.
    init(_ program: String, _ arguments: [String], patience: Int = 86_400) {
        self.program = program
        self.arguments = arguments
        self.patience = patience
    }

    /// Runs it to its end, or to the end of patience, which is a `Problem`.
    func answer() async throws -> Answer {
        let run = ProgramRun(
            program: "env", arguments: ["LC_ALL=C", program] + arguments, input: [],
            deadline: .seconds(patience), mostOutput: Self.mostOutput)
        let answer = try await run.run()
        let status: Int32 =
            switch answer.ending {
            case .exited(let status): status
            case .signalled(let signal): 128 + signal
            }
        return Answer(
            status: status, output: String(decoding: answer.output, as: UTF8.self),
            complaint: answer.complaint)
    }
}
