import App
import Foundation
import TestKit
import Testing
import Web

/// The interface as it is described: every route asks for a token and has its permission in the description.
@Suite struct ContractTests {
    @Test func `every route but the open ones answers 401 without a token`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                #expect(hotline.reach.routes.count > 10)
                for route in hotline.reach.routes {
                    let path = route.path.replacing(#/\{[^}]*\}/#, with: "1")
                    let reply = try await hotline.http.request(route.method, path)
                    if case .open = route.permission {
                        // Without a body there is nothing that an open POST could do; what is gone can be ended.
                        let status = ["GET": 200, "DELETE": 204][route.method] ?? 400
                        #expect(reply.status == status, "\(route.method) \(route.path)")
                    } else {
                        #expect(reply.status == 401, "\(route.method) \(route.path)")
                        #expect(reply.headers["www-authenticate"] == "Bearer")
                        #expect(reply.json["code"].text == "unauthenticated")
                    }
                }
                let wrong = try await hotline.http.request("GET", "/api/v1/live", token: "hl_wrong")
                #expect(wrong.status == 401)
            }
        }
    }

    @Test func `the description names the permission of every route`() async throws {
        let text = try String(
            contentsOfFile: Installation.repository + "docs/reference/openapi.yaml", encoding: .utf8)
        let described = Self.permissions(in: text)
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                for route in hotline.reach.routes {
                    let expected: String =
                        switch route.permission {
                        case .named(let name): name
                        case .signedIn: "signed in"
                        case .open: "open"
                        }
                    #expect(described["\(route.method) \(route.path)"] == expected)
                }
                #expect(described.count == hotline.reach.routes.count)
            }
        }
    }

    @Test func `a probe is told that all is well`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let reply = try await hotline.http.request("GET", "/healthz")
                #expect(reply.status == 200 && reply.json == .object(["status": .text("ok")]))
            }
        }
    }

    /// `GET /path` -> `x-permission`, from YAML with two spaces of indentation.
    private static func permissions(in text: String) -> [String: String] {
        var found: [String: String] = [:]
        var (path, method) = ("", "")
        for line in text.split(separator: "\n") {
            let words = line.trimmingCharacters(in: .whitespaces)
            switch line.prefix(while: { $0 == " " }).count {
            case 2 where words.hasPrefix("/"): path = String(words.dropLast())
            case 4 where words.hasSuffix(":"): method = words.dropLast().uppercased()
            case 6 where words.hasPrefix("x-permission: "):
                found["\(method) \(path)"] = String(words.dropFirst("x-permission: ".count))
            default: break
            }
        }
        return found
    }
}
