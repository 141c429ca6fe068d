import Kernel
import Sheets

extension TicketRoutes.TicketBody {
    private static let states = SheetWords(["open": ("处理中", "Open"), "done": ("已完成", "Done")])

    /// What a file shows of a ticket.
    static let columns: [SheetColumn<TicketRoutes.TicketBody>] = [
        .text("工单号", "Ticket") { $0.number },
        .text("标题", "Title") { $0.title },
        .text("内容", "Text") { $0.text },
        .text("请求类型", "Request type") { $0.type },
        .word("状态", "State", states) { $0.state },
        .text("负责人工号", "Owner's number") { $0.owner?.number },
        .text("负责人", "Owner") { $0.owner?.name },
        .moment("创建时间", "Made") { $0.createdAt },
        .text("创建人", "Made by") { $0.createdBy?.name },
        .moment("更新时间", "Changed") { $0.changedAt },
        .text("处理结果", "Result") { $0.result },
        .text("登记项", "Fields") { ticket in
            ticket.fields?.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        },
        .text("联络编号", "Interaction") { $0.interaction?.description },
        .moment("删除个人信息时间", "Texts erased") { $0.erasedAt },
    ]
}
