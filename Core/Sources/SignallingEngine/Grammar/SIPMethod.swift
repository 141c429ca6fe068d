/// The methods that the engine tells apart; every other token is `other` and kept as text in the message.
public enum SIPMethod: UInt8, Sendable, CaseIterable {
    case other, invite, ack, bye, cancel, options, register, info, prack, update, notify, refer, subscribe,
        message
    case publish

    /// The token on the wire; empty for `other`. Methods are compared with case (RFC 3261, 7.1).
    public var text: String {
        switch self {
        case .other: ""
        case .invite: "INVITE"
        case .ack: "ACK"
        case .bye: "BYE"
        case .cancel: "CANCEL"
        case .options: "OPTIONS"
        case .register: "REGISTER"
        case .info: "INFO"
        case .prack: "PRACK"
        case .update: "UPDATE"
        case .notify: "NOTIFY"
        case .refer: "REFER"
        case .subscribe: "SUBSCRIBE"
        case .message: "MESSAGE"
        case .publish: "PUBLISH"
        }
    }

    /// The method that the bytes name.
    init(_ b: Span<UInt8>, _ start: Int, _ end: Int) {
        @inline(__always) func choose(_ text: StaticString, _ method: SIPMethod) -> SIPMethod {
            Scan.isExactly(b, start, end, text) ? method : .other
        }
        guard end > start else {
            self = .other
            return
        }
        self =
            switch (end - start, b[start]) {
            case (3, 0x41): choose("ACK", .ack)
            case (3, 0x42): choose("BYE", .bye)
            case (4, 0x49): choose("INFO", .info)
            case (5, 0x50): choose("PRACK", .prack)
            case (5, 0x52): choose("REFER", .refer)
            case (6, 0x49): choose("INVITE", .invite)
            case (6, 0x43): choose("CANCEL", .cancel)
            case (6, 0x55): choose("UPDATE", .update)
            case (6, 0x4E): choose("NOTIFY", .notify)
            case (7, 0x4F): choose("OPTIONS", .options)
            case (7, 0x4D): choose("MESSAGE", .message)
            case (7, 0x50): choose("PUBLISH", .publish)
            case (8, 0x52): choose("REGISTER", .register)
            case (9, 0x53): choose("SUBSCRIBE", .subscribe)
            default: .other
            }
    }
}
