/// The numbering plan of mainland China, country code 86 (公用电信网编号计划): which national digits mean what.
enum ChineseNumbers {
    static let country = "86"

    /// What a string of national digits (no trunk prefix, no country code) is.
    enum Meaning: Equatable {
        /// 11 digits, 1 then 3 to 9.
        case mobile
        /// Area code of `areaLength` digits, then a subscriber's seven or eight digits or a service of that area.
        case fixed(areaLength: Int)
        /// 400 and 800 numbers of ten digits.
        case tollShared
        /// 110, 10086, 12306, 95588, 96345, 106...: dialled without an area code everywhere.
        case service
    }

    /// The meaning of `digits`, or `nil` when the plan has no such number. `areaIsMarked` says that a trunk prefix or
    /// a country code stood in front, so that the first digits are surely an area code; otherwise the area code has
    /// to be one in use.
    static func meaning(of digits: String, areaIsMarked: Bool) -> Meaning? {
        let bytes = Array(digits.utf8)
        if isMobile(bytes) { return .mobile }
        if bytes.count == 10, digits.hasPrefix("400") || digits.hasPrefix("800") { return .tollShared }
        if isService(bytes) { return .service }
        guard let areaLength = areaLength(bytes, anyPossible: areaIsMarked) else { return nil }
        let rest = Array(bytes.dropFirst(areaLength))
        let isSubscriber = rest.count == 8 || (rest.count == 7 && areaLength == 3)
        if isSubscriber, rest[0] != 0x30 { return .fixed(areaLength: areaLength) }
        return areaIsMarked && isService(rest) ? .fixed(areaLength: areaLength) : nil
    }

    static func isMobile(_ bytes: [UInt8]) -> Bool {
        bytes.count == 11 && bytes[0] == 0x31 && (0x33...0x39).contains(bytes[1])
    }

    /// Services: three digits 11x and 12x, five digits 1xxxx, six digits 11xxxx and 12xxxx, 95 and 96 with three or
    /// four more, and message senders 106... A sender of ten digits is taken for Beijing (10) without its zero.
    static func isService(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 3 else { return false }
        let head = (bytes[0] - 0x30) * 10 + (bytes[1] - 0x30)
        switch bytes.count {
        case 3: return head == 11 || head == 12
        case 5: return bytes[0] == 0x31 || head == 95 || head == 96
        case 6: return [11, 12, 95, 96].contains(head)
        case 8, 9, 11...20: return head == 10 && bytes[2] == 0x36
        default: return false
        }
    }

    /// The length of the area code at the head: two digits for 10 and 2x, three for 3xx to 9xx.
    private static func areaLength(_ bytes: [UInt8], anyPossible: Bool) -> Int? {
        guard bytes.count > 3 else { return nil }
        let digits = bytes.prefix(3).map { Int($0) - 0x30 }
        if digits[0] == 2 || (digits[0] == 1 && digits[1] == 0) {
            return anyPossible || digits[1] != 6 ? 2 : nil
        }
        guard (3...9).contains(digits[0]) else { return nil }
        let area = digits[0] * 100 + digits[1] * 10 + digits[2]
        return anyPossible || areasInUse.contains { $0.contains(area) } ? 3 : nil
    }

    /// Area codes of three digits in use, without their zero, by province.
    private static let areasInUse: [ClosedRange<Int>] = [
        310...319, 335...335,  // Hebei
        349...359,  // Shanxi
        370...379, 391...396, 398...398,  // Henan
        410...419, 421...421, 427...427, 429...429,  // Liaoning
        431...439, 448...448,  // Jilin
        451...459, 464...464, 467...469,  // Heilongjiang
        470...479, 482...483,  // Inner Mongolia
        510...519, 523...523, 527...527,  // Jiangsu
        530...539, 543...543, 546...546, 631...635,  // Shandong
        550...559, 561...566,  // Anhui
        570...580,  // Zhejiang
        591...599,  // Fujian
        660...660, 662...663, 668...668, 750...760, 762...763, 766...766, 768...769,  // Guangdong
        691...692, 870...879, 883...883, 886...888,  // Yunnan
        701...701, 790...799,  // Jiangxi
        710...719, 722...722, 724...724, 728...728,  // Hubei
        730...731, 734...739, 743...746,  // Hunan
        770...779,  // Guangxi
        812...813, 816...818, 825...827, 830...839,  // Sichuan
        851...859,  // Guizhou
        890...899,  // Tibet, Hainan
        901...903, 906...906, 908...909, 990...999,  // Xinjiang
        910...917, 919...919,  // Shaanxi
        930...939, 941...941, 943...943,  // Gansu
        951...955,  // Ningxia
        970...979,  // Qinghai
    ]
}
