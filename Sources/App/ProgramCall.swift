import Foundation
import Kernel

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

    private let program: String
    private let arguments: [String]
    private let patience: Int

    /// - Parameter patience: seconds after which it is ended.
    init(_ program: String, _ arguments: [String], patience: Int = 86_400) {
        self.program = program
        self.arguments = arguments
        self.patience = patience
    }

    /// Runs it to its end.
    func answer() async throws -> Answer {
        // Blocking work, on a thread of the system and never on Swift's pool.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try runAndWait() }) }
        }
    }

    private func runAndWait() throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["LC_ALL=C", "timeout", String(patience), program] + arguments
        // Standard error goes through a file: two pipes read one after the other could block each other.
        let complaints = FileManager.default.temporaryDirectory.appending(
            path: "hotline-" + UUID().uuidString)
        guard FileManager.default.createFile(atPath: complaints.path(percentEncoded: false), contents: nil)
        else {
            throw Problem(.unavailable, "The folder for temporary files cannot be written.")
        }
        let errors = try FileHandle(forWritingTo: complaints)
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try errors.close()
        let complaint = String(decoding: try Data(contentsOf: complaints), as: UTF8.self)
        try FileManager.default.removeItem(at: complaints)
        return Answer(status: process.terminationStatus, output: text, complaint: complaint)
    }
}
