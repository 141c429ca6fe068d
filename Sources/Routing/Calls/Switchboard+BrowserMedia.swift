import Kernel
import Media
import SignallingEngine

/// The descriptions of browsers' legs.
extension Switchboard {
    /// Opens a leg for a browser and answers its offer.
    func openBrowser(
        _ mediaLeg: MediaLegID, room: RoomID, offer: String, at now: Timestamp
    ) throws(Problem) -> String {
        throw Problem(.unsupported, "not yet")
    }

    /// Brings a leg into another room.
    func move(_ mediaLeg: MediaLegID, to room: RoomID) {}
}
