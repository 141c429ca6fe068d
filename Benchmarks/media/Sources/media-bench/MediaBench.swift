import Glibc
import Kernel
import Media
import Synchronization

/// Holds recorded or plain two-way calls for a load generator and tells what they cost.
///
/// usage: media-bench <calls> <seconds> <record|plain> <file for the ports> <port of side a> <port of side b>
@main struct MediaBench {
    static func main() throws {
        let words = CommandLine.arguments
        guard words.count == 7, let calls = UInt64(words[1]), let seconds = Double(words[2]),
            let portA = UInt16(words[5]), let portB = UInt16(words[6])
        else { return print("usage: media-bench calls seconds record|plain ports-file port-a port-b") }
        ProcessLimits.raiseOpenFiles()
        let heard = Mutex(0)
        let failed = Mutex(0)
        var settings = MediaSettings()
        settings.bindAddress = "127.0.0.1"
        settings.ports = 20_000...59_999
        let service = try MediaService(settings) { event in
            switch event {
            case .heard: heard.withLock { $0 += 1 }
            case .recordingFailed(_, _, let reason):
                failed.withLock { $0 += 1 }
                print("recording failed:", reason)
            default: break
            }
        }
        let before = residentKilobytes()
        let now = Timestamp(milliseconds: 0)
        guard let file = fopen(words[4] + ".new", "w") else { return print("cannot write", words[4]) }
        for call in 0..<calls {
            let room = RoomID(call)
            let (a, b) = (MediaLegID(2 * call), MediaLegID(2 * call + 1))
            let ports = (try service.open(a, room: room, at: now), try service.open(b, room: room, at: now))
            try service.setRemote(a, RemoteMedia(address: "127.0.0.1", port: portA, codec: .pcma))
            try service.setRemote(b, RemoteMedia(address: "127.0.0.1", port: portB, codec: .pcma))
            service.connect(room, .pair(a, b))
            if words[3] == "record" {
                try service.startRecording(
                    room,
                    RecordingSpec(
                        directory: words[4] + ".recordings", id: "call-\(call)",
                        tracks: [a: "customer", b: "agent"],
                        started: now))
            }
            fputs("\(ports.0) \(ports.1)\n", file)
        }
        fclose(file)
        rename(words[4] + ".new", words[4])
        while heard.withLock({ $0 }) < Int(calls) * 2 { usleep(10_000) }
        usleep(1_000_000)
        let (cpu, system, clock) = (processSeconds(), systemSeconds(), wallSeconds())
        usleep(UInt32(seconds * 1e6))
        let spent = processSeconds() - cpu
        let passed = wallSeconds() - clock
        let kernel = systemSeconds() - system
        // The load goes on a little longer, so that nothing is lost by ending first.
        usleep(3_000_000)
        print(
            "media: calls=\(calls) \(words[3]) cpu per call-second \(round(spent * 1e6 / passed / Double(calls)) / 1e3) ms (kernel \(round(kernel / spent * 100)) %),",
            "core \(round(spent / passed * 1e3) / 10) %,",
            "memory per call \(round(Double(residentKilobytes() - before) / Double(calls) * 10) / 10) kB,",
            "recordings failed \(failed.withLock { $0 })")
        let closing = processSeconds()
        service.stop()
        print(
            "media: close and digest \(round((processSeconds() - closing) / Double(calls) * 1e6) / 1e3) ms per call"
        )
    }

    static func processSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
    static func systemSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
    }
    static func wallSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    static func residentKilobytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }
}
