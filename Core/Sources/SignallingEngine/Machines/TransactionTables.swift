import Kernel

/// One transaction in which we answer.
struct ServerTransaction: Sendable {
    enum Machine: Sendable {
        case invite(InviteServerMachine)
        case plain(PlainServerMachine)
    }
    var machine: Machine
    /// The request, for the answers that are still to come.
    let request: SIPMessage
    /// Where it came from.
    let source: SIPEndpoint
    /// Our tag in To of every answer.
    let tag: String
    /// The leg that the request belongs to.
    var call: CallHandle?
    /// The last answer, for repeats.
    var response: [UInt8] = []
    var scheduled: Timestamp?
    /// The entry among the first arrivals that goes with the transaction (8.2.2.2).
    var arrival: TableKey?

    var nextDeadline: Timestamp? {
        switch machine {
        case .invite(let machine): machine.nextDeadline
        case .plain(let machine): machine.nextDeadline
        }
    }
}

/// One transaction in which we ask.
struct ClientTransaction: Sendable {
    enum Machine: Sendable {
        case invite(InviteClientMachine)
        case plain(PlainClientMachine)
    }
    /// What the answer is for.
    enum Purpose: Sendable {
        case invite(CallHandle)
        case reinvite(CallHandle)
        case bye(CallHandle)
        case cancel
        case ping(id: UInt64, sentAt: Timestamp)
        /// BYE for a dialog that no call stands for.
        case stray

        /// The leg that waits for the transaction's end.
        var call: CallHandle? {
            switch self {
            case .invite(let call), .reinvite(let call), .bye(let call): call
            case .cancel, .ping, .stray: nil
            }
        }
    }
    var machine: Machine
    /// The request's fixed part, for ACK and CANCEL.
    let head: RequestHead
    /// The request, for repeats.
    let bytes: [UInt8]
    let purpose: Purpose
    var scheduled: Timestamp?

    var nextDeadline: Timestamp? {
        switch machine {
        case .invite(let machine): machine.nextDeadline
        case .plain(let machine): machine.nextDeadline
        }
    }
}

/// Who waits for a deadline.
enum TimerOwner: Sendable {
    case server(TableKey)
    case client(TableKey)
    case call(CallHandle)
    case registration(String)
}
