import Contracts
import Kernel

/// Changes a centre row by row, in the words of its file, and says what would be wrong with it then. Pure.
struct CentreEditor {
    /// As it was.
    let former: Centre
    private(set) var file: CentreFile
    private var known: CentreKeys.Known

    init(_ centre: Centre) {
        former = centre
        file = CentreFile(centre)
        known = CentreKeys.Known(centre)
    }

    /// Adds a row.
    ///
    /// - Parameter person: the id of a new person.
    /// - Throws: `CentreFault.exists` or `.findings`.
    mutating func add(
        _ values: [String: SettingValue], to section: CentreSection, person: AgentID
    ) throws -> CentreSection.Row {
        let row = CentreSection.Row(key: Self.name(values[section.naming]), values: values)
            .completed(by: CentreSection.Row(key: "", values: [:]))
        guard !section.rows(of: file).contains(where: { $0.key == row.key }) else {
            throw CentreFault.exists(section, row.key)
        }
        if section.word == CentreSection.people.word { known.add(person: row.key, person) }
        try put(row, in: section, inPlaceOf: nil)
        return try self.row(row.key, in: section)
    }

    /// Puts a row in place of the one with this name.
    ///
    /// - Throws: `CentreFault.notFound`, `.findings`, or `.keyChanged`: the name itself stays.
    mutating func replace(
        _ key: String, in section: CentreSection, with values: [String: SettingValue]
    ) throws -> CentreSection.Row {
        let present = try row(key, in: section)
        let row = CentreSection.Row(key: key, values: values).completed(by: present)
        guard Self.name(values[section.naming]) == key else {
            throw CentreFault.keyChanged(section)
        }
        try put(row, in: section, inPlaceOf: key)
        return try self.row(key, in: section)
    }

    /// Removes a row.
    ///
    /// - Throws: `CentreFault.notFound`, or `.inUse` with what names it.
    mutating func remove(_ key: String, from section: CentreSection) throws {
        _ = try row(key, in: section)
        section.remove(key, from: &file)
        let problems = newProblems()
        guard problems.isEmpty else {
            throw CentreFault.inUse(problems.map { $0.key.isEmpty ? $0.place : "\($0.place), \($0.key)" })
        }
    }

    /// Sets what the centre is called, where it is, and its limits.
    mutating func setGeneral(_ values: [String: SettingValue]) throws {
        let findings = Findings()
        var given = values
        given["key"] = .text(file.tenant.key.isEmpty ? "centre" : file.tenant.key)
        let tenant = TableReader(
            place: "[tenant]", values: given.filter { Self.tenantKeys.contains($0.key) }, findings: findings)
        let limits = TableReader(
            place: "[limits]", values: given.filter { !Self.tenantKeys.contains($0.key) }, findings: findings)
        let key = file.tenant.key
        file.tenant = CentreFile.Tenant(tenant)
        file.tenant.key = key
        file.limits = CentreFile.Limits(limits)
        tenant.finish()
        limits.finish()
        try Self.throwFirst(of: findings.problems + newProblems())
    }

    private static let tenantKeys: Set = ["key", "name", "zone", "business_day_starts"]

    /// The tables `[tenant]` and `[limits]` as one row.
    var general: [String: SettingValue] {
        var values = file.tenant.values.merging(file.limits.values) { $1 }
        values["key"] = nil
        return values
    }

    func row(_ key: String, in section: CentreSection) throws -> CentreSection.Row {
        guard let row = section.rows(of: file).first(where: { $0.key == key }) else {
            throw CentreFault.notFound(section, key)
        }
        return row
    }

    /// The centre as it is now.
    ///
    /// - Parameter zone: the clock of `file.tenant.zone`.
    func centre(zone: ZoneTransitions) throws -> Centre {
        var next = try file.centre(version: former.version, zone: zone, known: known)
        next.tenant = former.tenant
        next.key = former.key
        next.announcements = former.announcements
        if former.businessDayStarts == nil, next.businessDayStarts == .midnight {
            next.businessDayStarts = nil
        }
        let calendars = Dictionary(
            former.calendars.map { ($0.id, $0.calendar) }, uniquingKeysWith: { first, _ in first })
        next.calendars = try next.calendars.map { row in
            // A calendar that says the same keeps its version.
            guard let present = calendars[row.id] else { return row }
            let isSame =
                present.weekly == row.calendar.weekly && present.exceptions == row.calendar.exceptions
                && present.zone == row.calendar.zone
            var kept = row
            kept.calendar =
                isSame
                ? present
                : try BusinessCalendar(
                    zone: row.calendar.zone, weekly: row.calendar.weekly,
                    exceptions: row.calendar.exceptions, version: present.version + 1)
            return kept
        }
        return next
    }

    private mutating func put(_ row: CentreSection.Row, in section: CentreSection, inPlaceOf key: String?)
        throws
    {
        let findings = Findings()
        let reader = TableReader(
            place: "[[\(section.table)]] \(row.key)", values: row.values, findings: findings)
        section.put(reader, inPlaceOf: key, in: &file)
        reader.finish()
        try Self.throwFirst(of: findings.problems + newProblems())
    }

    /// What is wrong now and was not before: nobody has to mend first what others left.
    private func newProblems() -> [CentreProblem] {
        let problems = Self.problems(of: file)
        guard !problems.isEmpty else { return [] }
        let old = Set(Self.problems(of: CentreFile(former)))
        return problems.filter { !old.contains($0) }
    }

    private static func problems(of file: CentreFile) -> [CentreProblem] {
        let findings = Findings()
        CentreCheck(file, findings: findings).run()
        return findings.problems
    }

    private static func name(_ value: SettingValue?) -> String {
        if case .text(let text)? = value { text } else { "" }
    }

    private static func throwFirst(of problems: [CentreProblem]) throws {
        guard problems.isEmpty else { throw CentreFault.findings(problems) }
    }
}

/// Why a change of the centre cannot be made.
enum CentreFault: Error {
    case notFound(CentreSection, String)
    case exists(CentreSection, String)
    case keyChanged(CentreSection)
    /// Everything that would be wrong afterwards; never empty.
    case findings([CentreProblem])
    /// What names it elsewhere; never empty.
    case inUse([String])
    /// Somebody else was quicker.
    case changedMeanwhile
}
