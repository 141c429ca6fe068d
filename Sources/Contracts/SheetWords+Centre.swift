package import Sheets

extension SheetWords {
    /// Where contacts come from (mission N16), as files call it.
    package static let origins = SheetWords([
        "external": ("公网", "Public network"), "internal": ("内线", "Internal"),
        "city": ("市话", "City exchange"), "web": ("网页", "Web"), "test": ("测试", "Test"),
    ])

    /// By which channel a contact came.
    package static let channels = SheetWords(["voice": ("语音", "Voice")])
}
