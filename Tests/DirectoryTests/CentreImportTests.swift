import Contracts
import Foundation
import Kernel
import Storage
import Testing

@testable import Directory

/// Taking a centre over from its file: once for what it says, whichever version of the program reads it.
@Suite struct CentreImportTests {
    private func file(_ change: (inout String) -> Void = { _ in }) throws -> CentreImport {
        var text = try DemonstrationCentreTests.text()
        change(&text)
        let path = NSTemporaryDirectory() + "hotline-centre-\(UUID().uuidString).toml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try CentreImport.file(path, tenant: tenant)
    }

    @Test(arguments: StoreUnderTest.all)
    func `G10 a newer program that reads more in the same file does not take it over again`(
        _ store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            let feature = DirectoryFeature(
                database.tenant(tenant), ids: IDSource(), clock: { Timestamp(milliseconds: 1_000) })
            let now = Timestamp(milliseconds: 1_000)
            // As an earlier version kept it: by what that version made of the file.
            var former = try file()
            former.source = former.formerSource
            #expect(try await feature.load(former, at: now))
            #expect(try await feature.load(try file(), at: now) == false)
            // From now on it is known by what it says.
            var later = try file()
            later.formerSource = "file:what a later version makes of it"
            #expect(try await feature.load(later, at: now) == false)
            #expect(try await feature.load(try file { $0 += "\n# A remark.\n" }, at: now) == false)
            let changed = try file { $0.replace("王伟", with: "王维") }
            #expect(try await feature.load(changed, at: now))
            #expect(try await feature.centre().people.contains { $0.name == "王维" })
        }
    }
}
