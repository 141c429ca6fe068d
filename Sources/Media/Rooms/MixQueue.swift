/// A talker's audio on its way into a mix: a short queue between his packets and the room's clock.
struct MixQueue {
    /// Samples to gather before the first is taken: the jitter that is smoothed, 40 ms.
    static let prefill = 320
    /// Beyond this (120 ms) the oldest go, so that delay does not grow.
    static let limit = 960

    private var samples = [Int16](repeating: 0, count: limit)
    private var start = 0
    private var count = 0
    private var isRunning = false

    mutating func put(_ sample: Int16) {
        if count == Self.limit {
            start = (start + 1) % Self.limit
            count -= 1
        }
        samples[(start + count) % Self.limit] = sample
        count += 1
    }
    /// Takes one frame into `frame`, silence where nothing came; false when the whole frame is silence.
    mutating func take(into frame: inout [Int16]) -> Bool {
        if !isRunning { isRunning = count >= Self.prefill }
        guard isRunning, count > 0 else {
            isRunning = false
            for index in frame.indices { frame[index] = 0 }
            return false
        }
        for index in frame.indices {
            guard count > 0 else {
                frame[index] = 0
                continue
            }
            frame[index] = samples[start]
            start = (start + 1) % Self.limit
            count -= 1
        }
        return true
    }
}
