import Kernel
import Storage
import Testing

@Suite struct JournalTests {
    private let snapshot: [UInt8] = Array("snapshot 快照".utf8)

    private func open(_ database: any Database, engine: String = "routing") async throws -> JournalPosition {
        let snapshot = snapshot
        return try await database.write { transaction in
            try Journal.openSegment(
                engine, version: 3, settingsHash: "abc", snapshot: snapshot, at: morning, tenant: tenant,
                in: transaction)
        }
    }
    private func append(
        _ inputs: [String], at position: JournalPosition, _ database: any Database
    ) async throws -> JournalPosition {
        try await database.write { transaction in
            try Journal.append(inputs.map { (morning, Array($0.utf8)) }, at: position, in: transaction)
        }
    }
    private func replayed(
        _ segment: Int64, _ database: any Database
    ) async throws -> (inputs: [String], position: JournalPosition) {
        try await database.read { transaction in
            var inputs: [String] = []
            let position = try Journal.replay(segment, tenant: tenant, in: transaction) { entry in
                inputs.append(String(decoding: entry.input, as: UTF8.self))
            }
            return (inputs, position)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `N18 The journal gives back snapshot and inputs in order, and goes on`(_ kind: DatabaseUnderTest)
        async throws
    {
        try await kind.open { database in
            #expect(try await database.read { try Journal.latest("routing", tenant: tenant, in: $0) } == nil)
            var position = try await open(database)
            let inputs = (0..<50).map { #"{"input":\#($0)}"# }
            position = try await append(Array(inputs[..<1]), at: position, database)
            position = try await append(Array(inputs[1..<40]), at: position, database)
            position = try await append([], at: position, database)
            let latest = try #require(
                try await database.read { try Journal.latest("routing", tenant: tenant, in: $0) })
            #expect(latest.engineVersion == 3)
            #expect(latest.settingsHash == "abc")
            #expect(latest.snapshot == snapshot)
            let first = try await replayed(latest.number, database)
            #expect(first.inputs == Array(inputs[..<40]))
            #expect(first.position == position)

            // After a restart the shell goes on from what the replay returned.
            position = try await append(Array(inputs[40...]), at: first.position, database)
            #expect(try await replayed(latest.number, database).inputs == inputs)

            // A second engine has segments of its own; the newest of each is found.
            let calls = try await open(database, engine: "calls")
            #expect(calls.segment == 2)
            let closed = position
            try await database.write { try Journal.close(closed, at: morning, in: $0) }
            let next = try await open(database)
            #expect(
                try await database.read { try Journal.latest("routing", tenant: tenant, in: $0)?.number }
                    == next.segment)
            #expect(try await replayed(1, database).inputs == inputs)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `N18 After a failed commit the shell goes on from the position before`(_ kind: DatabaseUnderTest)
        async throws
    {
        try await kind.open { database in
            let position = try await append(["one"], at: try await open(database), database)
            await #expect(throws: Problem.self) {
                try await database.write { transaction in
                    _ = try Journal.append([(morning, [1])], at: position, in: transaction)
                    throw Problem(.unavailable, "The disk is gone")
                }
            }
            let next = try await append(["two"], at: position, database)
            #expect(try await replayed(next.segment, database).inputs == ["one", "two"])

            // A shell that was overtaken is refused.
            let error = await #expect(throws: SQLError.self) {
                _ = try await append(["three"], at: position, database)
            }
            #expect(error?.kind == .unique)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `N18 A damaged journal names the segment and the entry`(_ kind: DatabaseUnderTest) async throws {
        let damages: [(SQL, String)] = [
            ("update journal_entry set input = \(Array("two?".utf8)) where number = 2", "2"),
            ("update journal_entry set at = at + 1 where number = 3", "3"),
            ("delete from journal_entry where number = 1", "1"),
            ("delete from journal_entry where number = 3", "3"),
            ("update journal_segment set snapshot = \([UInt8]([1, 2, 3]))", "0"),
            ("update journal_segment set settings_hash = 'other'", "0"),
        ]
        for (damage, entry) in damages {
            try await kind.open { database in
                let position = try await append(
                    ["one", "two", "three"], at: try await open(database), database)
                try await database.write { transaction in
                    try Journal.close(position, at: morning, in: transaction)
                    try transaction.execute(damage)
                }
                let problem = await #expect(throws: Problem.self) { _ = try await replayed(1, database) }
                #expect(problem?.details["reason"] == "journal.corrupt")
                #expect(problem?.details["segment"] == "1")
                #expect(problem?.details["entry"] == entry)
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A closed segment cannot be closed again`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            let position = try await open(database)
            try await database.write { try Journal.close(position, at: morning, in: $0) }
            let problem = await #expect(throws: Problem.self) {
                try await database.write { try Journal.close(position, at: morning, in: $0) }
            }
            #expect(problem?.code == .conflict)
        }
    }

    @Test func `The checksum is CRC-64 XZ and can be continued`() {
        var whole = Checksum()
        whole.add("123456789".utf8)
        #expect(whole.value == 0x995D_C9BB_DF19_39FA)
        #expect(whole.digest == "crc64-xz:995dc9bbdf1939fa")
        var part = Checksum()
        part.add("1234".utf8)
        var rest = Checksum(continuing: part.value)
        rest.add("56789".utf8)
        #expect(rest.value == whole.value)
    }
}
