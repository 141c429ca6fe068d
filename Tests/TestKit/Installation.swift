package import App
import Foundation
import Kernel
import Logging
package import Storage

/// The databases that the whole product is tested on.
package enum StoreUnderTest: String, CaseIterable, Sendable, CustomStringConvertible {
    case embedded, postgres

    /// Where the test server is (`Tests/postgres`); without it the tests run on the embedded database alone.
    static let server = ProcessInfo.processInfo.environment["HOTLINE_TEST_POSTGRES"]

    /// Those that can be had here.
    package static let all: [StoreUnderTest] = server == nil ? [.embedded] : Array(allCases)

    package var description: String { rawValue }
}

/// An installation of one test: a folder, and a schema when it is on PostgreSQL. It outlives the runs of the product.
package struct Installation: Sendable {
    package let folder: String
    private let schema: String?
    /// Whether HTTPS is served, with a certificate of the installation's own; it takes a moment to be made.
    package var servesTLS = false
    /// Whether recordings are sealed soon after they have ended, under other names then.
    package var sealsRecordings = false
    /// Bytes that are said to be free; `nil` asks the disk.
    package var freeSpace: (@Sendable () throws -> Int64)?

    /// Makes an empty installation and removes it afterwards.
    package static func with<R>(
        _ store: StoreUnderTest, _ body: (Installation) async throws -> R
    ) async throws -> R {
        let installation = try await make(store)
        return try await installation.removedAfterwards(body)
    }

    private static func make(_ store: StoreUnderTest) async throws -> Installation {
        let name = "hotline-" + UUID().uuidString.lowercased()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard store == .postgres, let server = StoreUnderTest.server else {
            return Installation(folder.path, schema: nil)
        }
        let schema = "test_" + name.filter { $0 != "-" }
        let database = PostgresDatabase(server, connections: 1)
        defer { database.close() }
        try await database.write { try $0.execute("create schema \(SQL.identifier(schema))") }
        return Installation(folder.path, schema: schema)
    }

    private init(_ folder: String, schema: String?) {
        self.folder = folder
        self.schema = schema
    }

    private func removedAfterwards<R>(_ body: (Installation) async throws -> R) async throws -> R {
        do {
            let result = try await body(self)
            try await remove()
            return result
        } catch {
            try? await remove()
            throw error
        }
    }

    private func remove() async throws {
        // A database that is being closed removes its own files meanwhile, which then are not there to be removed.
        try await eventually("the folder is gone") {
            try? FileManager.default.removeItem(atPath: folder)
            return FileManager.default.fileExists(atPath: folder) ? nil : ()
        }
        guard let schema, let server = StoreUnderTest.server else { return }
        let database = PostgresDatabase(server, connections: 1)
        defer { database.close() }
        try await database.write { try $0.execute("drop schema \(SQL.identifier(schema)) cascade") }
    }

    /// How its PostgreSQL database is reached; `nil` on the embedded one.
    package var conninfo: String? {
        guard let schema, let server = StoreUnderTest.server else { return nil }
        return "\(server) options='-c search_path=\(schema)'"
    }

    /// The installation's database, beside the product.
    package func database() throws -> any Database {
        if let conninfo { return PostgresDatabase(conninfo, connections: 1) }
        return try SQLiteDatabase(path: folder + "/hotline.sqlite")
    }

    /// What a machine that lost its power now would find: a copy of everything that has been committed. Nothing may be
    /// written meanwhile.
    package func withPowerLost<R>(_ body: (Installation) async throws -> R) async throws -> R {
        let image = try await Self.make(schema == nil ? .embedded : .postgres)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.copyItem(atPath: folder + "/" + name, toPath: image.folder + "/" + name)
        }
        if let schema, let copy = image.schema, let server = StoreUnderTest.server {
            let database = PostgresDatabase(server, connections: 1)
            defer { database.close() }
            try await database.write { tx in
                let tables = try tx.rows(
                    "select tablename from pg_tables where schemaname = \(schema) order by tablename")
                for table in tables {
                    let name = try SQL.identifier(try table.text("tablename"))
                    let (from, to) = (try SQL.identifier(schema), try SQL.identifier(copy))
                    try tx.execute("create table \(to).\(name) (like \(from).\(name) including all)")
                    try tx.execute("insert into \(to).\(name) select * from \(from).\(name)")
                }
            }
        }
        return try await image.removedAfterwards(body)
    }

    // MARK: running the product

    /// Which centre the product takes over when it starts.
    package enum Centre: Sendable {
        /// `config/demo`: number 5186, 40 seats, 45 people.
        case demonstration
        /// A file of its own, with the flows of the demonstration.
        case file(String)
        /// A number `support` that rings straight through to this many agents, all at the phone on this port.
        case straightThrough(agents: Int, phone: Int)
        /// What is in the database already, with its published flows.
        case published
    }

    /// The repository's folder.
    package static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()

    /// Starts the product on free ports, waits until it is ready, and stops it after the body.
    package func running<R>(_ centre: Centre, _ body: (RunningHotline) async throws -> R) async throws -> R {
        let hotline = try await Hotline(
            configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            freeSpace: freeSpace)
        var profile: LoadProfile?
        switch centre {
        case .demonstration:
            try await hotline.load(centreFile: Self.repository + "config/demo/centre.toml")
        case .file(let path): try await hotline.load(centreFile: path)
        case .published: break
        case .straightThrough(let agents, let phone):
            profile = try LoadProfile("\(agents)@127.0.0.1:\(phone)")
        }
        if let profile { try await hotline.load(profile) }
        let flows: String? = if case .published = centre { nil } else { Self.repository + "config/demo" }
        let (reached, continuation) = AsyncStream.makeStream(of: Hotline.Reach.self)
        // Cancelled below, after the body.
        let serving = Task { [profile, flows] in
            defer { continuation.finish() }
            try await hotline.serve(flowDirectory: flows, profile: profile) {
                continuation.yield($0)
            }
        }
        var reaches = reached.makeAsyncIterator()
        guard let reach = await reaches.next() else {
            try await serving.value
            throw DeadlinePassed(description: "the product ended before it was ready")
        }
        let running = RunningHotline(hotline: hotline, reach: reach, http: HTTPPeer(port: reach.httpPort))
        do {
            let result = try await body(running)
            serving.cancel()
            _ = await serving.result
            return result
        } catch {
            serving.cancel()
            _ = await serving.result
            throw error
        }
    }

    /// What the product is started with.
    package var configuration: Configuration {
        var configuration = Configuration()
        configuration.data.directory = folder
        configuration.data.postgres = conninfo ?? ""
        configuration.sip.listen = "127.0.0.1:0"
        configuration.http.listen = "127.0.0.1:0"
        configuration.http.tlsListen = servesTLS ? "127.0.0.1:0" : ""
        configuration.rtp.workers = 1
        configuration.keys.sealRecordings = sealsRecordings
        // Nothing is spoken: prompts are over at once, and the flow goes on as if they had been heard.
        configuration.speech.program = folder + "/no-speech"
        return configuration
    }
}

