import Testing

/// Every check catches what it is for, shown on small texts.
@Suite struct CheckTests {
    private let none = Exceptions("")

    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

    @Test func `code is what remains when comments and texts are blanked`() {
        let text = #"""
            let a = "Task // no" // Task
            /* Task /* nested */ Task */ let b = "x \(Task("Task")) Task"
            let c = ##"Task "# \n Task"## + """
            Task "quoted"
            """
            await Task
            """#
        let code = file("x.swift", text).code
        #expect(code.count == 6)
        #expect(code.map { $0.ranges(of: "Task").count } == [0, 1, 0, 0, 0, 1])
        #expect(code[1].contains("let b"))
    }

    @Test(arguments: [
        ("Core/Sources/RoutingEngine/A.swift", "import FlowEngine", 1),
        ("Core/Sources/RoutingEngine/A.swift", "public import Kernel", 0),
        ("Core/Sources/Kernel/A.swift", "import Foundation", 1),
        ("Core/Sources/Simulation/A.swift", "import Glibc", 0),
        ("Core/Sources/FlowEngine/A.swift", "import Glibc", 1),
        ("Sources/Routing/Rules/A.swift", "@preconcurrency package import struct Directory.Seat", 1),
        ("Sources/Routing/Rules/A.swift", "import Web", 1),
        ("Sources/Routing/API/A.swift", "import Web", 0),
        ("Sources/Routing/API/A.swift", "import Storage", 1),
        ("Sources/Routing/Store/A.swift", "package import Storage", 0),
        ("Sources/Routing/Routing.swift", "import Web\nimport Storage", 0),
        ("Sources/Routing/RoutingFeature.swift", "package import Web", 0),
        ("Sources/Routing/Flows/FlowStore.swift", "import Storage", 0),
        ("Sources/Routing/Flows/FlowStore.swift", "import Web", 1),
        ("Sources/Telephony/A.swift", "import Contracts", 1),
        ("Sources/Media/A.swift", "import NIOCore\nimport Foundation", 1),
        ("Sources/hotline/Hotline.swift", "import GRDB", 1),
        ("Sources/Unheard/A.swift", "", 1),
        ("Sources/Media/A.swift", "// import Web\nlet x = \"import Web\"", 0),
        ("Tests/AppTests/A.swift", "import GRDB", 0),
    ])
    func `an import that the table does not have is found`(path: String, text: String, count: Int) {
        #expect(ImportTable.hotline.faults(in: file(path, text), exceptions: none).count == count)
    }

    @Test func `an import with a reason is allowed`() {
        let exceptions = Exceptions("import Sources/Routing/Desk.swift#Storage: it owns the transaction")
        let desk = file("Sources/Routing/Desk.swift", "import Storage\nimport Web")
        #expect(ImportTable.hotline.faults(in: desk, exceptions: exceptions).count == 1)
    }

    @Test(arguments: BannedWords.inCore)
    func `each banned word is found in Core`(word: String) {
        let call = word.hasPrefix(".") ? "let x = Clock\(word)" : "\(word) "
        #expect(BannedWords.faults(in: file("Core/Sources/Kernel/A.swift", call)).count == 1)
        #expect(BannedWords.faults(in: file("Core/Sources/Kernel/A.swift", "// " + call)).isEmpty)
    }

