import Kernel
import Testing

@testable import Reporting

@Suite struct FormulaTests {
    private func value(_ formula: String, _ terms: [Term: Int64], decimals: Int = 1, percent: Bool = true)
        throws
        -> Int64?
    {
        try Formula(formula).value(Terms(terms))?.rounded(decimals: decimals, timesHundred: percent)
    }

    @Test func `D29 the published example gives 83.0, 86.0, 81.1, 82.7 and 82.1 per cent`() throws {
        let terms: [Term: Int64] = [
            .answered: 1_000, .abandoned: 60, .answeredIn: 860, .abandonedIn: 20, .shortAbandoned: 10,
        ]
        let found = try BuiltInFigures.serviceLevels.map { try value($0, terms) }

        #expect(found == [830, 860, 811, 827, 821])
    }

    @Test func `Every figure of the program has a formula that can be read, and a key of its own`() {
        let figures = BuiltInFigures.all(variant: 1, seconds: (20, 15))

        #expect(figures.count == 53)
        #expect(Set(figures.map(\.key)).count == figures.count)
        #expect(figures.allSatisfy { $0.names["zh-CN"] != nil && $0.names["en"] != nil })
        #expect(Set(figures.flatMap(\.formula.terms)).isSubset(of: Set(Term.allCases)))
        #expect(Term.allCases.allSatisfy { TermNames.names[$0] != nil })
    }

    @Test func `A division by nothing gives no number, not zero`() throws {
        #expect(try value("answered / offered", [:]) == nil)
        #expect(try value("answered / (offered - answered)", [.answered: 3, .offered: 3]) == nil)
    }

    @Test func `Products bind closer than sums, and rounding is half away from zero, once`() throws {
        #expect(
            try value("offered + answered * 2", [.offered: 1, .answered: 3], decimals: 0, percent: false) == 7
        )
        #expect(try value("answered / offered", [.answered: 1, .offered: 16]) == 63)
        #expect(try value("answered - offered", [.offered: 5], decimals: 0, percent: false) == -5)
        #expect(try value("(answered - offered) / 2", [.offered: 5], decimals: 0, percent: false) == -3)
        #expect(try value("offered ÷ 3 × 3", [.offered: 7], decimals: 4, percent: false) == 70_000)
    }

    @Test(
        arguments: [
            ("", 1), ("answered /", 11), ("(answered", 10), ("answered)", 9), ("answerd / offered", 1),
            ("answered offered", 10), ("1.5 * offered", 2), ("offered / -1", 11), ("a;drop", 1),
        ])
    func `A formula that cannot be read is told with its place`(text: String, place: Int) {
        let problem = #expect(throws: Problem.self) { try Formula(text) }

        #expect(problem?.details["position"] == String(place), "\(text): \(problem?.message ?? "")")
    }

    @Test func `Deep brackets and long formulas are refused`() {
        let deep = String(repeating: "(", count: 30) + "offered" + String(repeating: ")", count: 30)
        #expect(throws: Problem.self) { try Formula(deep) }
        #expect(throws: Problem.self) { try Formula(String(repeating: "offered+", count: 60) + "offered") }
    }

    @Test func `Numbers that grow beyond bounds give none`() throws {
        let product = Array(repeating: "offered", count: 12).joined(separator: " * ")
        #expect(try value(product, [.offered: .max], decimals: 0, percent: false) == nil)
    }

    @Test func `The least number has no opposite, and is none`() throws {
        let least = "(0 - 8) * 4611686018427387904 * 4611686018427387904"
        #expect(try value(least, [:], decimals: 0, percent: false) == nil)
        #expect(try value("offered / (\(least))", [.offered: 3]) == nil)
        let large = Array(repeating: "offered", count: 2).joined(separator: " * ")
        #expect(try value("1 / (\(large))", [.offered: .max]) == 0)
    }
}
