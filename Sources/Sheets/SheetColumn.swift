package import Kernel

/// A column of a list that is given away as a file: its title, and what stands in it for an item.
package struct SheetColumn<Item: Sendable>: Sendable {
    package let chinese: String
    package let english: String
    package let cell: @Sendable (Item, SheetLanguage) -> Sheet.Cell

    package init(
        _ chinese: String, _ english: String, _ cell: @escaping @Sendable (Item, SheetLanguage) -> Sheet.Cell
    ) {
        self.chinese = chinese
        self.english = english
        self.cell = cell
    }

    package static func text(
        _ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> String?
    ) -> SheetColumn { SheetColumn(chinese, english) { item, _ in .text(value(item)) } }

    package static func whole(
        _ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> Int?
    ) -> SheetColumn { SheetColumn(chinese, english) { item, _ in .whole(value(item)) } }

    package static func moment(
        _ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> Timestamp?
    ) -> SheetColumn { SheetColumn(chinese, english) { item, _ in .moment(value(item)) } }

    /// A length of time given in milliseconds, shown in seconds.
    package static func seconds(
        _ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> Int64?
    ) -> SheetColumn {
        SheetColumn(chinese + " (秒)", english + " (s)") { item, _ in .seconds(milliseconds: value(item)) }
    }

    /// A word of a few, in the reader's language; a word that is not among them stands as it is.
    package static func word(
        _ chinese: String, _ english: String, _ words: SheetWords,
        _ value: @escaping @Sendable (Item) -> String?
    ) -> SheetColumn {
        SheetColumn(chinese, english) { item, language in
            .text(value(item).map { words.text($0, language) })
        }
    }

    /// Yes, or nothing.
    package static func flag(
        _ chinese: String, _ english: String, _ value: @escaping @Sendable (Item) -> Bool?
    ) -> SheetColumn {
        SheetColumn(chinese, english) { item, language in
            value(item) == true ? .text(language("是", "yes")) : .empty
        }
    }
}

/// What the words of the interface are called in a file.
package struct SheetWords: Sendable {
    private let names: [String: (chinese: String, english: String)]

    package init(_ names: KeyValuePairs<String, (chinese: String, english: String)>) {
        self.names = Dictionary(names.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    package func text(_ word: String, _ language: SheetLanguage) -> String {
        names[word].map { language($0.chinese, $0.english) } ?? word
    }
}
