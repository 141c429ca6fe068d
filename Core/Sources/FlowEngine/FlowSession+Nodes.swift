import Kernel

/// Entering nodes and what moves a caller on within them. Functions return the node to enter next, or `nil` to stay.
extension FlowSession {
    var kind: NodeKind? { state.node.map { flow.nodes[$0].kind } }

    mutating func enter(_ name: NodeName, _ turn: inout FlowTurn) -> NodeName? {
        state.steps += 1
        guard state.steps <= Self.mostStepsWithoutWaiting else {
            return fail(at: name, "tooManySteps", &turn)
        }
        guard let index = flow.nodes.firstIndex(where: { $0.name == name }) else {
            return fail(at: name, "unknownNode", &turn)
        }
        state.node = index
        state.failures = 0
        state.entered = ""
        state.deadline = nil
        turn.tell(.nodeEntered(name))
        switch flow.nodes[index].kind {
        case .say(let say):
            let isSkipped = say.interruptible && !say.isRecordingNotice && !state.typedAhead.isEmpty
            if isSkipped { return leave(.skipped, to: say.next, &turn) }
            return speak(say.prompts, &turn) ? nil : leave(.silent, to: say.next, &turn)
        case .menu(let menu):
            return ask(menu.prompts, timeout: menu.timeout, &turn)
        case .digits(let digits):
            return ask(digits.prompts, timeout: digits.timeout, &turn)
        case .rating(let rating):
            return ask(rating.prompts, timeout: rating.timeout, &turn)
        case .hours(let hours):
            guard let calendar = turn.context.calendars[hours.calendar] else {
                return leave(.calendarMissing, to: hours.closed, &turn)
            }
            let isOpen = calendar.isOpen(at: turn.time)
            return leave(isOpen ? .open : .closed, to: isOpen ? hours.open : hours.closed, &turn)
        case .announcement(let announce):
            return announceBoard(announce, &turn)
        case .language(let choice):
            state.language = choice.language
            return leave(.chosen, to: choice.next, &turn)
        case .queue(let queue):
            enterQueue(queue, &turn)
            return nil
        case .hangUp(let farewell):
            return speak(farewell.prompts, &turn) ? nil : hangUp(&turn)
        }
    }

    /// Records how the present node was left and names the node to enter.
    func leave(_ exit: FlowExit, to target: NodeName, _ turn: inout FlowTurn) -> NodeName {
        leave(exit.rawValue, to: target, &turn)
    }

    private func leave(_ exit: String, to target: NodeName, _ turn: inout FlowTurn) -> NodeName {
        if let index = state.node { turn.tell(.nodeLeft(flow.nodes[index].name, exit: exit)) }
        return target
    }

    /// The end of the flow, by its author's wish.
    private mutating func hangUp(_ turn: inout FlowTurn) -> NodeName? {
        _ = leave(.hungUp, to: "", &turn)
        end(&turn)
        return nil
    }

    /// The end of the flow because it cannot go on.
    private mutating func fail(at node: NodeName, _ reason: String, _ turn: inout FlowTurn) -> NodeName? {
        turn.tell(.flowFailed(node, reason: reason))
        end(&turn)
        return nil
    }

    private mutating func end(_ turn: inout FlowTurn) {
        stop(&turn)
        state.phase = .ended
        state.deadline = nil
        state.typedAhead = []
        turn.actions.append(.hangUp)
    }

    // MARK: What moves a caller on

    /// The play that was on has ended, or its end is overdue and was never reported.
    mutating func playEnded(reported: Bool, _ turn: inout FlowTurn) -> NodeName? {
        state.isSounding = reported ? false : state.isSounding
        switch (state.phase, kind) {
        case (.speaking, .say(let say)?):
            if say.isRecordingNotice && reported {
                state.wasTold = true
                turn.tell(.recordingNoticeGiven(flow.nodes[state.node ?? 0].name))
            }
            return leave(.played, to: say.next, &turn)
        case (.speaking, .announcement(let announce)?): return leave(.played, to: announce.next, &turn)
        case (.speaking, .menu(let menu)?): return awaitKey(menu.timeout, &turn)
        case (.speaking, .digits(let digits)?): return awaitKey(digits.timeout, &turn)
        case (.speaking, .rating(let rating)?): return awaitKey(rating.timeout, &turn)
        case (.speaking, .hangUp?): return hangUp(&turn)
        case (.thanking, .rating(let rating)?): return leave(.rated, to: rating.next, &turn)
        case (.announcing, .queue(let queue)?):
            waitWithMusic(queue, &turn)
            return nil
        default: return nil
        }
    }

    mutating func deadlineReached(_ turn: inout FlowTurn) -> NodeName? {
        switch (state.phase, kind) {
        case (.queued, .queue(let queue)?):
            askPosition(queue, &turn)
            return nil
        case (.awaiting, .menu(let menu)?): return failed(menu, .noInput, &turn)
        case (.awaiting, .rating(let rating)?): return failed(rating, &turn)
        case (.awaiting, .digits(let digits)?):
            if !state.entered.isEmpty && state.entered.count >= digits.least { return accept(digits, &turn) }
            return failed(digits, &turn)
        default: return playEnded(reported: false, &turn)
        }
    }

