import Kernel
import Routing
import Storage
import Web

/// What a probe asks: whether the program can do its work, which it cannot without its database, and whether it would
/// take a call now.
enum HealthRoute {
    private struct Body: Encodable {
        var status: String
    }

    static func routes(_ database: any Database, _ readiness: Readiness) -> Routes {
        var routes = Routes()
        routes.open("GET", "/healthz", because: "probes have no token and learn nothing but yes or no") {
            _, _ in
            guard await database.health().isReachable else {
                throw Problem(.unavailable, "The database does not answer.")
            }
            return try .json(Body(status: "ok"))
        }
        routes.open("GET", "/readyz", because: "balancers have no token and learn whether calls are taken") {
            _, _ in
            let complaints = await readiness.complaints()
            guard complaints.isEmpty else {
                throw Problem(
                    .unavailable,
                    "New calls are not taken: \(complaints.map(\.sentence).joined(separator: " "))",
                    details: ["reason": complaints.map(\.key).joined(separator: ",")])
            }
            return try .json(Body(status: "ready"))
        }
        return routes
    }
}

/// Whether a call that came now would be taken.
struct Readiness: Sendable {
    /// Why not.
    struct Complaint: Sendable {
        /// `database`, `store`, `disk`, `audio`, `number` or `flow`.
        var key: String
        var sentence: String
    }

    let routing: RoutingFeature
    let database: any Database
    let disk: DiskWatch

    /// Everything that keeps calls from being taken; empty when they are.
    func complaints() async -> [Complaint] {
        var complaints: [Complaint] = []
        if !(await database.health().isReachable) {
            complaints.append(.init(key: "database", sentence: "The database does not answer."))
        }
        let condition = await routing.condition()
        let isFull = await disk.state == .full
        if isFull {
            complaints.append(.init(key: "disk", sentence: "The disk is full; make room."))
        } else if !condition.takesCalls {
            complaints.append(.init(key: "store", sentence: "The database cannot be written."))
        }
        if condition.freeAudioPorts == 0 {
            complaints.append(.init(key: "audio", sentence: "Every port for audio is in use."))
        }
        if condition.flowsNamed == 0 {
            complaints.append(.init(key: "number", sentence: "The centre has no number yet."))
        } else if condition.flows < condition.flowsNamed {
            complaints.append(
                .init(
                    key: "flow",
                    sentence:
                        "Of \(condition.flowsNamed) flows that numbers name, \(condition.flows) are published."
                ))
        }
        return complaints
    }
}
