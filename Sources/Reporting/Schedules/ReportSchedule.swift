import Channels
import Kernel
import Sheets

/// When the report of the business day before is sent, and to whom (mission G20).
struct ReportSchedule: Codable, Hashable, Sendable {
    enum Format: String, Codable, CaseIterable, Sendable { case xlsx, html }
    /// `day` is the only one.
    var report: String
    /// By the centre's clock, `08:00`.
    var time: String
    /// 1 is Monday.
    var weekdays: [Int]
    var recipients: [String]
    var language: String
    var format: Format
    var isOn: Bool

    static let most = 50
    static let mostRecipients = 50

    func check() throws {
        guard report == "day" else { throw FigureSettings.fault("report", "'report' is day.") }
        guard LocalTime(time).map({ $0 < .endOfDay }) == true else {
            throw FigureSettings.fault("time", "'time' is a time of day such as 08:00.")
        }
        guard !weekdays.isEmpty, weekdays.allSatisfy({ (1...7).contains($0) }),
            Set(weekdays).count == weekdays.count
        else { throw FigureSettings.fault("weekdays", "'weekdays' are numbers from 1 (Monday) to 7.") }
        guard (1...Self.mostRecipients).contains(recipients.count) else {
            throw FigureSettings.fault(
                "recipients", "A report is sent to 1 to \(Self.mostRecipients) addresses.")
        }
        for (index, address) in recipients.enumerated() where !Mail.isAddress(address) {
            throw FigureSettings.fault("recipients[\(index)]", "That is no e-mail address.")
        }
        _ = try SheetLanguage(language)
    }

    /// The business day to report on when it is due: the one before the present one, once its time has come.
    func dueDay(
        at now: Timestamp, zone: ZoneTransitions, dayStarts: LocalTime = .midnight
    ) -> CivilDate? {
        let reading = zone.reading(at: now)
        guard isOn, weekdays.contains(reading.date.weekday.rawValue), let time = LocalTime(time),
            reading.milliseconds / 60_000 >= Int64(time.minutes)
        else { return nil }
        return zone.businessDay(of: now, startingAt: dayStarts).advanced(by: -1)
    }
}

/// Names the ids of schedules.
enum ReportScheduleKind {}
typealias ReportScheduleID = ID<ReportScheduleKind>

/// A schedule with what became of it last.
struct KeptSchedule: Sendable {
    struct Last: Hashable, Sendable {
        var at: Timestamp
        var day: String
        var error: String?
    }
    var id: ReportScheduleID
    var schedule: ReportSchedule
    var last: Last?
}
