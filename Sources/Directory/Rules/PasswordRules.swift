/// What a password must be. Length and surprise count; rules about signs only make people write them down.
package enum PasswordRules {
    /// Why a password is not taken.
    package enum Fault: String, CaseIterable, Sendable {
        case tooShort, tooLong, tooCommon, sameAsOld, containsNumber
    }

    /// Characters.
    package static let fewest = 10
    /// Bytes; the hash takes 512.
    package static let mostBytes = 256
    /// Different characters; fewer are a finger on one key.
    private static let fewestDifferent = 4
    /// Characters of a name below which it may occur by chance.
    private static let shortestName = 2

    /// What is wrong with a new password; `nil` when nothing is. The old one is compared by the caller as well, who
    /// knows its hash only.
    package static func fault(of password: String, number: String, name: String, old: String?) -> Fault? {
        let bare = password.lowercased()
        if password.count < fewest { return .tooShort }
        if password.utf8.count > mostBytes { return .tooLong }
        if password == old { return .sameAsOld }
        if !number.isEmpty, bare.contains(number.lowercased()) { return .containsNumber }
        if name.count >= shortestName, bare.contains(name.lowercased()) { return .containsNumber }
        return isCommon(bare) ? .tooCommon : nil
    }

    /// Whether it is among the first that anybody tries: a word of the list, with or without digits and signs around
    /// it, a row of the keyboard, or one character over and over.
    private static func isCommon(_ bare: String) -> Bool {
        if Set(bare).count < fewestDifferent { return true }
        let letters = bare.filter(\.isLetter)
        if common.contains(bare) || common.contains(letters) { return true }
        let digits = bare.filter(\.isNumber)
        if letters.isEmpty, isRun(digits) { return true }
        return rows.contains { row in row.contains(bare) || String(row.reversed()).contains(bare) }
    }

    /// Digits of which each follows from the one before it in the same step, such as 1234567890.
    private static func isRun(_ digits: String) -> Bool {
        let values = digits.compactMap(\.wholeNumberValue)
        let steps = Set(zip(values, values.dropFirst()).map { ($1 - $0 + 10) % 10 })
        return steps.count <= 1
    }

    private static let rows = [
        "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm",
        "1q2w3e4r5t6y7u8i9o0p", "12345678901234567890", "zaq12wsxcde34rfv", "abcdefghijklmnopqrstuvwxyz",
    ]

    /// Words that people choose, in small letters. What is longer than ten signs with digits is caught by the letters.
    private static let common: Set<String> = [
        "password", "passwort", "passw", "pass", "passwd", "admin", "administrator", "root", "user", "test",
        "guest", "welcome", "changeme", "letmein", "secret", "default", "login", "master", "hello",
        "iloveyou",
        "woaini", "woainima", "nihao", "mima", "zhongguo", "beijing", "shanghai", "hangzhou", "kefu",
        "kefuzhongxin", "hotline", "callcenter", "callcentre", "agent", "supervisor", "manager", "company",
        "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsx", "qweasd", "qweasdzxc", "abc", "abcabc",
        "aa", "abcd", "abcdef", "dragon", "monkey", "sunshine", "princess", "football", "baseball",
        "superman",
        "trustno", "whatever", "computer", "internet", "server", "database", "oracle", "cisco", "huawei",
        "avaya", "genesys", "asterisk", "pssw", "ps", "pw", "pwd", "qq", "wx", "wang", "li", "zhang", "liu",
        "chen", "yang", "woaiwojia", "passwordpassword", "adminadmin", "testtest", "rootroot",
    ]
}
