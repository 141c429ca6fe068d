package import Kernel

/// A formula over terms, written as people write it: `(answeredIn + abandonedIn) / (answered + abandoned)`.
///
/// Sums, differences, products and quotients of terms and whole numbers, with brackets. It is computed exactly, as a
/// fraction, and rounded once at the end.
package struct Formula: Hashable, Sendable {
    /// Characters of a formula.
    static let longest = 400
    /// Brackets within brackets.
    static let deepest = 20

    /// As it was written.
    package let text: String
    private let root: Node

    private indirect enum Node: Hashable, Sendable {
        case number(Int64)
        case term(Term)
        case sum(Node, Node)
        case difference(Node, Node)
        case product(Node, Node)
        case quotient(Node, Node)
    }

    /// - Throws: `Problem(.invalid)` with the place of the fault, counted from 1, under `position`.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.count <= Self.longest else {
            throw Problem(.invalid, "A formula has at most \(Self.longest) characters.")
        }
        var reader = Reader(text)
        root = try reader.sum(depth: 0)
        try reader.end()
        self.text = text
    }

    /// The terms that it names, in the order of the terms.
    package var terms: [Term] {
        var found: Set<Term> = []
        Self.collect(root, into: &found)
        return Term.allCases.filter(found.contains)
    }

    /// The exact value; `nil` where something is divided by zero, or a number grows beyond all bounds.
    package func value(_ terms: Terms) -> Fraction? { Self.value(root, terms) }

    private static func value(_ node: Node, _ terms: Terms) -> Fraction? {
        switch node {
        case .number(let number): Fraction(number)
        case .term(let term): Fraction(terms[term])
        case .sum(let a, let b): pair(a, b, terms).flatMap { $0.plus($1) }
        case .difference(let a, let b): pair(a, b, terms).flatMap { $0.minus($1) }
        case .product(let a, let b): pair(a, b, terms).flatMap { $0.times($1) }
        case .quotient(let a, let b): pair(a, b, terms).flatMap { $0.over($1) }
        }
    }

    private static func pair(_ a: Node, _ b: Node, _ terms: Terms) -> (Fraction, Fraction)? {
        guard let a = value(a, terms), let b = value(b, terms) else { return nil }
        return (a, b)
    }

    private static func collect(_ node: Node, into found: inout Set<Term>) {
        switch node {
        case .number: break
        case .term(let term): found.insert(term)
        case .sum(let a, let b), .difference(let a, let b), .product(let a, let b), .quotient(let a, let b):
            collect(a, into: &found)
            collect(b, into: &found)
        }
    }

    /// Reads by recursive descent.
    private struct Reader {
        private let characters: [Character]
        private var place = 0

        init(_ text: String) { characters = Array(text) }

        mutating func sum(depth: Int) throws(Problem) -> Node {
            var node = try product(depth: depth)
            while let sign = take("+", "-", "−") {
                let next = try product(depth: depth)
                node = sign == "+" ? .sum(node, next) : .difference(node, next)
            }
            return node
        }

        private mutating func product(depth: Int) throws(Problem) -> Node {
            var node = try atom(depth: depth)
            while let sign = take("*", "×", "/", "÷") {
                let next = try atom(depth: depth)
                node = sign == "*" || sign == "×" ? .product(node, next) : .quotient(node, next)
            }
            return node
        }

        private mutating func atom(depth: Int) throws(Problem) -> Node {
            guard depth < Formula.deepest else { throw fault("has too many brackets within brackets") }
            if take("(") != nil {
                let node = try sum(depth: depth + 1)
                guard take(")") != nil else { throw fault("lacks a closing bracket") }
                return node
            }
            skipSpace()
            let start = place
            while place < characters.count, characters[place].isLetter || characters[place].isNumber {
                place += 1
            }
            let word = String(characters[start..<place])
            if let term = Term(rawValue: word) { return .term(term) }
            if let number = Int64(word), number >= 0 { return .number(number) }
            place = start
            throw fault(word.isEmpty ? "lacks a term" : "has a word that is no term: \(word.prefix(40))")
        }

        mutating func end() throws(Problem) {
            skipSpace()
            guard place == characters.count else { throw fault("goes on after its end") }
        }

        private mutating func take(_ wanted: Character...) -> Character? {
            skipSpace()
            guard place < characters.count, wanted.contains(characters[place]) else { return nil }
            place += 1
            return characters[place - 1]
        }

        private mutating func skipSpace() {
            while place < characters.count, characters[place].isWhitespace { place += 1 }
        }

        private func fault(_ what: String) -> Problem {
            Problem(
                .invalid, "The formula \(what), at character \(place + 1).",
                details: ["reason": "formula", "position": String(place + 1)])
        }
    }
}

/// A fraction of whole numbers, exact; `nil` stands for what is not a number or too large to be one.
package struct Fraction: Hashable, Sendable {
    /// Lowest terms, the denominator above zero.
    let numerator: Int128
    let denominator: Int128

    package init(_ number: Int64) {
        numerator = Int128(number)
        denominator = 1
    }

    private init?(_ numerator: Int128, _ denominator: Int128) {
        guard denominator != 0 else { return nil }
        let common = Self.divisor(numerator, denominator)
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.numerator = sign * numerator / common
        self.denominator = sign * denominator / common
    }

    func plus(_ other: Fraction) -> Fraction? { combined(other, 1) }
    func minus(_ other: Fraction) -> Fraction? { combined(other, -1) }

    private func combined(_ other: Fraction, _ sign: Int128) -> Fraction? {
        guard let left = Self.product(numerator, other.denominator),
            let right = Self.product(sign * other.numerator, denominator),
            let below = Self.product(denominator, other.denominator)
        else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow || sum == .min ? nil : Fraction(sum, below)
    }

    func times(_ other: Fraction) -> Fraction? {
        guard let above = Self.product(numerator, other.numerator),
            let below = Self.product(denominator, other.denominator)
        else { return nil }
        return Fraction(above, below)
    }

    func over(_ other: Fraction) -> Fraction? {
        guard let above = Self.product(numerator, other.denominator),
            let below = Self.product(denominator, other.numerator)
        else { return nil }
        return Fraction(above, below)
    }

    /// Rounded once, half away from zero, to so many digits after the point: the value times ten to that power.
    package func rounded(decimals: Int, timesHundred: Bool = false) -> Int64? {
        let power = (0..<(decimals + (timesHundred ? 2 : 0))).reduce(Int128(1)) { result, _ in result * 10 }
        guard let scaled = Self.product(numerator, power) else { return nil }
        let doubled = scaled.magnitude.multipliedReportingOverflow(by: 2)
        guard !doubled.overflow else { return nil }
        let (above, overflow) = doubled.partialValue.addingReportingOverflow(denominator.magnitude)
        guard !overflow else { return nil }
        let whole = above / (denominator.magnitude * 2)
        guard let value = Int64(exactly: whole) else { return nil }
        return scaled < 0 ? -value : value
    }

    private static func product(_ a: Int128, _ b: Int128) -> Int128? {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        // The least number has no opposite.
        return overflow || product == .min ? nil : product
    }

    private static func divisor(_ a: Int128, _ b: Int128) -> Int128 {
        var (a, b) = (a < 0 ? -a : a, b < 0 ? -b : b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(a, 1)
    }
}
