extension PhoneNumber {
    /// The digits to dial through a trunk with these `rules`, or `nil` when the number cannot be reached there:
    /// anonymous, or a short code of another plan or country.
    public func dialString(in rules: NumberingRules) -> String? {
        switch form {
        case .anonymous:
            return nil
        case .short(let digits, let plan):
            if plan == rules.plan { return digits }
            return plan == "+" + rules.homeCountry ? rules.outsidePrefix + digits : nil
        case .global(let digits):
            switch rules.dialFormat {
            case .e164: return "+" + digits
            case .e164WithoutPlus: return rules.outsidePrefix + digits
            case .national: return rules.outsidePrefix + rules.nationalDialString(of: digits)
            }
        }
    }
}

extension NumberingRules {
    /// What a subscriber of the home area dials for the international number `digits`.
    fileprivate func nationalDialString(of digits: String) -> String {
        guard digits.hasPrefix(homeCountry) else { return (internationalPrefixes.first ?? "+") + digits }
        let national = String(digits.dropFirst(homeCountry.count))
        let local = String(national.dropFirst(homeArea.count))
        let isAtHome = national.hasPrefix(homeArea) && !dialsHomeArea
        guard homeCountry == ChineseNumbers.country else {
            return isAtHome && localLengths.contains(local.utf8.count) ? local : nationalPrefix + national
        }
        switch ChineseNumbers.meaning(of: national, areaIsMarked: true) {
        case .tollShared, .service:
            return national
        case .mobile:
            return zeroBeforeMobile ? nationalPrefix + national : national
        case .fixed, nil:
            // A service of the home area keeps its area code: without it, it would be the nationwide one.
            let isLocal = isAtHome && !homeArea.isEmpty && localLengths.contains(local.utf8.count)
            return isLocal ? local : nationalPrefix + national
        }
    }
}
