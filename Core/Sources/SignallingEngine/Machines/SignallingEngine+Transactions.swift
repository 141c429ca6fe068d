import Kernel

// MARK: names

extension SignallingEngine {
    /// The name of a server transaction: branch, sent-by and method (RFC 3261, 17.2.3); ACK goes by its INVITE.
    ///
    /// Without the magic cookie (RFC 2543) more of the request takes part, which finds exact repeats.
    func serverKey(_ message: SIPMessage, method: SIPMethod) -> TableKey {
        var hash = KeyedHash(key: tableKey)
        let via = message.topVia
        let branch = message.bytes[via.branch.range]
        hash.add(branch)
        hash.add(caseless: message.bytes[via.host.range])
        hash.add(number: UInt64(via.port) << 8 | UInt64(method.rawValue))
        if method == .other { hash.add(message.methodText.utf8) }
        if !branch.starts(with: RequestHead.cookie.utf8) {
            hash.add(message.bytes[message.callID.range])
            hash.add(message.bytes[message.fromTag.range])
            hash.add(number: UInt64(message.cSeqNumber))
            hash.add(message.bytes[message.requestURI.range])
        }
        return hash.finish()
    }

    /// The name of a client transaction: our own branch, and the method (17.1.3).
    func clientKey(branch: some Sequence<UInt8>, method: SIPMethod) -> TableKey {
        var hash = KeyedHash(key: tableKey)
        hash.add(branch)
        hash.add(1)
        hash.add(method.rawValue)
        return hash.finish()
    }

    /// The name of a dialog, or of what becomes one: Call-ID and our tag.
    func dialogKey(callID: some Sequence<UInt8>, localTag: some Sequence<UInt8>) -> TableKey {
        var hash = KeyedHash(key: tableKey)
        hash.add(callID)
        hash.add(2)
        hash.add(localTag)
        return hash.finish()
    }

    /// The name under which merged requests meet: Call-ID, From tag and CSeq (8.2.2.2).
    func arrivalKey(_ message: SIPMessage) -> TableKey {
        var hash = KeyedHash(key: tableKey)
        hash.add(message.bytes[message.callID.range])
        hash.add(3)
        hash.add(message.bytes[message.fromTag.range])
        hash.add(number: UInt64(message.cSeqNumber) << 8 | UInt64(message.cSeqMethod.rawValue))
        return hash.finish()
    }
}

// MARK: we answer

extension SignallingEngine {
    /// Whether one more transaction fits.
    var hasRoom: Bool { servers.count + clients.count < settings.bounds.transactions }

    /// Begins a transaction for a request that came in.
    mutating func open(
        _ request: SIPMessage, key: TableKey, from source: SIPEndpoint, tag: String, call: CallHandle?
    ) {
        let isReliable = source.transport.isReliable
        let machine: ServerTransaction.Machine =
            request.method == .invite
            ? .invite(InviteServerMachine(isReliable: isReliable, timing: settings.timing))
            : .plain(PlainServerMachine(isReliable: isReliable, timing: settings.timing))
        var transaction = ServerTransaction(
            machine: machine, request: request, source: source, tag: tag, call: call)
        if request.toTag.isEmpty {
            let arrival = arrivalKey(request)
            if arrivals[arrival] == nil {
                arrivals[arrival] = key
                transaction.arrival = arrival
            }
        }
        servers[key] = transaction
    }

    /// Answers within a transaction and returns the bytes, for a 2xx that its call repeats.
    @discardableResult
    mutating func respond(
        _ key: TableKey, _ answer: Answer, at now: Timestamp, into out: inout SIPOutbox
    ) -> (bytes: [UInt8], to: SIPEndpoint)? {
        guard var transaction = servers[key] else { return nil }
        let actions: TransactionActions
        switch transaction.machine {
        case .invite(var machine):
            actions = machine.respond(answer.status, at: now)
            transaction.machine = .invite(machine)
        case .plain(var machine):
            actions = machine.respond(answer.status, at: now)
            transaction.machine = .plain(machine)
        }
        guard actions.contains(.send) else { return nil }
        transaction.response = bytes(
            of: answer, to: transaction.request, tag: transaction.tag, source: transaction.source)
        let to = responsePath(transaction.request, from: transaction.source)
        out.datagrams.append(.init(bytes: transaction.response, to: to))
        let response = transaction.response
        finish(key, transaction, actions)
        return (response, to)
    }

    /// Does what a server machine asks and puts the transaction back, or away.
    mutating func settle(
        _ key: TableKey, _ transaction: ServerTransaction, _ actions: TransactionActions, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        if actions.contains(.send), !transaction.response.isEmpty {
            let to = responsePath(transaction.request, from: transaction.source)
            out.datagrams.append(.init(bytes: transaction.response, to: to))
        }
        finish(key, transaction, actions)
    }

    private mutating func finish(
        _ key: TableKey, _ transaction: ServerTransaction, _ actions: TransactionActions
    ) {
        if actions.contains(.end) {
            servers[key] = nil
            if let arrival = transaction.arrival { arrivals[arrival] = nil }
            return
        }
        var transaction = transaction
        if let deadline = transaction.nextDeadline, transaction.scheduled.map({ deadline < $0 }) ?? true {
            timers.add(.server(key), at: deadline)
            transaction.scheduled = deadline
        }
        servers[key] = transaction
    }

