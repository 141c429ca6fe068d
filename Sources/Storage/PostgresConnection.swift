import CPostgres
import Dispatch
import Glibc
import Kernel

/// One libpq connection and its prepared statements. The only file that knows libpq; no pointer leaves it.
///
/// Not safe for concurrent use: everything but `init` runs on `queue` (or on the listener's thread), because libpq blocks.
final class PostgresConnection: @unchecked Sendable {
    /// Seconds until an attempt to connect is given up, unless the connection string says otherwise.
    static let connectPatience = 5
    /// Milliseconds that a statement waits for a lock before it is refused as busy.
    static let lockPatience = 10_000
    /// Prepared statements kept; with more all are forgotten and prepared again as they come.
    static let maximumStatements = 512

    /// The thread that blocks for this connection.
    let queue = DispatchQueue(label: "hotline.storage.postgres")
    private let conninfo: String
    private var handle: OpaquePointer?
    private var statements: [String: Statement] = [:]

    private struct Statement {
        var name: String
        /// Known after the first result.
        var columns: SQLColumns?
    }

    init(_ conninfo: String) { self.conninfo = conninfo }
    deinit { PQfinish(handle) }

    var isOpen: Bool { handle != nil && PQstatus(handle) == CONNECTION_OK }

    /// Connects unless it is connected. Throws `Problem(.unavailable)` when the server cannot be reached.
    func open() throws {
        guard !isOpen else { return }
        close()
        // Settings before `dbname` are defaults, which the connection string in `dbname` may override.
        let settings = [
            ("connect_timeout", String(Self.connectPatience)), ("application_name", "hotline"),
            ("dbname", conninfo), ("client_encoding", "UTF8"),
        ]
        var keywords = settings.map { strdup($0.0) } + [nil]
        var values = settings.map { strdup($0.1) } + [nil]
        defer { for text in keywords + values { free(text) } }
        handle = keywords.withUnsafeMutableBufferPointer { keywords in
            values.withUnsafeMutableBufferPointer { values in
                keywords.withMemoryRebound(to: UnsafePointer<CChar>?.self) { keywords in
                    values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                        PQconnectdbParams(keywords.baseAddress, values.baseAddress, 1)
                    }
                }
            }
        }
        guard isOpen else {
            let failure = refusal(nil)
            close()
            throw failure
        }
        do {
            try perform(
                """
                set client_min_messages = warning; set lock_timeout = \(Self.lockPatience); \
                set hotline.tenant = '*'
                """)
        } catch {
            // Without its settings the session must not be lent to anybody.
            close()
            throw error
        }
    }

    func close() {
        PQfinish(handle)
        handle = nil
        statements = [:]
    }

    /// Runs text of the program without values; several statements with semicolons between make one round trip.
    func perform(_ text: String) throws {
        let result = PQexec(handle, text)
        defer { PQclear(result) }
        try check(result)
    }

    /// Runs one statement with bound values.
    func run(_ text: String, _ binds: ArraySlice<SQLValue>) throws -> (rows: [SQLRow], changed: Int) {
        var prepared = try prepare(text)
        let result = try Parameters(binds).withPointers { values, lengths, formats in
            PQexecPrepared(handle, prepared.name, Int32(binds.count), values, lengths, formats, 0)
        }
        defer { PQclear(result) }
        try check(result)
        let columns: SQLColumns
        if let known = prepared.columns {
            columns = known
        } else {
            columns = SQLColumns((0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) })
            prepared.columns = columns
            statements[text] = prepared
        }
        return (try Self.rows(of: result, columns), Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    private func prepare(_ text: String) throws -> Statement {
        if let known = statements[text] { return known }
        if statements.count >= Self.maximumStatements {
            try perform("deallocate all")
            statements = [:]
        }
        let statement = Statement(name: "s\(statements.count)")
        let result = PQprepare(handle, statement.name, text, 0, nil)
        defer { PQclear(result) }
        try check(result)
        statements[text] = statement
        return statement
    }

    private func check(_ result: OpaquePointer?) throws {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw refusal(result)
        }
    }

    /// Why a statement, or the attempt to connect, failed.
    private func refusal(_ result: OpaquePointer?) -> any Error {
        let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let message = String(cString: result == nil ? PQerrorMessage(handle) : PQresultErrorMessage(result))
        let kind: SQLError.Kind =
            switch code {
            case "23505": .unique
            case "23503": .foreignKey
            case "23502": .notNull
            case "40001", "40P01": .serialization
            case "55P03": .busy
            case "53100": .full
            case "25006": .readOnly
            // A migration changed the table under a prepared statement: prepared again, it works.
            case "0A000" where message.contains("cached plan"): .serialization
            default: .other
            }
        if code == "0A000", kind == .serialization { statements = [:] }
        let error = SQLError(kind, code: code ?? "08006", message: message)
        if isOpen { return error }
        return Problem(
            .unavailable, "The database server cannot be reached", cause: error,
            details: ["reason": "database.unreachable"])
    }

    // MARK: Notifications

    /// Blocks until notifications have come, and returns their payloads; `nil` when `stop` became readable.
    /// Throws `Problem(.unavailable)` when the connection broke.
    func notifications(unless stop: Int32) throws -> [String]? {
        while true {
            var payloads: [String] = []
            while let notification = PQnotifies(handle) {
                payloads.append(String(cString: notification.pointee.extra))
                PQfreemem(notification)
            }
            if !payloads.isEmpty { return payloads }
            var sources = [
                pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&sources, 2, -1) < 0, errno != EINTR { throw refusal(nil) }
            if sources[1].revents != 0 { return nil }
            guard PQconsumeInput(handle) == 1, isOpen else {
                let failure = refusal(nil)
                close()
                throw failure
            }
        }
    }

    // MARK: Values

    private static func rows(of result: OpaquePointer?, _ columns: SQLColumns) throws -> [SQLRow] {
        let (height, width) = (PQntuples(result), PQnfields(result))
        let types = (0..<width).map { PQftype(result, $0) }
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(height))
        for row in 0..<height {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(width))
            for column in 0..<width {
                values.append(value(of: result, row, column, type: types[Int(column)]))
            }
            rows.append(SQLRow(columns: columns, values: values))
        }
        return rows
    }

    /// Types by their numbers in `pg_type`, which are fixed.
    private static func value(of result: OpaquePointer?, _ row: Int32, _ column: Int32, type: Oid) -> SQLValue
    {
        guard PQgetisnull(result, row, column) == 0, let text = PQgetvalue(result, row, column) else {
            return .null
        }
        switch type {
        case 16: return .bool(text.pointee == CChar(UInt8(ascii: "t")))  // bool
        case 20, 21, 23: return .int(Int64(strtoll(text, nil, 10)))  // int8, int2, int4
        case 700, 701: return .double(strtod(text, nil))  // float4, float8
        case 1700:  // numeric: what sum() makes of bigint
            return Int64(String(cString: text)).map { .int($0) } ?? .double(strtod(text, nil))
        case 17:  // bytea
            var count = 0
            let escaped = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
            let bytes = PQunescapeBytea(escaped, &count)
            defer { PQfreemem(bytes) }
            return .blob(Array(UnsafeBufferPointer(start: bytes, count: count)))
        default: return .text(String(cString: text))
        }
    }

    /// Bound values in one piece of memory, as libpq wants them: text, and bytes as they are.
    private struct Parameters {
        private var storage: [UInt8] = []
        private var offsets: [Int?] = []
        private var lengths: [Int32] = []
        private var formats: [Int32] = []

        init(_ values: ArraySlice<SQLValue>) throws {
            storage.reserveCapacity(values.count * 24)
            for value in values {
                switch value {
                case .null: add(nil)
                case .bool(let flag): add(flag ? "t" : "f")
                case .int(let number): add(String(number))
                case .double(let number): add(number.description)
                case .text(let text):
                    guard !text.utf8.contains(0) else {
                        throw SQLError(
                            .other, code: "22021", message: "Text with a NUL character cannot be stored")
                    }
                    add(text)
                case .blob(let bytes):
                    offsets.append(storage.count)
                    lengths.append(Int32(clamping: bytes.count))
                    formats.append(1)
                    storage.append(contentsOf: bytes)
                    storage.append(0)
                }
            }
        }
        private mutating func add(_ text: String?) {
            offsets.append(text == nil ? nil : storage.count)
            lengths.append(0)
            formats.append(0)
            if let text {
                storage.append(contentsOf: text.utf8)
                storage.append(0)
            }
        }
        func withPointers<R>(
            _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
        ) -> R {
            storage.withUnsafeBytes { storage in
                let storage = storage.assumingMemoryBound(to: CChar.self)
                let pointers = offsets.map { offset in
                    offset.flatMap { at in storage.baseAddress.map { $0 + at } }
                }
                return pointers.withUnsafeBufferPointer { pointers in
                    lengths.withUnsafeBufferPointer { lengths in
                        formats.withUnsafeBufferPointer { formats in
                            body(pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                        }
                    }
                }
            }
        }
    }
}
