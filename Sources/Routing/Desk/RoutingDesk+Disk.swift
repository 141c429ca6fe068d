import CallEngine

/// What the room on the disk allows.
package struct DiskRoom: Sendable, Hashable {
    /// Whether conversations may be recorded.
    package var mayRecord: Bool
    /// Whether new calls may be taken.
    package var takesCalls: Bool

    /// Everything, unless said otherwise.
    package init(mayRecord: Bool = true, takesCalls: Bool = true) {
        self.mayRecord = mayRecord
        self.takesCalls = takesCalls
    }
}

extension RoutingDesk {
    /// The disk has another amount of room: what stands is not recorded any further when there is too little, as a change
    /// of the settings.
    func take(_ room: DiskRoom) async throws {
        switchboard.disk = room
        _ = try await order(.settingsChanged(settings(at: clock.now())))
    }
}

extension Switchboard {
    /// Whether another call may be taken.
    var takesCalls: Bool { isWritable && !isOverloaded && disk.takesCalls }
}

extension RoutingFeature {
    /// The disk has another amount of room.
    ///
    /// - Throws: `Problem(.unavailable)` when the program is stopping.
    package func take(_ room: DiskRoom) async throws { try await desk.take(room) }

    /// The live picture, for figures.
    package func live() async -> LiveBody { await desk.live() }
}
