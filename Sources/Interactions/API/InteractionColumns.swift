import Contracts
import Kernel
import Sheets

extension InteractionBody {
    /// Who or what ended a contact.
    private static let ends = SheetWords([
        "customer": ("客户", "Customer"), "flow": ("流程", "Flow"), "rejected": ("未能接入", "Turned away"),
        "system": ("系统", "System"), "crash": ("故障", "Crash"),
    ])

    /// What a file shows of an interaction.
    static let columns: [SheetColumn<InteractionBody>] = [
        .text("编号", "ID") { $0.interaction.id.description },
        .moment("到达时间", "Arrived") { $0.interaction.arrivedAt },
        .text("主叫号码", "Caller") { $0.interaction.caller },
        .text("被叫号码", "Number") { $0.interaction.number },
        .word("来源", "Origin", .origins) { $0.interaction.origin },
        .word("渠道", "Channel", .channels) { $0.interaction.channel },
        .text("队列", "Queue") { $0.queueKey },
        .moment("入队时间", "Queued") { $0.interaction.queuedAt },
        .moment("接通时间", "Connected") { $0.interaction.connectedAt },
        .text("座席员工号", "Agent") { $0.agentNumber },
        .seconds("通话", "Talked") { $0.interaction.talkedMs },
        .seconds("保持", "Held") { $0.interaction.heldMs },
        .whole("满意度评价", "Rating") { $0.interaction.rating },
        .moment("结束时间", "Ended") { $0.interaction.endedAt },
        .word("结束方", "Ended by", ends) { $0.interaction.endedBy },
    ]
}

extension LostCall {
    /// What a file shows of a call that was lost in a crash.
    static let columns: [SheetColumn<LostCall>] = [
        .text("编号", "ID") { $0.id.description },
        .moment("到达时间", "Arrived") { $0.arrivedAt },
        .text("主叫号码", "Caller") { $0.caller },
        .text("被叫号码", "Number") { $0.number },
        .moment("中断时间", "Lost") { $0.endedAt },
    ]

    /// Where a list goes on: the time and the id of the last call.
    static func position(_ text: String) -> (arrivedAt: Timestamp, id: InteractionID)? {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let time = Int64(parts[0]), let id = InteractionID(parts[1]) else {
            return nil
        }
        return (Timestamp(milliseconds: time), id)
    }
}
