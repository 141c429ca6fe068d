import Kernel

/// Waiting for an agent and speaking with one.
extension FlowSession {
    /// Asks for an agent. Who was not told is not recorded, even if the end of the notice only went unreported (G01).
    mutating func enterQueue(_ node: EnterQueue, _ turn: inout FlowTurn) {
        var queue = node
        queue.isRecorded = node.isRecorded && (state.wasTold || node.recordingBasis != nil)
        state.typedAhead = []
        state.announceAt = nil
        state.asksPosition = false
        turn.actions.append(.enterQueue(queue))
        guard !hearsRinging(queue) else {
            state.phase = .queued
            return
        }
        waitWithMusic(queue, &turn)
        if !queue.positionPrompts.isEmpty { askPosition(queue, &turn) }
    }

    /// A call that no agent and no prompt has answered yet: nothing can be played into it.
    private func hearsRinging(_ queue: EnterQueue) -> Bool {
        guard !queue.answersFirst, state.play == 0, let index = state.node else { return false }
        return flow.nodes[index].name == flow.entry
    }

    /// Music, or silence for a queue without; the next announcement is never due before the music was heard.
    mutating func waitWithMusic(_ queue: EnterQueue, _ turn: inout FlowTurn) {
        state.phase = .queued
        state.deadline = nil
        if let due = state.announceAt, due <= turn.time {
            state.announceAt = nextAnnouncement(queue, turn.time)
        }
        guard let music = queue.music else { return stop(&turn) }
        state.play += 1
        state.isSounding = true
        turn.actions.append(.playMusic(state.play, name: music))
    }

    mutating func askPosition(_ queue: EnterQueue, _ turn: inout FlowTurn) {
        state.asksPosition = true
        state.announceAt = nextAnnouncement(queue, turn.time)
        turn.actions.append(.askPosition)
    }

    private func nextAnnouncement(_ queue: EnterQueue, _ now: Timestamp) -> Timestamp? {
        guard let interval = queue.announceEvery, interval > .zero, !queue.positionPrompts.isEmpty else {
            return nil
        }
        return now + interval
    }

    /// A position below 1 says that it does not wait any more.
    mutating func positionTold(_ position: Int, _ wait: TimeSpan?, _ turn: inout FlowTurn) {
        guard state.asksPosition, state.phase == .queued, case .queue(let queue)? = kind else { return }
        state.asksPosition = false
        guard position >= 1, say(resolve(queue.positionPrompts, .place(position, wait)), &turn) else {
            return
        }
        state.phase = .announcing
    }

    mutating func agentConnected(_ number: String, _ turn: inout FlowTurn) {
        guard state.phase == .queued || state.phase == .announcing, case .queue(let queue)? = kind else {
            return
        }
        stop(&turn)
        state.phase = .connected
        state.deadline = nil
        state.announceAt = nil
        state.asksPosition = false
        state.steps = 0
        let utterances = resolve(queue.connectPrompts, .agent(number))
        guard !utterances.isEmpty else { return }
        state.play += 1
        state.isSounding = true
        turn.actions.append(.playToBoth(state.play, utterances))
    }

    mutating func waitedAgain(_ turn: inout FlowTurn) {
        guard state.phase == .connected, case .queue(let queue)? = kind else { return }
        state.announceAt = nextAnnouncement(queue, turn.time)
        waitWithMusic(queue, &turn)
    }
}
