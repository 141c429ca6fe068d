import Directory
import Kernel
import Web

/// Knows the tokens of the one tenant that this installation serves; those of another are unknown here, because the
/// routes answer for this tenant alone (decision 7).
struct OwnTokens: TokenAuthenticator {
    let tokens: TokenStore
    let tenant: TenantID

    func principal(forToken token: String) async throws -> Principal? {
        guard let principal = try await tokens.principal(forToken: token), principal.tenant == tenant else {
            return nil
        }
        return principal
    }
}
