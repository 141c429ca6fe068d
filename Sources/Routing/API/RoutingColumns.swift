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

extension FlowRoutes.HistoryItem {
    /// What a file shows of a version of a flow.
    static let columns: [SheetColumn<FlowRoutes.HistoryItem>] = [
        .whole("版本", "Version") { $0.version },
        .moment("时间", "At") { $0.at },
        .text("发布人", "Published by") { $0.by },
        .text("新增步骤", "Steps added") { $0.added.joined(separator: " ") },
        .text("更改步骤", "Steps changed") { $0.changed.joined(separator: " ") },
        .text("删除步骤", "Steps removed") { $0.removed.joined(separator: " ") },
        .text("更改的文字", "Texts changed") { $0.texts.joined(separator: " ") },
    ]
}

extension PromptVersion {
    private static let sources = SheetWords([
        "upload": ("上传", "Uploaded"), "browser": ("浏览器录制", "Recorded in the browser"),
        "phone": ("电话录制", "Recorded by telephone"), "speech": ("合成", "Speech"),
    ])

    /// What a file shows of a recording of a prompt.
    static let columns: [SheetColumn<PromptVersion>] = [
        .whole("版本", "Version") { $0.version },
        .text("语言", "Language") { $0.language },
        .word("来源", "Source", sources) { $0.source.rawValue },
        .text("文字", "Text") { $0.text },
        .seconds("时长", "Length") { Int64($0.durationMs) },
        .whole("电平 (dB)", "Level (dB)") { $0.levelDb },
        .moment("时间", "At") { $0.at },
        .text("录制人", "By") { $0.by },
        .flag("使用中", "In use") { $0.isCurrent },
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
        .text("队列", "Queues") { $0.queues.map(\.key).joined(separator: " ") },
    ]
}
