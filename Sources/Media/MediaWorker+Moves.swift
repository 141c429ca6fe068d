import Kernel

// Legs that change rooms: an agent's leg waits in a room of its own between calls and goes into the room of each call,
// perhaps on another worker, with its socket, its keys and its stream.
//
// Of a move to another worker the new one is told first: it reserves the place in the room and keeps what is asked of
// the leg until it arrives, or until the old worker says that it never will. Who moves on before he has arrived is
// passed on in the same way, since the next move is one of the commands that wait.
extension MediaWorker {
    /// A leg between two workers: the old one has forgotten it, the new one does not know it yet.
    struct LegInTransit: @unchecked Sendable {
        let leg: MediaLeg
        let room: RoomID
    }

    /// Keeps a room for a leg that will come: it counts as there for the room's settings and its end.
    func reserve(_ id: RoomID, for leg: MediaLegID) {
        let room = rooms[id] ?? MediaRoom(id: id)
        rooms[id] = room
        room.expected.append(leg)
    }
    private func withdraw(_ leg: MediaLegID, from id: RoomID) {
        guard let room = rooms[id], let index = room.expected.firstIndex(of: leg) else { return }
        room.expected.remove(at: index)
        endIfEmpty(room)
    }
    /// Keeps a command for a leg that is on its way; false when it can be performed now.
    func holds(_ command: Command) -> Bool {
        guard !arriving.isEmpty, let leg = command.leg, arriving[leg] != nil else { return false }
        arriving[leg]?.append(command)
        return true
    }

    /// Into another room of this worker.
    func enter(_ id: MediaLegID, _ room: RoomID) {
        guard let leg = legs[id], leg.room.id != room else {
            withdraw(id, from: room)
            return
        }
        unseat(leg)
        seat(leg, in: room)
    }
    /// Into a room of another worker, which waits for the leg or for the news that there is none.
    func leave(_ id: MediaLegID, _ room: RoomID, _ target: MediaWorker) {
        guard let leg = legs[id] else {
            target.submit(.neverComes(id, room))
            return
        }
        unseat(leg)
        target.submit(.arrive(LegInTransit(leg: leg, room: room)))
    }
    func arrive(_ transit: LegInTransit) {
        let leg = transit.leg
        let waiting = arriving.removeValue(forKey: leg.id) ?? []
        seat(leg, in: transit.room)
        for command in waiting { perform(command) }
        if isStopping, legs[leg.id] != nil { close(leg) }
        endIfStopped()
    }
    /// The leg closed before it could leave: what waited for it is too late.
    func neverComes(_ id: MediaLegID, _ room: RoomID) {
        let waiting = arriving.removeValue(forKey: id) ?? []
        withdraw(id, from: room)
        for command in waiting { perform(command) }
        endIfStopped()
    }
    /// A worker that is told to stop waits for the legs that are on their way to it: nobody else would close them.
    func endIfStopped() {
        if isStopping, arriving.isEmpty { isRunning = false }
    }

    // MARK: Places

    /// Takes a leg out of its room and off this thread. What it says goes on being collected by its socket.
    private func unseat(_ leg: MediaLeg) {
        endPlay(on: leg, .stopped)
        let room = leg.room
        room.recording?.detach(leg, at: now)
        room.remove(leg)
        rewire(room)
        legs[leg.id] = nil
        freeSlot(leg.token)
        leg.socket.leave(poller)
        leg.forgetRoom()
        endIfEmpty(room)
    }
    /// Gives a leg its place on this thread and in a room.
    func seat(_ leg: MediaLeg, in id: RoomID) {
        let room = rooms[id] ?? MediaRoom(id: id)
        rooms[id] = room
        if let index = room.expected.firstIndex(of: leg.id) { room.expected.remove(at: index) }
        leg.room = room
        leg.token = takeSlot()
        fillSlot(leg)
        legs[leg.id] = leg
        room.legs.append(leg)
        rewire(room)
        do {
            try leg.socket.join(poller, token: leg.token)
        } catch {
            // The kernel watches no more sockets: the leg cannot live.
            close(leg)
            return
        }
        room.recording?.attach(leg, at: now)
    }
    /// A room goes with its last leg, those on their way counted.
    func endIfEmpty(_ room: MediaRoom) {
        guard room.legs.isEmpty, room.expected.isEmpty else { return }
        stopRecording(room)
        rooms[room.id] = nil
    }
}

extension MediaWorker.Command {
    /// The leg that has to be there for the command; `nil` for those that are about rooms or the worker.
    var leg: MediaLegID? {
        switch self {
        case .setRemote(let leg, _), .describe(let leg, _, _, _), .play(let leg, _, _, _),
            .stopPlaying(let leg),
            .injectDigit(let leg, _), .close(let leg), .enter(let leg, _), .leave(let leg, _, _),
            .await(let leg):
            leg
        case .open, .connect, .startRecording, .addTrack, .pauseRecording, .resumeRecording, .markRecording,
            .stopRecording, .recordingBroke, .reserve, .arrive, .neverComes, .stop:
            nil
        }
    }
}
