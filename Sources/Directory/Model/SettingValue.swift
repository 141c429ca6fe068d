/// A value in a settings file, whatever the file's syntax is.
enum SettingValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([SettingValue])
    case table([String: SettingValue])
    /// Something that no setting is, such as a fraction; the words say what it is.
    case other(String)

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .text: "text"
        case .number: "a whole number"
        case .flag: "true or false"
        case .list: "a list"
        case .table: "a table"
        case .other(let kind): kind
        }
    }
}