    mutating func pressed(_ key: String, _ turn: inout FlowTurn) -> NodeName? {
        guard state.phase == .speaking || state.phase == .awaiting else { return nil }
        let isHabit = key == state.dropTerminator && state.dropUntil.map { turn.time <= $0 } == true
        state.dropTerminator = nil
        state.dropUntil = nil
        if isHabit { return nil }
        state.steps = 0
        switch kind {
        case .say(let say)?:
            typeAhead(key)
            guard say.interruptible && !say.isRecordingNotice else { return nil }
            stop(&turn)
            return leave(.interrupted, to: say.next, &turn)
        case .announcement(let announce)?:
            typeAhead(key)
            stop(&turn)
            return leave(.interrupted, to: announce.next, &turn)
        case .menu?, .digits?, .rating?:
            stop(&turn)
            return take(key, &turn)
        default: return nil
        }
    }

    private mutating func typeAhead(_ key: String) {
        if state.typedAhead.count < Self.mostKeysTypedAhead { state.typedAhead.append(key) }
    }

    // MARK: Nodes that ask for keys

    /// Speaks what a node asks, unless the caller has answered already.
    private mutating func ask(_ prompts: [String], timeout: TimeSpan, _ turn: inout FlowTurn) -> NodeName? {
        while !state.typedAhead.isEmpty {
            let key = state.typedAhead.removeFirst()
            state.steps = 0
            state.phase = .awaiting
            if let next = take(key, &turn) { return next }
            // Only an unfinished number wants more; a repetition or thanks are on otherwise.
            if state.phase != .awaiting || state.typedAhead.isEmpty { return nil }
        }
        return speak(prompts, &turn) ? nil : awaitKey(timeout, &turn)
    }

    private mutating func awaitKey(_ timeout: TimeSpan, _ turn: inout FlowTurn) -> NodeName? {
        state.phase = .awaiting
        state.deadline = turn.time + timeout
        return nil
    }

    /// One key for the node that asks.
    private mutating func take(_ key: String, _ turn: inout FlowTurn) -> NodeName? {
        switch kind {
        case .menu(let menu)?:
            guard let target = menu.choices[key] else { return failed(menu, .noMatch, &turn) }
            return leave(key, to: target, &turn)
        case .rating(let rating)?:
            guard let score = rating.scores[key] else { return failed(rating, &turn) }
            turn.tell(.rated(score: score))
            guard speak(rating.thanks, &turn) else { return leave(.rated, to: rating.next, &turn) }
            state.phase = .thanking
            return nil
        case .digits(let digits)?:
            return take(key, for: digits, &turn)
        default: return nil
        }
    }

    private mutating func take(_ key: String, for digits: CollectDigits, _ turn: inout FlowTurn) -> NodeName?
    {
        if key == digits.terminator {
            return state.entered.count >= digits.least ? accept(digits, &turn) : failed(digits, &turn)
        }
        if FlowKey.isDigit(key) { state.entered += key }
        guard state.entered.count >= digits.most else { return awaitKey(digits.timeout, &turn) }
        state.dropTerminator = digits.terminator
        state.dropUntil = turn.time + digits.timeout
        return accept(digits, &turn)
    }

    private mutating func accept(_ digits: CollectDigits, _ turn: inout FlowTurn) -> NodeName? {
        state.collected[digits.variable] = state.entered
        state.entered = ""
        return leave(.collected, to: digits.next, &turn)
    }

    private mutating func failed(_ menu: Menu, _ exit: FlowExit, _ turn: inout FlowTurn) -> NodeName? {
        guard mayTryAgain(menu.attempts) else {
            if case .noInput = exit { return leave(exit, to: menu.noInput, &turn) }
            return leave(exit, to: menu.noMatch, &turn)
        }
        return ask(menu.retryPrompts + menu.prompts, timeout: menu.timeout, &turn)
    }

    private mutating func failed(_ digits: CollectDigits, _ turn: inout FlowTurn) -> NodeName? {
        guard mayTryAgain(digits.attempts) else { return leave(.failed, to: digits.failed, &turn) }
        return ask(digits.prompts, timeout: digits.timeout, &turn)
    }

    private mutating func failed(_ rating: Rating, _ turn: inout FlowTurn) -> NodeName? {
        guard mayTryAgain(rating.attempts) else {
            turn.tell(.ratingSkipped)
            return leave(.ratingSkipped, to: rating.next, &turn)
        }
        return ask(rating.prompts, timeout: rating.timeout, &turn)
    }

    /// Counts a failed try and throws away what was typed on top of it.
    private mutating func mayTryAgain(_ attempts: Int) -> Bool {
        state.failures += 1
        state.typedAhead = []
        state.entered = ""
        return state.failures < attempts
    }
}
