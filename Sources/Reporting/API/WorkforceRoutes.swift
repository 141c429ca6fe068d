import Contracts
import Kernel
import Sheets
import Web

/// The profile of the workforce (mission P12).
struct WorkforceRoutes: Sendable {
    let service: FigureService

    func add(to routes: inout Routes) {
        routes.get("/api/v1/workforce/profile", permission: "figures.read", scoping: .obeyed) {
            request, principal, _ in
            try principal.requireWholeCentre("The profile is about everybody.")
            let centre = try await service.centre.centre()
            let profile = WorkforceProfile(centre, on: try service.today(centre))
            return try await request.list("workforce", Line.columns, items: Line.lines(of: profile)) {
                try .json(profile)
            }
        }
    }

    /// A row of the profile in a file.
    private struct Line: Sendable {
        enum Group: Sendable { case total, site, team }
        var group: Group
        var row: WorkforceProfile.Row

        static func lines(of profile: WorkforceProfile) -> [Line] {
            [Line(group: .total, row: profile.total)] + profile.sites.map { Line(group: .site, row: $0) }
                + profile.teams.map { Line(group: .team, row: $0) }
        }

        static let columns: [SheetColumn<Line>] = [
            SheetColumn("范围", "Group") { line, language in
                switch line.group {
                case .total: .text(language("合计", "Total"))
                case .site: .text(language("分中心", "Site"))
                case .team: .text(language("班组", "Team"))
                }
            },
            .text("标识", "Key") { $0.row.key },
            SheetColumn("名称", "Name") { .text($1.name($0.row.names)) },
            .whole("人数", "People") { $0.row.people },
            .whole("非全时", "Part-time") { $0.row.partTime },
            years("平均年龄", "Average age") { $0.averageAge },
            .whole("已登记出生年份", "Years of birth known") { $0.row.ageKnown },
            years("平均司龄", "Average tenure") { $0.averageTenure },
            .whole("已登记入职日期", "First days known") { $0.row.tenureKnown },
            bands("年龄分布", "Ages") { $0.ages },
            bands("司龄分布", "Tenures") { $0.tenures },
        ]

        private static func years(
            _ chinese: String, _ english: String,
            _ value: @escaping @Sendable (WorkforceProfile.Row) -> Double?
        ) -> SheetColumn<Line> {
            SheetColumn(chinese, english) { line, _ in
                value(line.row).map { .number($0, decimals: 1) } ?? .empty
            }
        }

        private static func bands(
            _ chinese: String, _ english: String,
            _ value: @escaping @Sendable (WorkforceProfile.Row) -> [WorkforceProfile.Band]?
        ) -> SheetColumn<Line> {
            .text(chinese, english) { line in
                value(line.row)?.map { band in
                    "\(band.years): \(band.people)"
                }.joined(separator: "; ")
            }
        }
    }
}

extension WorkforceProfile.Band {
    /// Whole years: `<25`, `25–29`, `40+`.
    fileprivate var years: String {
        guard let to else { return "\(from)+" }
        return from == 0 ? "<\(to)" : "\(from)–\(to - 1)"
    }
}
