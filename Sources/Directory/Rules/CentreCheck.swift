import Kernel

/// Checks that the tables of a centre's description fit each other. Pure: the same file gives the same findings.
struct CentreCheck {
    private let file: CentreFile
    private let findings: Findings

    /// Fewest characters of a phone's password; shorter ones are guessed.
    static let shortestPassword = 12

    init(_ file: CentreFile, findings: Findings) {
        self.file = file
        self.findings = findings
    }

    /// Notes everything that is wrong.
    func run() {
        checkTenant()
        unique("site", file.sites.map(\.key), "key", isWord: true)
        unique("skill", file.skills.map(\.key), "key", isWord: true)
        unique("queue", file.queues.map(\.key), "key", isWord: true)
        unique("trunk", file.trunks.map(\.key), "key", isWord: true)
        unique("calendar", file.calendars.map(\.key), "key", isWord: true)
        unique("announcement", file.announcements.map(\.key), "key", isWord: true)
        unique("request_type", file.requestTypes.map(\.key), "key", isWord: true)
        unique("disposition", file.dispositions.map(\.key), "key", isWord: true)
        unique("break_reason", file.breakReasons.map(\.key), "key", isWord: true)
        unique("number", file.numbers.map(\.number), "number", isWord: false)
        unique("person", file.people.map(\.number), "number", isWord: false)
        unique("seat", file.seats.map(\.number), "number", isWord: false)
        checkTrunks()
        checkNumbers()
        checkQueues()
        checkPeople()
        checkSeats()
        checkAnnouncements()
        checkRequestTypes()
    }

    private func checkRequestTypes() {
        for type in file.requestTypes {
            var seen: Set<String> = []
            for field in type.fields {
                let place = "[[request_type]] \(type.key)"
                if !Self.isWord(field.key) { badWord(place, "fields", field.key) }
                if !seen.insert(field.key).inserted {
                    findings.add(
                        place, "fields", "'\(field.key)' occurs twice", "give each field its own key")
                }
            }
        }
    }

    private func checkTenant() {
        if !file.tenant.key.isEmpty, !Self.isWord(file.tenant.key) {
            badWord("[tenant]", "key", file.tenant.key)
        }
        if case .overflow(let number) = file.limits.whenLinesFull, !Self.isNumber(number) {
            findings.add(
                "[limits]", "when_lines_full", "'\(number)' is no number",
                "write it like \"overflow:+8657188881234\"")
        }
        if !Self.isBeside(file.prompts.directory) {
            findings.add(
                "[prompts]", "directory", "'\(file.prompts.directory)' leaves the directory of this file",
                "give a path below it")
        }
    }

    private func checkTrunks() {
        var owners: [String: String] = [:]
        for trunk in file.trunks {
            let place = "[[trunk]] \(trunk.key)"
            if trunk.addresses.isEmpty {
                findings.add(
                    place, "addresses", "is empty", "list the addresses that may call, such as \"192.0.2.10\""
                )
            }
            for address in trunk.addresses {
                guard let network = AddressRange(address) else {
                    findings.add(
                        place, "addresses", "'\(address)' is no address",
                        "write it like \"192.0.2.10\", \"192.0.2.0/24\" or \"2001:db8::/32\"")
                    continue
                }
                if network.prefix == 0 {
                    findings.add(
                        place, "addresses", "'\(address)' lets everybody call",
                        "name the networks of the carrier")
                }
                if let owner = owners.updateValue(trunk.key, forKey: address) {
                    findings.add(
                        place, "addresses", "'\(address)' belongs to the trunk '\(owner)' too",
                        "keep it in one of them")
                }
            }
            for fault in trunk.rules.faults() { findings.add(place, "", fault, "correct it") }
        }
    }

    private func checkNumbers() {
        let trunks = Set(file.trunks.map(\.key))
        if file.numbers.isEmpty {
            findings.add("[[number]]", "", "there is none", "add the number that the centre is called by")
        }
        for number in file.numbers {
            let place = "[[number]] \(number.number)"
            if !number.number.isEmpty, !Self.isNumber(number.number) {
                findings.add(
                    place, "number", "'\(number.number)' is no number",
                    "use digits, with + for a country code")
            }
            if !Self.isBeside(number.flow) || !number.flow.hasSuffix(".toml") {
                findings.add(
                    place, "flow", "'\(number.flow)' is no file beside this one",
                    "name one like \"flow-5186.toml\"")
            }
            refer(place, "trunk", number.trunk, to: trunks, "trunk")
        }
    }

    private func checkQueues() {
        let queues = Set(file.queues.map(\.key))
        let skills = Set(file.skills.map(\.key))
        for queue in file.queues {
            let place = "[[queue]] \(queue.key)"
            for skill in queue.skills.keys.sorted() { refer(place, "skills", skill, to: skills, "skill") }
            let rules = [
                ("when_full", queue.whenFull), ("when_too_long", queue.whenTooLong),
                ("when_nobody", queue.whenNobody ?? .dissuade),
            ]
            for (key, rule) in rules {
                guard case .queue(let other) = rule else { continue }
                if other == queue.key {
                    findings.add(place, key, "overflows into itself", "name another queue or \"dissuade\"")
                } else {
                    refer(place, key, other, to: queues, "queue")
                }
            }
        }
        circles("when_full") { $0.whenFull }
        circles("when_too_long") { $0.whenTooLong }
        circles("when_nobody") { $0.whenNobody ?? .dissuade }
    }