    /// The same request came again, or the ACK of a refusal.
    mutating func repeated(
        _ key: TableKey, _ message: SIPMessage, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        guard var transaction = servers[key] else { return }
        var actions: TransactionActions
        switch transaction.machine {
        case .invite(var machine):
            actions = message.method == .ack ? machine.acknowledged(at: now) : machine.repeated()
            transaction.machine = .invite(machine)
        case .plain(let machine): actions = machine.repeated()
        }
        settle(key, transaction, actions, at: now, into: &out)
        if actions.contains(.deliver) { receiveAck(message, from: source, at: now, into: &out) }
    }

    mutating func advanceServer(_ key: TableKey, due: Timestamp, at now: Timestamp, into out: inout SIPOutbox)
    {
        guard var transaction = servers[key], transaction.scheduled == due else { return }
        transaction.scheduled = nil
        let actions: TransactionActions
        switch transaction.machine {
        case .invite(var machine):
            actions = machine.advance(to: now)
            transaction.machine = .invite(machine)
        case .plain(var machine):
            actions = machine.advance(to: now)
            transaction.machine = .plain(machine)
        }
        settle(key, transaction, actions, at: now, into: &out)
    }
}

// MARK: we ask

extension SignallingEngine {
    /// Sends a request, begins its transaction and returns the transaction's name.
    @discardableResult
    mutating func send(
        _ method: SIPMethod, _ head: RequestHead, _ content: RequestContent,
        for purpose: ClientTransaction.Purpose, at now: Timestamp, into out: inout SIPOutbox
    ) -> TableKey {
        let isReliable = head.path.transport.isReliable
        let machine: ClientTransaction.Machine =
            method == .invite
            ? .invite(InviteClientMachine(isReliable: isReliable, timing: settings.timing, at: now))
            : .plain(PlainClientMachine(isReliable: isReliable, timing: settings.timing, at: now))
        let bytes = bytes(of: method, head, content)
        out.datagrams.append(.init(bytes: bytes, to: head.path))
        let key = clientKey(branch: head.branch.utf8, method: method)
        settle(
            key, ClientTransaction(machine: machine, head: head, bytes: bytes, purpose: purpose), [],
            into: &out)
        return key
    }

    /// Does what a client machine asks and puts the transaction back, or away.
    mutating func settle(
        _ key: TableKey, _ transaction: ClientTransaction, _ actions: TransactionActions,
        into out: inout SIPOutbox
    ) {
        if actions.contains(.send) {
            out.datagrams.append(.init(bytes: transaction.bytes, to: transaction.head.path))
        }
        if actions.contains(.end) {
            clients[key] = nil
            return
        }
        var transaction = transaction
        if let deadline = transaction.nextDeadline, transaction.scheduled.map({ deadline < $0 }) ?? true {
            timers.add(.client(key), at: deadline)
            transaction.scheduled = deadline
        }
        clients[key] = transaction
    }

    /// A response came: to its transaction, and from there to whoever asked.
    mutating func receiveResponse(
        _ message: SIPMessage, from source: SIPEndpoint, at now: Timestamp, into out: inout SIPOutbox
    ) {
        let branch = message.bytes[message.topVia.branch.range]
        let key = clientKey(branch: branch, method: message.cSeqMethod)
        guard var transaction = clients[key] else {
            if message.cSeqMethod == .invite, (200..<300).contains(message.status) {
                receiveStray(message, from: source, at: now, into: &out)
            }
            return
        }
        let actions: TransactionActions
        switch transaction.machine {
        case .invite(var machine):
            actions = machine.received(message.status, at: now)
            transaction.machine = .invite(machine)
        case .plain(var machine):
            actions = machine.received(message.status, at: now)
            transaction.machine = .plain(machine)
        }
        if actions.contains(.acknowledge) {
            var head = transaction.head
            head.to = message.text(.to) ?? head.to
            out.datagrams.append(.init(bytes: bytes(of: .ack, head, RequestContent()), to: head.path))
        }
        settle(key, transaction, actions, into: &out)
        if actions.contains(.deliver) {
            deliver(message, to: transaction.purpose, of: transaction.head, from: source, at: now, into: &out)
        }
        if let call = transaction.purpose.call { tidy(call) }
    }

    mutating func advanceClient(_ key: TableKey, due: Timestamp, at now: Timestamp, into out: inout SIPOutbox)
    {
        guard var transaction = clients[key], transaction.scheduled == due else { return }
        transaction.scheduled = nil
        let actions: TransactionActions
        switch transaction.machine {
        case .invite(var machine):
            actions = machine.advance(to: now)
            transaction.machine = .invite(machine)
        case .plain(var machine):
            actions = machine.advance(to: now)
            transaction.machine = .plain(machine)
        }
        settle(key, transaction, actions, into: &out)
        if actions.contains(.timeout) {
            unanswered(transaction.purpose, status: 408, at: now, into: &out)
        }
        if let call = transaction.purpose.call { tidy(call) }
    }
}
