import Glibc
import Simulation

/// Runs virtual days of a centre: `simulate --seed N` repeats any run.
@main enum Simulate {
    static let usage = """
        simulate --seed N [--contacts M] [--agents K] [--hours H] [--lines L] [--seats S]
                 [--faults none|some|many] [--verbose]
        simulate --seeds A-B      small centres whose size and faults follow from the seed
        simulate --day [--seed N] 320,000 calls and 1,600 agents in 24 hours, with the time it took
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
        var centre = VirtualCentre(plan)
        do {
            let report = try centre.run()
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
}
