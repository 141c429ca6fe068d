import Foundation
import Testing

@Suite struct FuzzCorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Fuzz/corpus").standardizedFileURL

    @Test(arguments: FuzzChecks.targets.map(\.name))
    func `what the fuzzer found worth keeping still holds`(name: String) throws {
        let check = try #require(FuzzChecks.targets.first { $0.name == name }).check
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let complaint = check([UInt8](try Data(contentsOf: file)))
            #expect(complaint == nil, "\(file.lastPathComponent)")
        }
    }
}
