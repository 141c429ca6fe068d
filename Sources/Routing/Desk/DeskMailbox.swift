/// Where the threads around the desk (signalling, media, speech) put their inputs, in order, without waiting.
///
/// Late: an input for a call that is over is ignored by the desk. Twice: likewise. Never: the deadlines of the engine
/// and of the signalling take over.
struct DeskMailbox: Sendable {
    private let stream: AsyncStream<[DeskInput]>
    private let continuation: AsyncStream<[DeskInput]>.Continuation

    init() {
        // Unbounded here because the desk takes everything at once; the desk bounds what waits and refuses new calls.
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send(_ inputs: [DeskInput]) { continuation.yield(inputs) }

    /// Hands everything to the desk until `close`.
    func deliver(to desk: RoutingDesk) async {
        for await inputs in stream { await desk.receive(inputs) }
    }

    func close() { continuation.finish() }
}
