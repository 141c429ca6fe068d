import Foundation
import Kernel
import Storage
import Testing

@testable import Vault

/// Sealing by value, and by everything that may be wrong with what was sealed.
@Suite struct SealTests {
    /// A folder that is gone afterwards.
    private func inFolder<R>(_ body: (String) throws -> R) throws -> R {
        let folder = NSTemporaryDirectory() + "hotline-vault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    @Test func `GCM gives the values of NIST, and HMAC those of RFC 4231's kind`() throws {
        // McGrew and Viega, test case 14: a key and a nonce of zeros, one block of zeros.
        let zero = try #require(SecretKey([UInt8](repeating: 0, count: 32)))
        let sealed = zero.seal(
            [UInt8](repeating: 0, count: 16), nonce: [UInt8](repeating: 0, count: 12), context: [])
        #expect(
            Hexadecimal.text(sealed)
                == "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919")
        // Test case 13: nothing at all.
        let empty = zero.seal([], nonce: [UInt8](repeating: 0, count: 12), context: [])
        #expect(Hexadecimal.text(empty) == "530f8afbc74536b9a963b4f1c4cb738b")
        #expect(
            Hexadecimal.text(zero.mark(of: ""))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `a text opens under its key and context alone`() throws {
        let key = SecretKey()
        let sealed = key.seal(Array("notes".utf8), context: "a")
        #expect(try key.open(sealed, context: "a") == Array("notes".utf8))
        #expect(sealed.count == 5 + SecretKey.overhead)
        #expect(key.seal(Array("notes".utf8), context: "a") != sealed, "a nonce of its own each time")
        #expect(throws: Problem.self) { try key.open(sealed, context: "b") }
        #expect(throws: Problem.self) { try SecretKey().open(sealed, context: "a") }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: Problem.self) { try key.open(changed, context: "a") }
        }
        #expect(throws: Problem.self) { try key.open(Array(sealed.dropLast()), context: "a") }
        #expect(throws: Problem.self) { try key.open([], context: "a") }
        #expect("\(key)" == "a key" && !"\(String(reflecting: key))".contains(key.hexadecimal))
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func `a file comes back byte for byte, whatever its length`(_ length: Int) throws {
        try inFolder { folder in
            let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let key = SecretKey()
            try Data(content).write(to: URL(filePath: folder + "/a"))
            try SealedFile.seal(folder + "/a", to: folder + "/b", under: key, named: KeyID(7))
            #expect(try SealedFile.key(of: folder + "/b") == KeyID(7))
            #expect(try SealedFile.key(of: folder + "/a") == nil)
            try SealedFile.open(folder + "/b", under: key, to: folder + "/c")
            #expect(FileManager.default.contents(atPath: folder + "/c") == Data(content))
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/c")[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600)
            // Nothing is sealed in an empty file.
            guard length > 0 else { return }
            #expect(throws: Problem.self) {
                try SealedFile.open(folder + "/b", under: SecretKey(), to: folder + "/d")
            }
        }
    }

    @Test func `a file that was cut, lengthened, changed or put together anew is refused`() throws {
        try inFolder { folder in
            let key = SecretKey()
            try Data(repeating: 9, count: 150_000).write(to: URL(filePath: folder + "/a"))
            try SealedFile.seal(folder + "/a", to: folder + "/b", under: key, named: KeyID(7))
            let sealed = try Data(contentsOf: URL(filePath: folder + "/b"))
            let piece = 65_552
            var swapped = Data(sealed.prefix(40))
            swapped +=
                sealed[(40 + piece)..<(40 + 2 * piece)] + sealed[40..<(40 + piece)]
                + sealed[(40 + 2 * piece)...]
            var changed = sealed
            changed[70_000] ^= 0x80
            var shorter = sealed
            // The head says that there is less.
            shorter[39] = 0
            for damaged in [
                sealed.dropLast(), sealed.prefix(40 + piece), sealed + [0], swapped, changed, shorter,
                sealed.prefix(20),
            ] {
                try damaged.write(to: URL(filePath: folder + "/c"))
                #expect(throws: Problem.self) { try SealedFile.open(folder + "/c", under: key) { _ in } }
            }
            #expect(throws: Problem.self) {
                try SealedFile.seal(folder + "/none", to: folder + "/d", under: key, named: KeyID(7))
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/d.partial"))
        }
    }

    @Test func `the file of master keys says which line is wrong, and nobody else can read it`() throws {
        try inFolder { folder in
            let path = folder + "/keys/master.key"
            let made = try MasterKeys(makingNew: path)
            #expect(try MasterKeys(path: path).current == made.current)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600)
            #expect(made.current.fingerprint.count == 16)
            try Data("# mine\n\n\(made.current.hexadecimal)\nabc\n".utf8).write(to: URL(filePath: path))
            #expect {
                try MasterKeys(path: path)
            } throws: {
                "\($0)".contains("line 4")
            }
            try Data("# nothing\n".utf8).write(to: URL(filePath: path))
            #expect(throws: Problem.self) { try MasterKeys(path: path) }
            #expect(
                MasterKeys.place(configured: "", dataDirectory: "/d", environment: [:])
                    == "/d/keys/master.key")
            #expect(
                MasterKeys.place(
                    configured: "/k", dataDirectory: "/d", environment: ["CREDENTIALS_DIRECTORY": folder])
                    == "/k")
            try Data("x".utf8).write(to: URL(filePath: folder + "/hotline-master-key"))
            #expect(
                MasterKeys.place(
                    configured: "/k", dataDirectory: "/d", environment: ["CREDENTIALS_DIRECTORY": folder])
                    == folder + "/hotline-master-key")
        }
    }

    @Test func `an embedded vault keeps keys through a rotation, and a destroyed key is gone`() async throws {
        let folder = NSTemporaryDirectory() + "hotline-vault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try SQLiteDatabase(path: folder + "/vault.sqlite")
        try await database.migrate(Vault.migrations)
        let mine = database.tenant(TenantID(1))
        let now = Timestamp(milliseconds: 1)
        let path = folder + "/master.key"
        let vault = try await Vault(mine, ids: IDSource(), keysAt: path, at: now)
        let (id, key) = try await mine.write { try vault.key(of: .number("+8613800138000"), at: now, in: $0) }
        #expect(
            try await mine.write { try vault.key(of: .number("+8613800138000"), at: now, in: $0).id } == id)
        #expect(
            try await mine.write { try vault.key(of: .number("+8613800138001"), at: now, in: $0).id } != id)
        let mark = try await mine.read { try vault.mark(of: "+8613800138000", in: $0) }
        let former = vault.fingerprint
        let formerFile = try Data(contentsOf: URL(filePath: path))

        let rotated = try await vault.rotate()
        #expect(rotated.keys == 3 && rotated.fingerprint != former)
        let again = try await Vault(mine, ids: IDSource(), keysAt: path, at: now)
        #expect(again.complaint == nil && again.fingerprint == rotated.fingerprint)
        #expect(try await mine.read { try again.key(id, in: $0) } == key)
        #expect(try await mine.read { try again.mark(of: "+8613800138000", in: $0) } == mark)

        // The former file opens nothing any more, and says which one is wanted; the product goes on.
        try formerFile.write(to: URL(filePath: path))
        let wrong = try await Vault(mine, ids: IDSource(), keysAt: path, at: now)
        #expect(wrong.complaint.map { "\($0)".contains(rotated.fingerprint) } == true)
        await #expect(throws: Problem.self) { try await mine.read { try wrong.key(id, in: $0) } }
        try FileManager.default.removeItem(atPath: path)
        let none = try await Vault(mine, ids: IDSource(), keysAt: path, at: now)
        #expect(none.complaint != nil && none.fingerprint == nil)
        #expect(!FileManager.default.fileExists(atPath: path), "no new key is made where one is missing")

        #expect(try await mine.write { try again.destroy([.number("+8613800138000")], in: $0) } == 1)
        #expect(try await mine.read { try again.key(id, in: $0) } == nil)
        try database.close()
    }
}
