import CallEngine
package import Contracts
import Kernel
import RoutingEngine

extension RoutingFeature: LiveSource {
    package func liveFigures() async -> LiveFigures { await desk.liveFigures() }
}

extension RoutingDesk {
    func liveFigures() -> LiveFigures {
        let overview = engine.routing.overview(at: clock.now())
        return LiveFigures(
            at: overview.at, calls: engine.callCount, linesInUse: overview.linesInUse,
            lineLimit: overview.lineLimit, seatsInUse: overview.seatsInUse, seatLimit: overview.seatLimit,
            queues: overview.queues.map { queue in
                LiveFigures.Queue(
                    id: queue.id, waiting: queue.waiting, longestWait: queue.longestWait,
                    expectedWait: queue.expectedWait, signedIn: queue.signedIn, ready: queue.ready,
                    idle: queue.idle, ringing: queue.ringing, talking: queue.talking, wrapUp: queue.wrapUp)
            },
            agents: overview.agents.map { agent in
                LiveFigures.Agent(
                    id: agent.id, seat: agent.seat, presence: agent.presence.word,
                    activity: agent.activity.rawValue)
            })
    }
}
