import Kernel
import RoutingEngine

/// The calls in progress by id. A call is a large value, so it is read and changed in its place and never copied
/// on the way: `calls[id]?.stage` touches that field alone.
struct CallTable: Sendable {
    /// A free place is `nil`.
    private var places: [VoiceCall?] = []
    private var free: [Int] = []
    private var index: [InteractionID: Int] = [:]

    init() {}

    var count: Int { index.count }
    var ids: [InteractionID] { index.keys.sorted() }
    func contains(_ id: InteractionID) -> Bool { index[id] != nil }

    /// The call with this id; what is written to one that is not in the table is lost. Calls come and go by `insert`
    /// and `remove` alone.
    subscript(id: InteractionID) -> VoiceCall? {
        _read {
            if let place = index[id] { yield places[place] } else { yield nil }
        }
        _modify {
            if let place = index[id] {
                yield &places[place]
            } else {
                var nobody: VoiceCall?
                yield &nobody
            }
        }
    }

    /// Puts a new call into a free place.
    mutating func insert(_ call: VoiceCall) {
        let place = free.popLast() ?? places.count
        index[call.id] = place
        if place == places.count { places.append(call) } else { places[place] = call }
    }

    mutating func remove(_ id: InteractionID) -> VoiceCall? {
        guard let place = index.removeValue(forKey: id) else { return nil }
        free.append(place)
        let call = places[place]
        places[place] = nil
        return call
    }
}
