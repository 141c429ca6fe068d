import Channels
import Contracts
import Kernel
import Logging
import Sheets

/// Sends reports by e-mail when their time has come.
///
/// Late: a report whose time passed while the program was away goes out at the next start of the same day. Twice: a day
/// is claimed before it is sent. Never: a server that does not take it is noted with its complaint, and somebody can
/// send it again by hand.
struct ReportSender: Sendable {
    private static let pause = Duration.seconds(20)

    let store: ScheduleStore
    let service: FigureService
    let messenger: any Messenger
    let logger: Logger

    /// Goes on until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do { try await sendDue() } catch {
                logger.error("Scheduled reports cannot be looked at", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    /// Sends what is due at this moment.
    func sendDue() async throws {
        let centre = try await service.centre.centre()
        let zone = try service.clock(of: centre)
        let now = service.now()
        for kept in try await store.all() {
            let starts = centre.businessDayStarts ?? .midnight
            guard let day = kept.schedule.dueDay(at: now, zone: zone, dayStarts: starts), messenger.sendsMail,
                // Not before every event of the day is counted; it is looked at again soon.
                try await service.report(FigureQuery(from: day, to: day)).isComplete,
                try await store.claim(kept.id, day: day.description)
            else { continue }
            await send(kept, day)
        }
    }

    /// Sends one day's report and notes what became of it.
    @discardableResult
    func send(_ kept: KeptSchedule, _ day: CivilDate) async -> String? {
        var complaint: String?
        do { try await deliver(kept.schedule, day) } catch {
            complaint = String(((error as? Problem)?.message ?? "\(error)").prefix(300))
            logger.warning("A report could not be sent", metadata: ["report.day": "\(day)"])
        }
        do {
            try await store.note(kept.id, day: day.description, error: complaint, at: service.now())
        } catch {
            logger.error("What became of a report was not kept", metadata: ["error": "\(error)"])
        }
        return complaint
    }

    private func deliver(_ schedule: ReportSchedule, _ day: CivilDate) async throws {
        let report = try await DayReport.make(day, language: SheetLanguage(schedule.language), by: service)
        var mail = Mail(
            to: schedule.recipients, subject: report.title, text: report.text, at: service.now())
        switch schedule.format {
        case .html: mail.html = report.html
        case .xlsx:
            mail.attachments = [
                Mail.Attachment(
                    name: "hotline-\(day).xlsx", contentType: SheetFormat.xlsx.contentType,
                    bytes: try SheetFormat.xlsx.bytes(report.sheets))
            ]
        }
        try await messenger.send(mail)
    }
}
