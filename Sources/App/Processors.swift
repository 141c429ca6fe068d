import Glibc
package import Kernel

/// Which processors the program may run on; for measuring.
package enum Processors {
    /// Binds the process, before it starts threads, to a list such as `0` or `0,2`.
    ///
    /// - Throws: `Problem(.invalid)`.
    package static func bind(_ list: String) throws {
        var set = cpu_set_t()
        let numbers = list.split(separator: ",").map { Int($0) }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0.map { (0..<1_024).contains($0) } ?? false }) else {
            throw Problem(
                .invalid, "--cpus must be processor numbers with commas between them, such as 0,1",
                details: ["field": "cpus"])
        }
        withUnsafeMutableBytes(of: &set) { bytes in
            for case let number? in numbers { bytes[number / 8] |= 1 << (number % 8) }
        }
        guard sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else {
            throw Problem(.invalid, "This machine has no processors \(list)", details: ["field": "cpus"])
        }
    }
}
