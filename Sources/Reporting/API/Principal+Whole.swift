import Kernel
import Web

extension Principal {
    /// For what is about everybody: whoever sees less than the whole centre's figures is refused.
    ///
    /// - Parameter what: the sentence that says so.
    func requireWholeCentre(_ what: String) throws {
        guard try scope(of: "figures.read") == .tenant else {
            throw Problem(.forbidden, what, details: ["reason": "wholeTenant"])
        }
    }
}
