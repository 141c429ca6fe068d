import Testing

/// The checks on the repository as it is. Each lists every fault it finds, so one run shows all there is to do.
@Suite struct RepositoryTests {
    private func expectNone(_ faults: [String]) {
        for fault in faults { Issue.record("\(fault)") }
    }

    @Test func `the repository was found`() {
        #expect(Repository.swift.contains { $0.path == "Core/Sources/Kernel/ID.swift" })
        #expect(Repository.swift.count > 30)
    }

    @Test func `imports follow the table of the architecture`() {
        expectNone(
            Repository.swift.flatMap { ImportTable.hotline.faults(in: $0, exceptions: Repository.exceptions) }
        )
    }

    @Test func `Core has no clock, no dice and no threads`() {
        expectNone(
            Repository.swift.filter { $0.path.hasPrefix("Core/Sources/") }.flatMap {
                BannedWords.faults(in: $0)
            })
    }

    @Test func `what others see is explained`() {
        let files = Repository.swift.filter { file in Comments.documented.contains { file.path.hasPrefix($0) }
        }
        #expect(!files.isEmpty)
        expectNone(files.flatMap(Comments.faults))
    }

    @Test func `files fit on a few screens`() {
        expectNone(
            Repository.written.flatMap { Lengths.fileFaults(in: $0, exceptions: Repository.exceptions) })
    }

    @Test func `functions fit on two screens`() {
        expectNone(
            Repository.swift.flatMap { Lengths.functionFaults(in: $0, exceptions: Repository.exceptions) })
    }

    @Test func `every exception has a reason and a file`() {
        expectNone(Repository.exceptions.faults)
        for subject in Repository.exceptions.reasons.keys {
            let path = subject.split(separator: " ")[1].prefix { $0 != "#" }
            #expect(Repository.has(String(path)), "tidy-exceptions.txt names \(path), which is not there")
        }
    }

    @Test func `both READMEs have the same outline`() throws {
        let english = try #require(Repository.file("README.md"))
        let chinese = try #require(Repository.file("README.zh-CN.md"))
        #expect(!Headings.of(english.text).isEmpty)
        expectNone(Headings.faults(english, chinese))
    }

    @Test func `every Chinese page has an English twin of the same outline`() throws {
        let pages = Repository.files(under: ["docs/zh-CN"], extensions: ["md"])
        #expect(!pages.isEmpty)
        for page in pages {
            let twin = page.path.replacing("docs/zh-CN/", with: "docs/")
            guard let english = Repository.file(twin) else {
                Issue.record("\(page.path): there is no \(twin)")
                continue
            }
            expectNone(Headings.faults(english, page))
        }
    }

    @Test func `pages that are named are there`() throws {
        let pages =
            Repository.files(under: ["docs"], extensions: ["md"])
            + ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "STYLE.md"].compactMap(Repository.file)
        #expect(pages.count > 20)
        let swift = Repository.swift.filter { !$0.path.hasPrefix("Tests/TidyTests/") }
        expectNone((pages + swift).flatMap { Links.faults(in: $0, isThere: Repository.has) })
    }

    @Test(.enabled(if: Repository.has("Sources/App/Configuration.swift"), "no configuration is written yet"))
    func `every key of the configuration is in the sample, and the other way round`() throws {
        let swift = ConfigurationKeys.inSwift(
            try #require(Repository.file("Sources/App/Configuration.swift")))
        let sample = ConfigurationKeys.inSample(
            try #require(Repository.file("config/hotline.sample.toml")).text)
        #expect(!swift.isEmpty)
        expectNone(ConfigurationKeys.faults(swift: swift, sample: sample))
    }

    @Test(.enabled(if: Repository.has("docs/reference/openapi.yaml"), "no interface is described yet"))
    func `every route is described`() throws {
        let sources = Repository.swift.filter { $0.path.hasPrefix("Sources/") }
        let description = try #require(Repository.file("docs/reference/openapi.yaml"))
        let served = sources.flatMap(RouteTable.inSwift)
        #expect(!served.isEmpty)
        expectNone(RouteTable.faults(swift: served, description: RouteTable.inDescription(description.text)))
    }
}
