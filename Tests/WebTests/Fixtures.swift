import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Synchronization

@testable import Web

let tenant = TenantID(1)
let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Knows two tokens: one that may read queues and one that may change them too.
struct FakeTokens: TokenAuthenticator {
    func principal(forToken token: String) async throws -> Principal? {
        switch token {
        case "reader":
            Principal(tenant: tenant, person: AgentID(1), name: "5001", permissions: ["queue.read"])
        case "chief":
            Principal(
                tenant: tenant, person: AgentID(2), name: "5002", permissions: ["queue.read", "queue.write"])
        default: nil
        }
    }
}

/// A clock that the test sets.
final class TestTime: Sendable {
    private let milliseconds = Mutex<Int64>(1_000_000)
    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
    func advance(_ span: TimeSpan) { milliseconds.withLock { $0 += span.milliseconds } }
}

/// Counts from any task.
final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    @discardableResult func add() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}

struct NewQueue: Codable {
    struct Member: Codable { var level: Int }
    var name: String
    var members: [Member]
}

/// Problem+json as a client reads it.
struct ReadProblem: Decodable {
    var type: String
    var status: Int
    var code: String
    var detail: String
    var field: String?
    var details: [String: String]?
    var request: String
}

extension TestClientProtocol {
    func call(
        _ method: String, _ path: String, token: String? = "chief", type: String? = "application/json",
        body: String? = nil, headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        if body != nil, let type { fields[.contentType] = type }
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        return try await execute(
            uri: path, method: HTTPRequest.Method(method)!, headers: fields,
            body: body.map { ByteBuffer(string: $0) })
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
    var code: Int { status.code }
    func problem() throws -> ReadProblem {
        try JSONRequestReading.decode(ReadProblem.self, from: body)
    }
}
