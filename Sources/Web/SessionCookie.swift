import Kernel

/// The cookie of a browser's session and the token against forged requests that belongs to it.
package enum SessionCookie {
    package static let name = "hotline_session"
    /// The header that carries the token against forged requests.
    static let tokenHeader = "x-csrf-token"
    /// Characters of a session's token: 256 bits in hexadecimal digits.
    static let tokenCharacters = 64

    /// A new token: 256 bits from the system.
    package static func newToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// `Set-Cookie` for a session. Without an age: the browser forgets it when it is closed.
    package static func setting(_ token: String, isSecure: Bool) -> (name: String, value: String) {
        ("Set-Cookie", "\(name)=\(token); Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : ""))
    }

    /// `Set-Cookie` that removes it.
    package static func clearing(isSecure: Bool) -> (name: String, value: String) {
        (
            "Set-Cookie",
            "\(name)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" + (isSecure ? "; Secure" : "")
        )
    }

    /// The session's token in the `Cookie` headers of a request; `nil` when there is none of the right form.
    package static func token(in header: String?) -> String? {
        for pair in (header ?? "").split(separator: ";") {
            let sides = pair.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            if sides.count == 2, sides[0] == name, isToken(sides[1]) { return sides[1] }
        }
        return nil
    }

    /// The token against forged requests that goes with a session: HMAC-SHA-256 of a fixed text under the session's
    /// token, so nothing has to be kept, and who reads the one cannot make the other.
    package static func forgeryToken(for token: String) -> String {
        HMACSHA256.code(Array("hotline csrf".utf8), key: Array(token.utf8)).prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// Compares without telling by the time taken how much was right.
    static func isSame(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func isToken(_ text: String) -> Bool {
        text.utf8.count == tokenCharacters && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
}
