import Directory
import Foundation
import Kernel
import Storage
import TestKit
import Testing

/// Who may do what, over HTTP against the whole product.
@Suite struct PermissionTests {
    @Test(arguments: StoreUnderTest.all)
    func `an agent's token acts for that agent alone and reads nothing of others`(_ store: StoreUnderTest)
        async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let own = try await hotline.token("agent", agent: "5001")
                #expect(try await hotline.signIn("5001", at: "01", own).status == 204)

                let other = try await hotline.signIn("5002", at: "02", own)
                #expect(other.status == 403 && other.json["field"].text == "number")
                for path in ["/api/v1/interactions", "/api/v1/lost-calls"] {
                    let reply = try await hotline.http.request("GET", path, token: own)
                    #expect(reply.status == 200 && reply.json["items"].items.isEmpty, "\(path)")
                }
                for path in ["/api/v1/live", "/api/v1/events", "/api/v1/audit"] {
                    let reply = try await hotline.http.request("GET", path, token: own)
                    #expect(reply.status == 403, "\(path)")
                    #expect(reply.json["code"].text == "forbidden")
                    #expect(reply.json["details"]["permission"].text?.hasSuffix(".read") == true)
                }
                let written = try await hotline.http.request(
                    "POST", "/api/v1/announcements", token: own,
                    body: #"{"board":"faults","texts":{"en":"Mail is down."}}"#)
                #expect(written.status == 403)
                #expect(written.json["details"]["permission"].text == "announcement.write")
                let supervisor = try await hotline.token("supervisor")
                let given = try await hotline.http.request(
                    "POST", "/api/v1/accounts/5001/reset", token: supervisor)
                #expect(given.status == 403)
                #expect(given.json["details"]["permission"].text == "account.write")
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a token of another tenant opens nothing`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await TokenStore(try place.database()).make(
                    tenant: TenantID(2), name: "stranger", agent: nil,
                    permissions: TokenRole.admin.permissions, ids: IDSource(),
                    at: Timestamp(milliseconds: 1_790_000_000_000))
                for path in ["/api/v1/live", "/api/v1/centre", "/api/v1/interactions"] {
                    let reply = try await hotline.http.request("GET", path, token: token)
                    #expect(reply.status == 401, "\(path)")
                }
                let mine = try await hotline.token("admin")
                #expect(try await hotline.http.request("GET", "/api/v1/centre", token: mine).status == 200)
            }
        }
    }
}
