import Web

extension SheetFormat {
    /// The file as a download.
    func answer(_ sheets: [Sheet], name: String) throws -> WebAnswer {
        var answer = WebAnswer.bytes(try bytes(sheets), contentType: contentType)
        answer.headers.append(("Content-Disposition", "attachment; filename=\"\(name).\(rawValue)\""))
        return answer
    }
}
