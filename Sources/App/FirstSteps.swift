import Contracts

/// What a newcomer may do with a centre that has just started, as text for a terminal: the desk, the settings and the call
/// page, which number to dial, two accounts for phones, and the commands that sign an agent in and show the live picture.
struct FirstSteps {
    /// Phones shown; one for the first call and one for a second agent.
    static let mostPhones = 2
    /// The port that commands assume when they are not told.
    private static let usualPort = 8_080

    let centre: Centre
    let reach: Hotline.Reach
    /// How the program is called, as far as the subcommand.
    let program: String
    /// The options that name the installation, such as `--data data`.
    let place: String

    var text: String {
        let sip = "\(reach.sipHost):\(reach.sipPort)"
        // The demonstration's own accounts; they open on this machine alone.
        let person = centre.people.first { $0.roles == ["agent"] }
        let phones = registered.prefix(Self.mostPhones)
        var lines: [String] = []
        let web = "http://127.0.0.1:\(reach.httpPort)"
        if let number = person?.number {
            lines += ["", "Desk:      \(web)   sign in as \(number), password hotline-\(number)"]
        }
        if let number = centre.people.first(where: { $0.roles == ["systemAdmin"] })?.number {
            lines.append("Settings:  there too, as \(number), password hotline-\(number)")
        }
        if centre.numbers.contains(where: { $0.takesWebCalls == true }) {
            lines.append("Call page: \(web)/call")
        }
        if let number = centre.numbers.first?.number { lines.append("To call:   sip:\(number)@\(sip)") }
        for (seat, user, password) in phones {
            lines.append("Seat \(seat):   user \(user), password \(password), domain \(sip), transport UDP")
        }
        lines += reach.warnings.map { "Note:      \($0)" }
        lines += ["", "In a second terminal:", "  export HOTLINE_TOKEN=$(\(program) token \(place))"]
        if let agent = centre.agents.first, let seat = phones.first?.seat {
            lines.append("  \(program) agent sign-in \(agent.number) --seat \(seat) --ready\(url)")
        }
        lines += ["  \(program) live\(url)", ""]
        return lines.joined(separator: "\n")
    }

    private var url: String {
        reach.httpPort == Self.usualPort ? "" : " --url http://127.0.0.1:\(reach.httpPort)"
    }

    private var registered: [(seat: String, user: String, password: String)] {
        centre.seats.compactMap { seat in
            guard case .registered(let user, let password) = seat.phone else { return nil }
            return (seat.number, user, password)
        }
    }
}
