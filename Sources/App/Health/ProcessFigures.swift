import Foundation
import Glibc

/// What the operating system tells of this process, by the names that Prometheus' own clients use.
enum ProcessFigures {
    static func add(to metrics: inout MetricsText) {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // After the name of the program, which stands in brackets and may hold anything: field 3 is the first.
        let stat = read("/proc/self/stat").flatMap { text in
            text.lastIndex(of: ")").map { text[text.index(after: $0)...].split(separator: " ") }
        }
        func field(_ number: Int) -> Double? {
            stat.flatMap { $0.count > number - 3 ? Double($0[number - 3]) : nil }
        }
        let spent = field(14).flatMap { user in field(15).map { (user + $0) / ticks } }
        metrics.add(
            "process_cpu_seconds_total", "Processor time that the program has used.", spent, as: .counter)
        metrics.add(
            "process_resident_memory_bytes", "Memory that the program occupies.",
            field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) })
        metrics.add("process_virtual_memory_bytes", "Address space of the program.", field(23))
        metrics.add("process_threads", "Threads of the program.", field(20))
        metrics.add("process_open_fds", "Files and sockets that are open.", openFiles().map(Double.init))
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            metrics.add(
                "process_max_fds", "Files and sockets that may be open.", Double(limit.rlim_cur))
        }
    }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// `nil` where `/proc` is not to be seen.
    private static func openFiles() -> Int? {
        try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
