import App
import ArgumentParser
import Foundation
import Kernel

/// `hotline init`: the first centre of an installation, by questions or by options.
struct Begin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an empty centre: company, zone, number, trunk, people and an administrator.")

    @OptionGroup var place: Place
    @Option(help: "The company's name; with it nothing is asked.") var company: String?
    @Option(help: "The IANA time zone.") var zone: String?
    @Option(help: "The number that callers dial.") var number: String?
    @Option(help: "Address or network of the trunk.") var trunk: String?
    @Option(help: "A CSV file of people: number,name,role.") var people: String?
    @Option(help: "The administrator's number (工号).") var administrator: String?
    @Option(help: "zh-CN or en; without, LANG decides.") var language: String?

    func run() async throws {
        try await reportingProblems {
            var draft = CentreDraft()
            draft.language = language ?? Self.languageOfTerminal
            if let zone = zone ?? Self.zoneOfMachine { draft.zone = zone }
            if let company { draft.company = company }
            if let number { draft.number = number }
            if let trunk { draft.trunk = trunk }
            if let administrator { draft.administrator = administrator }
            if let people { try draft.takePeople(file: people) }
            if company == nil {
                var wizard = Wizard(
                    draft,
                    ask: { question in
                        FileHandle.standardError.write(Data(question.utf8))
                        return readLine()
                    }, tell: complain)
                draft = try wizard.run()
            }
            try draft.check()
            let configuration = try place.configuration()
            let hotline = try await App.Hotline(configuration, logger: place.logger(configuration))
            let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            let password = try await hotline.begin(draft, at: now)
            let options =
                (place.config.map { " --config \($0)" } ?? "") + (place.data.map { " --data \($0)" } ?? "")
            say(Self.farewell(draft, password, configuration, options))
        }
    }

    private static func farewell(
        _ draft: CentreDraft, _ password: String, _ configuration: Configuration, _ options: String
    ) -> String {
        let (page, files) = ("http://\(configuration.http.listen)", configuration.data.directory + "/centre")
        return draft.language == "zh-CN"
            ? """
            中心“\(draft.company)”已建立，文件在 \(files)。
            管理员：工号 \(draft.administrator)，一次性密码 \(password)（只显示这一次，首次登录必须修改）
            启动：hotline serve\(options)
            登录：\(page)    测试呼叫：\(page)/call 或 sip:\(draft.number)@\(configuration.sip.listen)
            """
            : """
            The centre "\(draft.company)" is made; its files are in \(files).
            Administrator: \(draft.administrator), password \(password) (shown once; must be changed at the first sign-in)
            Start: hotline serve\(options)
            Sign in: \(page)    Test call: \(page)/call or sip:\(draft.number)@\(configuration.sip.listen)
            """
    }

    private static var languageOfTerminal: String {
        let environment = ProcessInfo.processInfo.environment
        let word = environment["LC_ALL"] ?? environment["LANG"] ?? ""
        return word.hasPrefix("zh") ? "zh-CN" : "en"
    }

    /// `nil` when the machine keeps plain UTC, which says nothing of where it is.
    private static var zoneOfMachine: String? {
        let zone = TimeZone.current.identifier
        return zone.contains("/") && !zone.hasPrefix("Etc/") ? zone : nil
    }
}
