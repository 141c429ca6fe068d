import Contracts
import Kernel
import Sheets

extension FlowRoutes.Item {
    /// What a file shows of a flow.
    static let columns: [SheetColumn<FlowRoutes.Item>] = [
        .text("标识", "Key") { $0.key },
        .text("名称", "Name") { $0.name },
        .text("语言", "Languages") { $0.languages.joined(separator: " ") },
        .whole("版本", "Version") { $0.version },
        .moment("发布时间", "Published") { $0.publishedAt },
        .text("发布人", "Published by") { $0.publishedBy },
        .text("号码", "Numbers") { $0.numbers.joined(separator: " ") },
        .whole("节点数", "Nodes") { $0.nodes },
        .moment("草稿保存时间", "Draft saved") { $0.draft?.savedAt },
        .text("草稿保存人", "Draft saved by") { $0.draft?.savedBy },
    ]
}

extension PromptRoutes.Item {
    /// What a file shows of a prompt.
    static let columns: [SheetColumn<PromptRoutes.Item>] = [
        .text("标识", "Key") { $0.key },
        SheetColumn("名称", "Name") { .text($1.name($0.name)) },
        .text("使用中的录音", "In use") { prompt in
            prompt.current.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.version)" }.joined(
                separator: "; ")
        },
        .text("未启用的录音", "Not in use") { prompt in
            prompt.draft?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.version)" }.joined(
                separator: "; ")
        },
        .text("使用的流程", "Flows") { $0.usedBy.map(\.flow).joined(separator: " ") },
    ]
}

extension BreakRequestBody {
    /// What a file shows of a request for a break.
    static let columns: [SheetColumn<BreakRequestBody>] = [
        .text("编号", "ID") { $0.id.description },
        .text("工号", "Number") { $0.agent.number },
        .text("姓名", "Name") { $0.agent.name },
        .text("小休原因", "Reason") { $0.reason },
        .moment("申请时间", "Asked") { $0.askedAt },
        .text("座席组", "Groups") { $0.queues.map(\.key).joined(separator: " ") },
    ]
}
