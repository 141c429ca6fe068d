import Kernel
import TOMLKit

/// The deployment's settings: one file, every key with a default. `config/hotline.sample.toml` is the reference.
package struct Configuration: Codable, Hashable, Sendable {
    package struct Data: Codable, Hashable, Sendable {
        package var directory = "data"
        package var postgres = ""
    }
    package struct SIP: Codable, Hashable, Sendable {
        package var listen = "127.0.0.1:5060"
        package var advertised = ""
        /// `md5`, `sha256` or `both`.
        package var digest = "md5"
    }
    package struct RTP: Codable, Hashable, Sendable {
        package var address = "127.0.0.1"
        package var advertised = ""
        package var firstPort = 20_000
        package var lastPort = 29_999
        package var workers = 0
        enum CodingKeys: String, CodingKey {
            case address, advertised, workers
            case firstPort = "first_port"
            case lastPort = "last_port"
        }
    }
    package struct HTTP: Codable, Hashable, Sendable {
        package var listen = "127.0.0.1:8080"
        /// Empty for no HTTPS.
        package var tlsListen = "127.0.0.1:8443"
        /// Empty for a certificate of this installation's own.
        package var certificate = ""
        package var key = ""
        package var hosts: [String] = []
        package var webDirectory = "web"
        enum CodingKeys: String, CodingKey {
            case listen, certificate, key, hosts
            case tlsListen = "tls_listen"
            case webDirectory = "web_directory"
        }
    }
    package struct Relay: Codable, Hashable, Sendable {
        /// Empty for none.
        package var urls: [String] = []
        package var secret = ""
        package var ttlMinutes = 720
        enum CodingKeys: String, CodingKey {
            case urls, secret
            case ttlMinutes = "ttl_minutes"
        }
    }
    package struct Session: Codable, Hashable, Sendable {
        package var idleMinutes = 30
        package var mostHours = 14
        enum CodingKeys: String, CodingKey {
            case idleMinutes = "idle_minutes"
            case mostHours = "most_hours"
        }
    }
    package struct Speech: Codable, Hashable, Sendable {
        package var program = "espeak-ng"
        package var wordsPerMinute = 160
        enum CodingKeys: String, CodingKey {
            case program
            case wordsPerMinute = "words_per_minute"
        }
    }
    package struct Mail: Codable, Hashable, Sendable {
        /// Empty for none.
        package var url = ""
        package var from = ""
        package var username = ""
        package var password = ""
    }
    package struct SMS: Codable, Hashable, Sendable {
        /// Empty for none.
        package var url = ""
        package var token = ""
    }
    package struct Disk: Codable, Hashable, Sendable {
        package var warnMiB = 4_096
        package var stopRecordingMiB = 1_024
        package var refuseCallsMiB = 256
        enum CodingKeys: String, CodingKey {
            case warnMiB = "warn_mib"
            case stopRecordingMiB = "stop_recording_mib"
            case refuseCallsMiB = "refuse_calls_mib"
        }
    }
    package struct Keys: Codable, Hashable, Sendable {
        /// Empty for `keys/master.key` in the data directory.
        package var file = ""
        package var sealRecordings = true
        enum CodingKeys: String, CodingKey {
            case file
            case sealRecordings = "seal_recordings"
        }
    }
    package struct Privacy: Codable, Hashable, Sendable {
        /// Empty for `erasures.log` in the data directory.
        package var ledger = ""
    }
    package struct Log: Codable, Hashable, Sendable {
        package var level = "notice"
        /// `text` or `json`.
        package var format = "text"
        package var personal = false
    }

    package var data = Data()
    package var sip = SIP()
    package var rtp = RTP()
    package var http = HTTP()
    package var relay = Relay()
    package var session = Session()
    package var speech = Speech()
    package var mail = Mail()
    package var sms = SMS()
    package var disk = Disk()
    package var keys = Keys()
    package var privacy = Privacy()
    package var log = Log()

    package init() {}
}

extension Configuration {
    /// Reads a file's text over the defaults. An unknown or ill-typed key is a `Problem` that names it.
    package init(toml text: String) throws {
        let defaults = try TOMLTable(string: TOMLEncoder().encode(Configuration()))
        let given: TOMLTable
        do { given = try TOMLTable(string: text) } catch {
            throw Problem(.invalid, "The configuration is not valid TOML: \(error)", cause: error)
        }
        for section in given.keys {
            guard let known = defaults[section]?.table, let table = given[section]?.table else {
                throw Problem(
                    .invalid, "The configuration has no section [\(section)]", details: ["field": section])
            }
            for key in table.keys {
                guard let value = table[key], let former = known[key], former.type == value.type else {
                    throw Problem(
                        .invalid,
                        "[\(section)] \(key) is unknown or of the wrong type; see config/hotline.sample.toml",
                        details: ["field": "\(section).\(key)"])
                }
                known[key] = value.tomlValue
            }
        }
        self = try TOMLDecoder().decode(Configuration.self, from: defaults)
    }
}

/// `host:port` as written in configuration and on the command line.
package struct HostPort: Hashable, Sendable {
    package var host: String
    package var port: Int
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
    /// - Throws: `Problem(.invalid)` naming the field.
    package init(_ text: String, field: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), colon != text.startIndex
        else {
            throw Problem(
                .invalid, "\(field) must be host:port, for instance 127.0.0.1:5060, not '\(text)'",
                details: ["field": field])
        }
        host = String(text[..<colon]).trimmingBrackets
        self.port = port
    }
}

extension String {
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}

extension Configuration {
    /// Sets the audio ports from `FIRST-LAST`.
    ///
    /// - Throws: `Problem(.invalid)`.
    package mutating func setPorts(_ range: String) throws {
        let ends = range.split(separator: "-").map { Int($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1] else {
            throw Problem(
                .invalid, "--rtp must be FIRST-LAST, such as 20000-29999, not '\(range)'",
                details: ["field": "rtp.first_port"])
        }
        rtp.firstPort = first
        rtp.lastPort = last
    }
}
