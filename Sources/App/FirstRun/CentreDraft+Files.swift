extension CentreDraft {
    /// The flow's file beside that of the centre.
    static let flowFile = "welcome.toml"
    /// Digits up to which a number stands for itself.
    private static let shortCode = 8

    /// The centre as a file: one group that everybody serves, one seat for each.
    var centreText: String {
        let agents = people.filter { $0.role == "agent" }
        let seats = max(people.count, 1)
        var text = """
            # Made by `hotline init`. docs/guides/centre-file.md explains every key. What is changed on the screens later
            # stays, unless this file is changed and named with --centre.

            [tenant]
            key = "centre"
            name = \(Self.quoted(company))
            zone = \(Self.quoted(zone))
            business_day_starts = "00:00"

            [[site]]
            key = "main"
            name = { zh-CN = "主中心", en = "Main centre" }

            [[trunk]]
            key = "trunk"
            addresses = [\(Self.quoted(trunk))]
            origin = "\(trunk.hasPrefix("127.") ? "internal" : "external")"
            home_country = "86"
            short_codes = [\(number.count <= Self.shortCode ? Self.quoted(number) : "")]

            [[number]]
            number = \(Self.quoted(number))
            trunk = "trunk"
            flow = "\(Self.flowFile)"
            web_calls = true

            [[skill]]
            key = "service"
            name = { zh-CN = "人工服务", en = "Service" }

            [[queue]]
            key = "service"
            name = { zh-CN = "人工服务", en = "Service" }
            skills = { service = 1 }
            ring_seconds = 20
            wrap_up_seconds = 20
            most_waiting = 50
            longest_wait_seconds = 600

            [[calendar]]
            key = "service-hours"
            always = true

            [[request_type]]
            key = "consultation"
            name = { zh-CN = "业务咨询", en = "Consultation" }
            initials = "ywzx"
            answer_hours = 4

            [[disposition]]
            key = "solved"
            name = { zh-CN = "已解决", en = "Solved" }

            [[person]]
            number = \(Self.quoted(administrator))
            name = \(language == "zh-CN" ? "\"系统管理员\"" : "\"Administrator\"")
            roles = ["systemAdmin", "securityAdmin"]

            """
        for person in people {
            text += """

                [[person]]
                number = \(Self.quoted(person.number))
                name = \(Self.quoted(person.name))
                roles = ["\(person.role)"]
                site = "main"
                \(agents.contains(person) ? "skills = { service = 1 }\n" : "")
                """
        }
        for seat in 1...seats {
            text += """

                [[seat]]
                number = "\(seat < 10 ? "0" : "")\(seat)"
                site = "main"

                """
        }
        return text
    }

    /// What a caller hears: a welcome, the notice that the call is recorded, and the group.
    var flowText: String {
        let languages = language == "zh-CN" ? #"["zh-CN", "en"]"# : #"["en", "zh-CN"]"#
        return """
            # Made by `hotline init`; docs/guides/flows.md explains every kind of step.

            name = "Welcome"
            languages = \(languages)
            entry = "welcome"

            [[node]]
            name = "welcome"
            kind = "say"
            prompts = ["welcome"]
            next = "hours"

            [[node]]
            name = "hours"
            kind = "hours"
            calendar = "service-hours"
            open = "recording-notice"
            closed = "closed"

            [[node]]
            name = "recording-notice"
            kind = "say"
            prompts = ["recording-notice"]
            recording_notice = true
            next = "service"

            [[node]]
            name = "service"
            kind = "queue"
            queue = "service"
            music = "waiting"
            position_prompts = ["position"]
            announce_every = 60
            connect_prompts = ["agent-number"]
            after_conversation = "goodbye"
            dissuaded = "dissuasion"

            [[node]]
            name = "dissuasion"
            kind = "hang_up"
            prompts = ["dissuasion", "goodbye"]

            [[node]]
            name = "closed"
            kind = "hang_up"
            prompts = ["closed", "goodbye"]

            [[node]]
            name = "goodbye"
            kind = "hang_up"
            prompts = ["goodbye"]

            [prompts.welcome]
            zh-CN = \(Self.quoted("您好，欢迎致电\(company)。"))
            en = \(Self.quoted("Welcome to \(company)."))

            [prompts.recording-notice]
            zh-CN = "为了提升服务质量，您的通话将会被录音。"
            en = "To help us improve our service, this call will be recorded."

            [prompts.position]
            zh-CN = "正在为您转接，请稍候。您目前排在第{position}位。"
            en = "We are connecting you to an agent. You are number {position} in the queue."

            [prompts.agent-number]
            zh-CN = "工号{agent}为您服务。"
            en = "You are speaking with agent {agent}."

            [prompts.dissuasion]
            zh-CN = "非常抱歉，目前无法接听您的来电，请您稍后再拨。"
            en = "We are sorry, we cannot take your call at the moment. Please call again later."

            [prompts.closed]
            zh-CN = "您好，现在不在服务时间内，请您在服务时间内再次来电。"
            en = "We are closed at the moment. Please call again during our service hours."

            [prompts.goodbye]
            zh-CN = "感谢您的来电，再见。"
            en = "Thank you for calling. Goodbye."

            """
    }

    /// A basic string of TOML.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\": quoted += "\\\(character)"
            case _ where character.value < 32 || character.value == 127: quoted += " "
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }
}
