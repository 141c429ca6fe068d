import Contracts
import Kernel
import Sheets

extension AccountRoutes.AccountBody {
    /// What a file shows of an account.
    static let columns: [SheetColumn<AccountRoutes.AccountBody>] = [
        .text("工号", "Number") { $0.number },
        .text("姓名", "Name") { $0.name },
        .text("角色", "Roles") { $0.roles.joined(separator: " ") },
        .moment("锁定至", "Locked until") { $0.lockedUntil },
        .moment("更新时间", "Changed") { $0.changedAt },
        .flag("须修改密码", "Must change the password") { $0.mustChangePassword },
        .flag("演示账号", "Demonstration") { $0.isDemo },
    ]
}

extension AuditStore.Body {
    /// What a file shows of an entry of the audit; with the hashes it can be checked elsewhere.
    static let columns: [SheetColumn<AuditStore.Body>] = [
        .whole("序号", "Sequence") { Int($0.seq) },
        .moment("时间", "At") { $0.at },
        .text("操作者", "Actor") { $0.actor },
        .text("工号", "Number") { $0.number },
        .text("操作", "Action") { $0.action },
        .text("对象类型", "Kind") { $0.kind },
        .text("对象", "Object") { $0.object },
        .text("明细", "Details") { entry in
            entry.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        },
        .text("地址", "Address") { $0.address },
        .text("哈希", "Hash") { $0.hash },
    ]
}

extension AnnouncementRoutes.ItemBody {
    private static let boards = SheetWords(["faults": ("故障公告", "Faults"), "urgent": ("紧急公告", "Urgent")])

    /// What a file shows of an announcement.
    static let columns: [SheetColumn<AnnouncementRoutes.ItemBody>] = [
        .text("编号", "ID") { $0.id.description },
        .word("公告板", "Board", boards) { $0.board },
        SheetColumn("内容", "Text") { .text($1.name($0.texts)) },
        .moment("开始", "From") { $0.from },
        .moment("结束", "Until") { $0.until },
        .flag("需要确认", "Needs a receipt") { $0.needsReceipt },
        .moment("本人确认时间", "Acknowledged by me") { $0.receivedAt },
    ]
}

extension AnnouncementRoutes.ReceiptBody {
    /// What a file shows of who has acknowledged an announcement.
    static let columns: [SheetColumn<AnnouncementRoutes.ReceiptBody>] = [
        .text("工号", "Number") { $0.number },
        .text("姓名", "Name") { $0.name },
        .moment("确认时间", "Acknowledged") { $0.at },
    ]
}

extension CentreVersionRoutes.VersionBody {
    /// What a file shows of a version of the centre.
    static let columns: [SheetColumn<CentreVersionRoutes.VersionBody>] = [
        .whole("版本", "Version") { $0.version },
        .moment("时间", "At") { $0.at },
        .text("操作者", "Actor") { $0.actor },
        .text("姓名", "Name") { $0.name },
        .text("更改", "Changes") { version in
            version.changes.map { "\($0.kind.rawValue) \($0.section) \($0.key)" }.joined(separator: "; ")
        },
        .whole("其他更改", "Further changes") { $0.more },
    ]
}
