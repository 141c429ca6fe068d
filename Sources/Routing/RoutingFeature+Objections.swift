package import Contracts
import Kernel

extension RoutingFeature {
    /// What a centre would harm that is about to take the present one's place: flows that name what it no longer has,
    /// people and seats that are at work.
    ///
    /// - Throws: `Problem(.invalid)` for a number whose flow was never published.
    package func objections(to centre: Centre) async throws -> [String] {
        var objections = await desk.losses(by: centre)
        let present = await desk.centre()
        let (before, after) = (try await flows.world(of: present), try await flows.world(of: centre))
        for key in Set(centre.numbers.map(\.flow)).sorted() {
            guard let newest = try await flows.store.newest(key) else {
                if present.numbers.contains(where: { $0.flow == key }) { continue }
                throw Problem(
                    .invalid, "The flow \(key.prefix(64)) was never published; publish it first.",
                    details: ["field": "flow", "reason": "flowUnknown"])
            }
            func faults(_ world: FlowWorld) -> [String] {
                flows.check(newest.document, key: key, version: newest.version, in: world).findings
                    .map { "flow \(key), \($0.node): \($0.message)" }
            }
            // Faults that callers meet already are nobody's to mend first; a flow that takes a number over has none.
            let former = present.numbers.contains { $0.flow == key } ? Set(faults(before)) : []
            objections += faults(after).filter { !former.contains($0) }
        }
        return objections
    }
}

extension RoutingDesk {
    /// Who is signed in and would no longer be there, or would have no seat.
    func losses(by centre: Centre) -> [String] {
        let present = self.centre()
        let (agents, seats) = (Set(centre.agents.map(\.id)), Set(centre.seats.map(\.id)))
        let people = present.agents.filter { !agents.contains($0.id) && isSignedIn($0.id) }
            .map { "agent \($0.number) is signed in" }
        let places = present.seats.filter { !seats.contains($0.id) && isTaken($0.id) }
            .map { "somebody is signed in at seat \($0.number)" }
        return people + places
    }
}