    /// Finds queues that overflow into each other by the same rule, where a caller would go round and round.
    private func circles(_ key: String, _ rule: (CentreFile.Queue) -> CentreFile.Overflow) {
        var next: [String: String] = [:]
        for queue in file.queues {
            if case .queue(let other) = rule(queue), other != queue.key { next[queue.key] = other }
        }
        var settled: Set<String> = []
        for start in file.queues.map(\.key) {
            var path: [String] = []
            var here: String? = start
            while let queue = here, !settled.contains(queue) {
                if let first = path.firstIndex(of: queue) {
                    let circle = (path[first...] + [queue]).joined(separator: " -> ")
                    findings.add(
                        "[[queue]] \(queue)", key, "goes in a circle (\(circle))",
                        "let one of them be \"dissuade\"")
                    break
                }
                path.append(queue)
                here = next[queue]
            }
            settled.formUnion(path)
        }
    }

    private func checkPeople() {
        let skills = Set(file.skills.map(\.key))
        let sites = Set(file.sites.map(\.key))
        for person in file.people {
            let place = "[[person]] \(person.number)"
            if let site = person.site { refer(place, "site", site, to: sites, "site") }
            if let team = person.team, !team.isEmpty, !Self.isWord(team) { badWord(place, "team", team) }
            if person.roles.isEmpty {
                findings.add(
                    place, "roles", "is empty", "say what the person is, or leave it out for an agent")
            }
            if !person.roles.contains(.agent), !person.skills.isEmpty {
                findings.add(place, "skills", "are of no use to somebody who is no agent", "leave them out")
            }
            for skill in person.skills.keys.sorted() { refer(place, "skills", skill, to: skills, "skill") }
        }
    }

    private func checkSeats() {
        let sites = Set(file.sites.map(\.key))
        var users: [String: String] = [:]
        for seat in file.seats {
            let place = "[[seat]] \(seat.number)"
            refer(place, "site", seat.site, to: sites, "site")
            let identity: String
            switch seat.phone {
            case nil: continue
            case .registered(let user, let password):
                identity = user
                if !user.isEmpty, !Self.isUser(user) {
                    findings.add(
                        place, "phone", "the user '\(user)' has characters that SIP does not allow",
                        "use letters, digits, '-', '_' and '.'")
                }
                if password.utf8.count < Self.shortestPassword {
                    findings.add(
                        place, "phone", "the password is short",
                        "give at least \(Self.shortestPassword) random characters")
                }
                if password == user {
                    findings.add(place, "phone", "the password is the user", "give random characters")
                }
            case .fixed(let uri, _):
                identity = uri
                if !uri.isEmpty, !Self.isSIPAddress(uri) {
                    findings.add(
                        place, "phone", "'\(uri)' is no SIP address",
                        "write it like \"sip:8001@192.0.2.20:5060\"")
                }
            }
            if !identity.isEmpty, let other = users.updateValue(seat.number, forKey: identity) {
                findings.add(
                    place, "phone", "'\(identity)' is the phone of seat \(other) too",
                    "give each seat its own phone")
            }
        }
    }

    private func checkAnnouncements() {
        for announcement in file.announcements {
            if let from = announcement.from, let until = announcement.until, from >= until {
                findings.add(
                    "[[announcement]] \(announcement.key)", "until", "is not after from", "give a later time")
            }
        }
    }

    // MARK: What the tables have in common

    private func unique(_ table: String, _ keys: [String], _ name: String, isWord: Bool) {
        var seen: Set<String> = []
        for key in keys where !key.isEmpty {
            if !seen.insert(key).inserted {
                findings.add("[[\(table)]] \(key)", name, "occurs twice", "give each row its own")
            }
            if isWord, !Self.isWord(key) { badWord("[[\(table)]] \(key)", name, key) }
        }
    }

    private func refer(_ place: String, _ key: String, _ word: String, to words: Set<String>, _ table: String)
    {
        guard !word.isEmpty, !words.contains(word) else { return }
        findings.add(
            place, key, "there is no \(table) '\(word)'", "add a [[\(table)]] with it or correct the word")
    }

    private func badWord(_ place: String, _ key: String, _ word: String) {
        findings.add(
            place, key, "'\(word)' is no key", "use small letters, digits and '-', beginning with a letter")
    }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.utf8.first, 0x61...0x7A ~= first else { return false }
        return text.utf8.count <= 64
            && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (1...20).contains(digits.utf8.count) && digits.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }

    private static func isUser(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                0x61...0x7A ~= $0 || 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x5F
                    || $0 == 0x2E
            }
    }

    /// `sip:user@host` with an optional port; `host` is a name or an IPv4 address.
    private static func isSIPAddress(_ text: String) -> Bool {
        guard text.hasPrefix("sip:") else { return false }
        let parts = text.dropFirst(4).split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, isUser(parts[0]) else { return false }
        let host = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(host.count), isUser(host[0]) else { return false }
        return host.count == 1 || (UInt16(host[1]) ?? 0) > 0
    }

    /// A path that stays in the directory of the file.
    private static func isBeside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return !path.isEmpty && !path.hasPrefix("/") && !parts.contains("..") && !path.utf8.contains(0)
    }
}
