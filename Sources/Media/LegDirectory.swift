import Synchronization

/// Which worker has which leg. Not on the packet path.
///
/// Commands are handed to the worker while the directory is held: whoever asks for something after a leg has changed
/// workers asks the new one, and whoever asked before has been heard by the old one.
final class LegDirectory: Sendable {
    private let owners = Mutex<[MediaLegID: Int]>([:])

    /// Enters a leg and runs `body`; false, without running it, when the leg is there already.
    func enter(_ leg: MediaLegID, owner: Int, _ body: () -> Void) -> Bool {
        owners.withLock { owners in
            guard owners[leg] == nil else { return false }
            owners[leg] = owner
            body()
            return true
        }
    }
    func holds(_ leg: MediaLegID) -> Bool { owners.withLock { $0[leg] != nil } }
    /// Runs `body` with the worker that has the leg, or will have when it arrives.
    func with(_ leg: MediaLegID, _ body: (Int) -> Void) {
        owners.withLock { if let owner = $0[leg] { body(owner) } }
    }
    /// Strikes a leg out and runs `body` with its worker.
    func remove(_ leg: MediaLegID, _ body: (Int) -> Void) {
        owners.withLock { if let owner = $0.removeValue(forKey: leg) { body(owner) } }
    }
    /// Strikes out a leg that has closed by itself.
    func forget(_ leg: MediaLegID) { owners.withLock { $0[leg] = nil } }
    /// Runs `body` with the old worker and the new one, which has the leg from now on.
    func move(_ leg: MediaLegID, to owner: Int, _ body: (Int) -> Void) {
        owners.withLock { owners in
            guard let old = owners[leg] else { return }
            owners[leg] = owner
            body(old)
        }
    }
    /// Runs `body` with nothing else under way.
    func alone(_ body: () -> Void) { owners.withLock { _ in body() } }
}
