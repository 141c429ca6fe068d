/// The country codes of ITU-T E.164, as far as telling where a country code ends needs them.
enum CountryCodes {
    /// The most digits of an international number, country code included (E.164, 6.1).
    static let maximumDigits = 15
    /// The fewest digits that a complete international number is known to have (+683 1234).
    static let minimumDigits = 7

    /// Codes of two digits; 1 and 7 have one digit, every other assigned code has three.
    private static let twoDigits: [Int] = [
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57,
        58, 60,
        61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ]
    /// The assigned codes of three digits, as ranges.
    private static let threeDigits: [ClosedRange<Int>] = [
        211...213, 216...216, 218...218, 220...258, 260...269, 290...291, 297...299, 350...359, 370...383,
        385...387,
        389...389, 420...421, 423...423, 500...509, 590...599, 670...670, 672...683, 685...692, 800...800,
        808...808,
        850...850, 852...853, 855...856, 870...870, 878...878, 880...883, 886...886, 888...888, 960...968,
        970...977,
        979...979, 992...996, 998...998,
    ]

    /// The country code at the head of `digits`, or `nil` when none is assigned there.
    static func prefix(of digits: String) -> String? {
        let bytes = Array(digits.utf8.prefix(3))
        guard let first = bytes.first, first != 0x30 else { return nil }
        if first == 0x31 || first == 0x37 { return String(digits.prefix(1)) }
        guard bytes.count == 3 else { return nil }
        let values = bytes.map { Int($0) - 0x30 }
        let two = values[0] * 10 + values[1]
        if twoDigits.contains(two) { return String(digits.prefix(2)) }
        let three = two * 10 + values[2]
        return threeDigits.contains { $0.contains(three) } ? String(digits.prefix(3)) : nil
    }

    /// Whether `digits` can be an international number: an assigned country code and a bearable length.
    static func isPossible(_ digits: String) -> Bool {
        (minimumDigits...maximumDigits).contains(digits.utf8.count) && prefix(of: digits) != nil
    }
}
