import Glibc
import Simulation

/// Runs virtual days of a centre: `simulate --seed N` repeats any run.
@main enum Simulate {
    static let usage = """
        simulate --seed N [--contacts M] [--agents K] [--hours H] [--lines L] [--seats S]
                 [--faults none|some|many] [--verbose]
        simulate --seeds A-B      small centres whose size and faults follow from the seed
        simulate --day [...]      320,000 calls and 1,600 agents in 24 hours unless said otherwise, with the time it took
        --routing                 the routing engine alone, without calls and flows
        """

    static func main() {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(usage)
            exit(2)
        }
        var failed = false
        for plan in options.plans { failed = !run(plan, options) || failed }
        exit(failed ? 1 : 0)
    }

    /// Runs one day; `false` when a rule was broken.
    private static func run(_ plan: CentrePlan, _ options: Options) -> Bool {
        let before = clock()
        do {
            let report = try day(plan, isRoutingOnly: options.isRoutingOnly)
            print(options.isRange && !options.isVerbose ? report.line : report.text)
            if options.isDay || options.isVerbose {
                // Processor time, so that other work on the machine does not count.
                let milliseconds = (clock() - before) / (CLOCKS_PER_SEC / 1_000)
                print("  \(milliseconds) ms of processor time")
            }
            return true
        } catch {
            print("violated: \(error)")
            return false
        }
    }

    private static func day(_ plan: CentrePlan, isRoutingOnly: Bool) throws(Violation) -> DayReport {
        if isRoutingOnly {
            var day = RoutingDay(plan)
            return try day.run()
        }
        var centre = VirtualCentre(plan)
        return try centre.run()
    }
}
