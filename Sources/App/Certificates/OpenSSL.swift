import Foundation
import Kernel

/// The program `openssl`, which makes keys and certificates. It is called seldom, so a library is not worth its weight.
struct OpenSSL: Sendable {
    /// Seconds that one call may take; a key on a curve takes a few hundredths.
    private static let mostSeconds = 30

    var program = "openssl"

    /// Runs it with some arguments in a folder and returns what it wrote.
    ///
    /// - Throws: `Problem(.unavailable)` when it is not there, `Problem(.internal)` with its words when it fails.
    @discardableResult
    func run(_ arguments: [String], in folder: String) async throws -> String {
        // Blocking work, on a thread of the system and never on Swift's pool.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try runAndWait(arguments, folder) })
            }
        }
    }

    private func runAndWait(_ arguments: [String], _ folder: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", String(Self.mostSeconds), program] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do { try process.run() } catch {
            throw Problem(
                .unavailable, "The program openssl cannot be started; install the package openssl.",
                cause: error)
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return text
        // What env and timeout answer when the program is not there.
        case 126, 127:
            throw Problem(.unavailable, "There is no program openssl; install the package openssl.")
        default:
            throw Problem(
                .internal,
                "openssl \(arguments.first ?? "") failed: \(complaint.split(separator: "\n").last ?? "")")
        }
    }
}
