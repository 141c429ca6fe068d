import Foundation
import Kernel
import Speech
import Synchronization

/// A directory that goes away with the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "hotline-speech-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes an executable script and answers its path.
    func script(_ name: String, _ lines: String...) throws -> String {
        let file = path + "/" + name
        try ("#!/bin/sh\n" + lines.joined(separator: "\n") + "\n").write(
            toFile: file + ".text", atomically: true, encoding: .utf8)
        // Another process writes it: a program that a test beside this one starts meanwhile would inherit our open
        // file for a moment, and a file that somebody writes cannot be started.
        let copying = Process()
        copying.executableURL = URL(filePath: "/usr/bin/install")
        copying.arguments = ["-m", "755", file + ".text", file]
        try copying.run()
        copying.waitUntilExit()
        guard copying.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
        return file
    }

    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// A voice that answers the text as samples, counts its runs and can be held until the test lets go.
actor FakeVoice: SpeechSynthesizer {
    private(set) var runs = 0
    private var held = false
    private var heldRuns: [CheckedContinuation<Void, Never>] = []
    private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    nonisolated let voice: String
    private let failure: Problem?

    init(voice: String = "fake", failure: Problem? = nil) {
        self.voice = voice
        self.failure = failure
    }

    nonisolated func fingerprint(language: String) throws -> String { "\(voice)/\(language)" }

    func synthesize(text: String, language: String) async throws -> [UInt8] {
        runs += 1
        for watcher in watchers where watcher.count <= runs { watcher.continuation.resume() }
        watchers.removeAll { $0.count <= runs }
        if held { await withCheckedContinuation { heldRuns.append($0) } }
        if let failure { throw failure }
        return wave(Array(text.utf8))
    }

    func hold() { held = true }

    func letGo() {
        held = false
        for run in heldRuns { run.resume() }
        heldRuns = []
    }

    func waitForRuns(_ count: Int) async {
        if runs < count { await withCheckedContinuation { watchers.append((count, $0)) } }
    }
}

/// A WAV file whose sizes may lie, as those of a program that writes into a pipe do.
func wave(_ samples: [UInt8], claimed: UInt32? = nil) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let size = claimed ?? UInt32(samples.count)
    let format: [UInt8] = [1, 0, 1, 0] + word(22_050) + word(44_100) + [2, 0, 16, 0]
    return Array("RIFF".utf8) + word(claimed ?? 36 + size) + Array("WAVEfmt ".utf8) + word(16) + format
        + Array("data".utf8) + word(size) + samples
}
