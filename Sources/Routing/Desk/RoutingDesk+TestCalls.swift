import CallEngine
import FlowEngine
import Kernel

// Calls from the editor of flows: ordinary calls from a browser whose flow is given by hand and whose origin is `test`.
extension RoutingDesk {
    /// The origin by which lists and figures tell them from customers.
    static let testOrigin = "test"

    /// Takes a call that runs `flow`, whatever is published meanwhile; returns the description that answers the page's.
    ///
    /// - Parameter number: the number that the agents see: one that the flow answers, or its key.
    func takeTestCall(_ flow: Flow, number: String, offer: String, secret: String) async throws -> String {
        guard testCalls.standing < TestCalls.mostStanding else {
            throw Problem(
                .exhausted, "There are \(TestCalls.mostStanding) test calls already; end one first.",
                details: ["reason": "tooManyCalls"])
        }
        let now = clock.now()
        let (answer, id, arrival) = try switchboard.openWebCall(
            number: number, offer: offer, secret: secret, origin: Self.testOrigin, at: now)
        testCalls.add(id, secret: secret)
        let call = ArrivedCall(
            interaction: id, number: number, origin: Self.testOrigin,
            flow: CentreSettings.withUrgentNews(flow, switchboard.centre, at: now))
        do { return try await arrive(call, arrival, answer) } catch {
            testCalls.end(id)
            throw error
        }
    }

    func testCall(_ secret: String) -> TestCalls.Call? { testCalls[secret] }

    /// Ends it; one that is over or unknown stays so.
    func endTestCall(_ secret: String) async throws {
        guard testCalls[secret]?.hasEnded == false else { return }
        try await endWebCall(secret)
    }
}
