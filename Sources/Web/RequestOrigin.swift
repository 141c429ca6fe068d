import Foundation
import HTTPTypes
import Hummingbird
import Kernel

/// Where a request came from, as far as its browser and its connection say.
struct RequestOrigin: Sendable {
    /// `Sec-Fetch-Site`, which every browser of the baseline sends to trustworthy addresses.
    let site: String?
    /// `Origin`, which every browser sends with requests that change something.
    let origin: String?
    /// `host:port` that was asked for.
    let authority: String

    init(_ request: Request) {
        site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
        origin = request.headers[.origin]
        authority = request.head.authority ?? ""
    }

    init(site: String?, origin: String?, authority: String) {
        self.site = site
        self.origin = origin
        self.authority = authority
    }

    /// Whether a page of another origin may have sent it. A program that is no browser sends neither header.
    var isForeign: Bool {
        if let site, site != "same-origin", site != "none" { return true }
        guard let origin else { return false }
        guard let mark = origin.range(of: "://") else { return true }
        return origin[mark.upperBound...].lowercased() != authority.lowercased()
    }

    /// Throws `Problem(.forbidden)` for a request of a page of another origin.
    func requireOwnPage() throws {
        guard isForeign else { return }
        throw Problem(
            .forbidden, "A page of another origin sent this; only pages of this server may.",
            details: ["reason": "foreignOrigin"])
    }

    /// Whether a request comes from a program on this machine: over loopback, under a name of loopback, and not handed
    /// on by a proxy, behind which everybody seems to be on loopback.
    static func isOnMachine(_ request: Request, address: String) -> Bool {
        let isLoopback = address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
        let wasForwarded = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].contains {
            HTTPField.Name($0).map { request.headers[$0] != nil } ?? false
        }
        guard isLoopback, !wasForwarded, let host = HostCheck.name(in: request.head.authority ?? "") else {
            return false
        }
        return WebSettings.loopbackHosts.contains(host)
    }
}
