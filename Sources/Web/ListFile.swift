import Kernel
package import Sheets

/// A whole list as a file (mission G19): page after page of what the list itself would show, so that neither scope nor
/// filter can differ.
///
/// Late: what is added or changed while a file is made is in it or not, as somebody sees who turns the pages meanwhile;
/// nothing is in it twice, since each page begins behind the last row of the one before. Twice: who asks again gets
/// another file, and another line in the audit. Never: a page that cannot be read refuses a workbook, and breaks a CSV
/// off, which shows that it is not whole.
struct ListFile: Sendable {
    private static let workbooks = Workbooks()

    /// What the file is called before its day and its kind: `tickets`.
    let name: String
    let format: SheetFormat
    private let header: [String]
    /// The rows of the next page; `nil` after the last.
    private let rows: @Sendable () async throws -> [[Sheet.Cell]]?

    init<Item: Sendable>(
        _ name: String, format: SheetFormat, language: SheetLanguage, columns: [SheetColumn<Item>],
        first: Page<Item>, page: @escaping @Sendable (PageRequest) async throws -> Page<Item>
    ) {
        self.name = name
        self.format = format
        header = columns.map { language($0.chinese, $0.english) }
        let pages = ListPages(first: first, page: page)
        rows = {
            try await pages.next()?.map { item in columns.map { $0.cell(item, language) } }
        }
    }

    /// The answer by the clock of `zone`: CSV goes out page by page, a workbook is made first.
    func answer(zone: ZoneTransitions, day: CivilDate) async throws -> WebAnswer {
        let sheet = Sheet(name: name, header: header, rows: [], zone: zone)
        let file = "hotline-\(name)-\(day)"
        switch format {
        case .xlsx:
            var whole = sheet
            var bytes = 0
            while let part = try await rows() {
                whole.rows += part
                bytes += part.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes } }
                guard whole.rows.count <= SheetFormat.mostWorkbookRows, bytes <= SheetFormat.mostWorkbookBytes
                else {
                    throw Problem(
                        .invalid,
                        "The list is too long for a workbook, which has at most \(SheetFormat.mostWorkbookRows) rows "
                            + "and \(SheetFormat.mostWorkbookBytes >> 20) MiB of text; take it as CSV, or narrow it.",
                        details: ["field": "format", "limit": "\(SheetFormat.mostWorkbookRows)"])
                }
            }
            return try await Self.workbooks.answer(whole, name: file)
        case .csv:
            let (rows, head) = (rows, CSVWriter.head(sheet.header))
            return .pieces(
                PieceStream(first: head) { try await rows().map { CSVWriter.lines($0, of: sheet) } },
                contentType: format.contentType, headers: [WebAnswer.download(file, format)])
        }
    }
}

/// Makes one workbook after the other, however many people ask: each takes a multiple of its text in memory.
private actor Workbooks {
    func answer(_ sheet: Sheet, name: String) throws -> WebAnswer {
        try .file([sheet], .xlsx, name: name)
    }
}

/// The pages of a list, one after the other.
private actor ListPages<Item: Sendable> {
    private var part: Page<Item>?
    private var cursor: String?
    private let page: @Sendable (PageRequest) async throws -> Page<Item>

    init(first: Page<Item>, page: @escaping @Sendable (PageRequest) async throws -> Page<Item>) {
        part = first
        self.page = page
    }

    func next() async throws -> [Item]? {
        if part == nil, let cursor {
            part = try await page(try PageRequest(limit: PageRequest.mostLimit, cursor: cursor))
        }
        cursor = part?.next
        defer { part = nil }
        return part?.items
    }
}

extension WebRequest {
    /// A list: a page of it as JSON, or the whole of it as a file when the query has `format` (`csv` or `xlsx`; and
    /// `language`, `zh-CN` or `en`).
    ///
    /// - Parameters:
    ///   - name: what the file is called.
    ///   - columns: what the file shows of an item.
    ///   - usual: items on a page when the client does not say.
    ///   - page: a part of the list within the scope of who asks; asked again for each next part of a file.
    package func list<Item: Encodable & Sendable>(
        _ name: String, _ columns: [SheetColumn<Item>], usual: Int = PageRequest.usualLimit,
        page: @escaping @Sendable (PageRequest) async throws -> Page<Item>
    ) async throws -> WebAnswer {
        guard let format = try sheetFormat() else {
            return try .json(try await page(PageRequest(self, usual: usual)))
        }
        return try await file(name, format, columns, page: page)
    }

    /// A list that is short enough to be shown at once.
    package func list<Item: Encodable & Sendable>(
        _ name: String, _ columns: [SheetColumn<Item>], items: [Item]
    ) async throws -> WebAnswer {
        try await list(name, columns) { _ in Page(items: items, next: nil) }
    }

    /// A short list whose JSON says more than its items.
    package func list<Item: Sendable>(
        _ name: String, _ columns: [SheetColumn<Item>], items: [Item], json: () async throws -> WebAnswer
    ) async throws -> WebAnswer {
        guard let format = try sheetFormat() else { return try await json() }
        return try await file(name, format, columns) { _ in Page(items: items, next: nil) }
    }

    /// Which file is asked for; `nil` when none is.
    private func sheetFormat() throws -> SheetFormat? {
        try query["format"].flatMap { $0.isEmpty ? nil : $0 }.map { try SheetFormat($0) }
    }

    private func file<Item: Sendable>(
        _ name: String, _ format: SheetFormat, _ columns: [SheetColumn<Item>],
        page: @escaping @Sendable (PageRequest) async throws -> Page<Item>
    ) async throws -> WebAnswer {
        let language = try SheetLanguage(query["language"])
        // The first part is read before the answer begins, so that a refusal is an answer of its own.
        let first = try await page(PageRequest(limit: PageRequest.mostLimit))
        return .list(
            ListFile(
                name, format: format, language: language, columns: columns, first: first, page: page))
    }
}