/// The product while it runs.
package struct RunningHotline: Sendable {
    package let hotline: Hotline
    package let reach: Hotline.Reach
    package let http: HTTPPeer

    package func token(_ role: String, agent: String? = nil) async throws -> String {
        try await hotline.makeToken(name: role, role: role, agentNumber: agent)
    }

    /// The live picture.
    package func live(_ token: String) async throws -> JSONValue {
        try await http.request("GET", "/api/v1/live", token: token).json
    }

    /// Signs an agent in at a seat; the answer is given back.
    package func signIn(_ agent: String, at seat: String, _ token: String) async throws -> HTTPReply {
        try await http.request(
            "POST", "/api/v1/agents/\(agent)/sign-in", token: token, body: #"{"seat":"\#(seat)"}"#)
    }

    /// The events of an interaction, in order.
    package func timeline(_ interaction: String, _ token: String) async throws -> [JSONValue] {
        try await http.request("GET", "/api/v1/interactions/\(interaction)/timeline", token: token)
            .json["items"].items
    }

    /// The newest interaction, as soon as there are `count`.
    package func newestInteraction(of count: Int = 1, _ token: String) async throws -> JSONValue {
        try await eventually("interaction \(count)") {
            let items = try await http.request("GET", "/api/v1/interactions", token: token).json["items"]
                .items
            return items.count >= count ? items.first : nil
        }
    }
}
