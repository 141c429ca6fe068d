import Contracts
import Kernel
import Sheets

extension DeletionBody {
    private static let bases = SheetWords([
        "erasure": ("本人请求", "Request"), "retention": ("到期", "Retention"),
    ])

    private static let classes = SheetWords([
        "identity": ("身份", "Identity"), "recording": ("录音", "Recordings"),
        "freeText": ("文字记录", "Written text"),
    ])

    /// What a file shows of a deletion.
    static let columns: [SheetColumn<DeletionBody>] = [
        .text("编号", "ID") { $0.id.description },
        .moment("时间", "At") { $0.at },
        .text("操作者", "Actor") { $0.actorName ?? $0.actor },
        .word("依据", "Basis", bases) { $0.basis },
        .text("理由", "Reason") { $0.reason },
        .text("主体", "Subject") { $0.subject },
        .word("数据类别", "Class of data", classes) { $0.dataClass?.rawValue },
        .moment("此前", "Before") { $0.before },
        .whole("联络数", "Contacts") { $0.interactions },
        .text("已删除", "Deleted") { deletion in
            deletion.deleted.map { "\($0.kind) \($0.items)" }.joined(separator: "; ")
        },
        .whole("销毁的密钥", "Keys destroyed") { $0.keys },
        .moment("核实时间", "Verified") { $0.verifiedAt },
        .whole("剩余", "Left") { $0.left },
    ]
}

extension HoldBody {
    /// What a file shows of a legal hold.
    static let columns: [SheetColumn<HoldBody>] = [
        .text("编号", "ID") { $0.id.description },
        .text("号码", "Number") { $0.number },
        .text("联络编号", "Interaction") { $0.interaction?.description },
        .text("理由", "Reason") { $0.reason },
        .moment("设立时间", "Made") { $0.madeAt },
        .text("设立人", "Made by") { $0.madeBy },
        .moment("解除时间", "Lifted") { $0.liftedAt },
        .text("解除人", "Lifted by") { $0.liftedBy },
        .text("解除理由", "Reason for lifting") { $0.liftReason },
    ]
}