    @Test func `longer names, the conformance to Hashable and the executable's output are not banned`() {
        let innocent = """
            let asynchronous = TaskForce.nowhere + blueprint(1) + a.randomness(2)
            public func hash(into hasher: inout Hasher) { hasher.combine(1) }
            """
        #expect(BannedWords.faults(in: file("Core/Sources/Kernel/A.swift", innocent)).isEmpty)
        #expect(
            BannedWords.faults(in: file("Core/Sources/Kernel/A.swift", "let a = self.now + turn.now")).isEmpty
        )
        for clock in ["clock.now", "wallClock.now", "Date.now", "f(.now)", "x().now"] {
            #expect(BannedWords.faults(in: file("Core/Sources/Kernel/A.swift", clock)).count == 1)
        }
        #expect(BannedWords.faults(in: file("Core/Sources/simulate/A.swift", "print(1)")).isEmpty)
        #expect(BannedWords.faults(in: file("Core/Sources/Kernel/A.swift", "var h = Hasher()")).count == 1)
    }

    @Test func `a visible declaration without a comment is found`() {
        let text = """
            public import Kernel
            /// For something.
            @frozen
            public struct A {
                // Not this.
                public var a: Int
                /// For b.
                @inlinable public func b() {}
                @discardableResult public static func c() -> Int { 1 }
                var d = "public var"
            }
            package extension A {}
            """
        let faults = Comments.faults(in: file("A.swift", text))
        #expect(faults.map { $0.prefix(10) } == ["A.swift:6:", "A.swift:9:"])
    }

    @Test func `a file of 501 lines needs a reason`() {
        let long = file("Sources/A/B.swift", String(repeating: "\n", count: 501))
        #expect(Lengths.fileFaults(in: long, exceptions: none).count == 1)
        #expect(
            Lengths.fileFaults(in: long, exceptions: Exceptions("file-length Sources/A/B.swift: a table"))
                .isEmpty)
        #expect(
            Lengths.fileFaults(in: file("A", String(repeating: "\n", count: 500)), exceptions: none).isEmpty)
    }

    @Test func `functions are measured from their name to their last brace`() {
        let text = #"""
            protocol P { func required(a: Int) -> Int; init(x: Int) }
            struct S {
                init(work: () -> Void = { }) {
                    self.init()
                }
                func `in two words { }`(
                    a: Int
                ) -> [Int] { let text = "}"; return [a] }
                var b: Int { 1 }
            }
            """#
        #expect(
            Lengths.functions(in: file("A.swift", text)) == [
                .init(name: "init", lines: 3), .init(name: "`in two words { }`", lines: 3),
            ])
        let body = String(repeating: "    x += 1\n", count: 80)
        let long = file("A.swift", "func long() {\n\(body)}\nfunc short() {}\n")
        #expect(Lengths.functionFaults(in: long, exceptions: none).count == 1)
        #expect(
            Lengths.functionFaults(in: long, exceptions: Exceptions("function-length A.swift#long: a table"))
                .isEmpty)
    }

    @Test func `an exception without a reason is a fault`() {
        #expect(Exceptions("# a comment\nfile-length A.swift: it is a table").faults.isEmpty)
        #expect(Exceptions("file-length A.swift").faults.count == 1)
        #expect(Exceptions("A.swift: because").faults.count == 1)
    }

    @Test func `a missing, added or shifted heading is found`() {
        let english = file("README.md", "# A\n```\n# no heading\n```\n## B\n#hash\n")
        #expect(Headings.faults(english, file("zh", "# 甲\n## 乙\n")).isEmpty)
        #expect(Headings.faults(english, file("zh", "# 甲\n")).count == 1)
        #expect(Headings.faults(english, file("zh", "# 甲\n### 乙\n")).count == 1)
        #expect(Headings.faults(english, file("zh", "# 甲\n## 乙\n## 丙\n")).count == 1)
    }

    @Test func `a page that is named but not there is found`() {
        let swift = file(
            "A.swift", "/// See `decisions/0001-ids.md` and `docs/internals/build.md`, not `README.md`.")
        #expect(Links.inSwift(swift) == ["docs/decisions/0001-ids.md", "docs/internals/build.md"])
        let page = file("docs/zh-CN/a.md", "[a](../b.md#c) [d](https://e.f/g.md) [h](./i.md) [j](#k)")
        #expect(Links.inPage(page) == ["docs/b.md", "docs/zh-CN/i.md"])
        #expect(
            Links.faults(in: page) { $0 == "docs/b.md" } == ["docs/zh-CN/a.md: there is no docs/zh-CN/i.md"])
    }

    @Test func `a key that only one side knows is found`() {
        let swift = file(
            "Configuration.swift",
            """
            package struct Configuration: Codable {
                package struct SIP: Codable {
                    package var listen = "0.0.0.0:5060"
                    package var advertised: String = ""
                    var isLocal: Bool { listen.isEmpty }
                }
                package struct RTP: Codable {
                    package var first = 20_000
                    package var size = 1
                    enum CodingKeys: String, CodingKey {
                        case size
                        case first = "first_port"
                    }
                    package init() {}
                }
                package var sip = SIP()
                package var rtp: RTP = RTP()
                package init() {}
            }
            extension Configuration {
                func other() { var unrelated = 1 }
            }
            """)
        let keys = ConfigurationKeys.inSwift(swift)
        #expect(keys == ["sip.listen", "sip.advertised", "rtp.size", "rtp.first_port"])
        let sample = ConfigurationKeys.inSample(
            "# Every key = with a comment\n[sip]\nlisten = \"x\"\n# advertised = \"\"\n[rtp]\nsize=1\nlast = 2\n"
        )
        #expect(sample == ["sip.listen", "sip.advertised", "rtp.size", "rtp.last"])
        #expect(ConfigurationKeys.faults(swift: keys, sample: sample).count == 2)
        #expect(ConfigurationKeys.faults(swift: keys, sample: keys).isEmpty)
    }

    @Test func `a route that is not described is found`() {
        let swift = file(
            "API.swift",
            """
            routes.get("/api/v1/queues/{id}", permission: .named("queue.read")) { }
            routes.post(
                "/api/v1/queues", permission: .named("queue.write")) { }
            routes.open("GET", "/health", because: "a balancer asks") { }
            """)
        let served = RouteTable.inSwift(swift)
        #expect(served.sorted() == ["GET /api/v1/queues/{id}", "GET /health", "POST /api/v1/queues"])
        let description = RouteTable.inDescription(
            """
            openapi: 3.1.0
            paths:
              /health:
                get:
                  summary: get
              "/api/v1/queues":
                parameters: []
                # put:
                post:
                  responses: {}
                delete:
                  responses: {}
            components:
              schemas:
                get: {}
            """)
        #expect(description == ["GET /health", "POST /api/v1/queues", "DELETE /api/v1/queues"])
        #expect(RouteTable.faults(swift: served, description: description).count == 1)
    }
}
