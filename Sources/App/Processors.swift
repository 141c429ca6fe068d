import Kernel
import Media

/// Which processors the program may run on; for measuring.
package enum Processors {
    /// Binds the process, before it starts threads, to a list such as `0` or `0,2`.
    ///
    /// - Throws: `Problem(.invalid)`.
    package static func bind(_ list: String) throws {
        let numbers = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard numbers.allSatisfy({ $0 >= 0 }) else {
            throw Problem(
                .invalid, "--cpus must be processor numbers with commas between them, such as 0,1",
                details: ["field": "cpus"])
        }
        try ProcessLimits.bind(toProcessors: numbers)
    }
}
