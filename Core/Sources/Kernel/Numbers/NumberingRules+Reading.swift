extension NumberingRules {
    /// Who calls, from whatever the trunk delivered: a header value of several identities, a URI, a user part, nothing.
    /// A text that holds no number is an anonymous caller with that text kept as `raw`.
    public func caller(from text: String) -> PhoneNumber {
        number(from: text) ?? PhoneNumber(.anonymous, raw: DialledText.bounded(text))
    }

    /// The number in `text`, or `nil` when there is none: names, too few or too many digits, a plus without an
    /// assigned country code, or more than `maximumTextLength` bytes. Withheld numbers and empty texts are anonymous.
    ///
    /// Digits that fit neither the country's plan nor an international number belong to the trunk's own plan: they
    /// can be compared and dialled back there, and that is all that is known of them.
    public func number(from text: String) -> PhoneNumber? {
        switch DialledText.read(text) {
        case .unreadable:
            return nil
        case .withheld:
            return PhoneNumber(.anonymous, raw: DialledText.bounded(text))
        case .number(let dialled):
            let length = dialled.digits.utf8.count
            guard length >= minimumLength, length <= maximumLength, let form = form(of: dialled) else {
                return nil
            }
            return PhoneNumber(form, raw: DialledText.bounded(text))
        }
    }

    private func form(of dialled: DialledText) -> PhoneNumber.Form? {
        if let context = dialled.context, !dialled.hasPlus {
            return form(of: dialled.digits, inContext: context)
        }
        if dialled.hasPlus {
            // No country code starts with zero: `+0571...` and `+0086...` are dialled digits with a plus by mistake.
            if !dialled.digits.hasPrefix("0") { return international(dialled.digits) }
            return outside(dialled.digits)
        }
        if shortCodes.contains(dialled.digits) { return .short(dialled.digits, plan: plan) }
        if let form = outside(dialled.digits) { return form }
        if !outsidePrefix.isEmpty, dialled.digits.hasPrefix(outsidePrefix) {
            let rest = String(dialled.digits.dropFirst(outsidePrefix.count))
            if let form = outside(rest) { return form }
        }
        return .short(dialled.digits, plan: plan)
    }

    /// Digits of RFC 3966 with a context: a country or area code with plus completes them, `+86` in front of a
    /// service too; a domain name leaves them to the trunk's rules.
    private func form(of digits: String, inContext context: String) -> PhoneNumber.Form? {
        guard context.hasPrefix("+") else {
            return form(of: DialledText(digits: digits, hasPlus: false, context: nil))
        }
        let prefix = String(context.dropFirst())
        guard !prefix.isEmpty, prefix.utf8.allSatisfy(DialledText.isDigit) else { return nil }
        return international(prefix + digits)
    }

    /// Digits as dialled towards the public network, or `nil` when they are no number there.
    private func outside(_ digits: String) -> PhoneNumber.Form? {
        for prefix in internationalPrefixes where !prefix.isEmpty && digits.hasPrefix(prefix) {
            if let form = international(String(digits.dropFirst(prefix.count))) { return form }
        }
        if !nationalPrefix.isEmpty, digits.hasPrefix(nationalPrefix) {
            let national = String(digits.dropFirst(nationalPrefix.count))
            if let form = self.national(national, isMarked: true) { return form }
        }
        if let form = national(digits, isMarked: false) { return form }
        // E.164 with its plus lost on the way.
        guard digits.hasPrefix(homeCountry) else { return nil }
        return national(String(digits.dropFirst(homeCountry.count)), isMarked: false, mayBeLocal: false)
    }

    private func international(_ digits: String) -> PhoneNumber.Form? {
        guard digits.hasPrefix(ChineseNumbers.country) else {
            return CountryCodes.isPossible(digits) ? .global(digits) : nil
        }
        // `+86 0571 ...` and `+86 (0571) ...`: no national number of this country starts with zero.
        var national = String(digits.dropFirst(ChineseNumbers.country.count))
        while national.hasPrefix("0") { national.removeFirst() }
        if ChineseNumbers.meaning(of: national, areaIsMarked: true) == .service {
            return .short(national, plan: "+" + ChineseNumbers.country)
        }
        let whole = ChineseNumbers.country + national
        return CountryCodes.isPossible(whole) ? .global(whole) : nil
    }

    private func national(_ digits: String, isMarked: Bool, mayBeLocal: Bool = true) -> PhoneNumber.Form? {
        let isChinese = homeCountry == ChineseNumbers.country
        if isChinese, let form = chinese(digits, isMarked: isMarked) { return form }
        if mayBeLocal, !isMarked, isLocal(digits) { return .global(homeCountry + homeArea + digits) }
        guard !isChinese, isMarked || nationalLengths.contains(digits.utf8.count) else { return nil }
        let whole = homeCountry + digits
        return CountryCodes.isPossible(whole) ? .global(whole) : nil
    }

    private func chinese(_ digits: String, isMarked: Bool) -> PhoneNumber.Form? {
        switch ChineseNumbers.meaning(of: digits, areaIsMarked: isMarked) {
        case .service: .short(digits, plan: "+" + homeCountry)
        case .mobile, .fixed, .tollShared: .global(homeCountry + digits)
        case nil: nil
        }
    }

    /// A subscriber of the home area. Local numbers start with neither the national prefix nor, in China, with 9.
    private func isLocal(_ digits: String) -> Bool {
        guard let first = digits.first, first != "0", localLengths.contains(digits.utf8.count) else {
            return false
        }
        if homeCountry == ChineseNumbers.country { return !homeArea.isEmpty && first != "9" }
        return true
    }
}
