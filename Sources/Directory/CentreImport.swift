package import Contracts
import Foundation
package import Kernel

/// Reads a centre from its readable file.
package enum CentreImport {
    /// - Parameter tenant: whose centre it becomes; the ids of its parts follow from the file's own tenant key.
    /// - Throws: `Problem` naming the file, and every table and key at fault.
    package static func read(_ path: String, tenant: TenantID) throws -> Centre {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw Problem(
                .notFound, "The centre file \(path) cannot be read", cause: error,
                details: ["field": "centre"])
        }
        let file = try CentreFileReader.file(from: text)
        guard let zone = CentreFileReader.zone(file.tenant.zone) else {
            throw Problem(
                .invalid, "The zone \(file.tenant.zone) is not known on this machine; install tzdata.",
                details: ["field": "tenant.zone"])
        }
        var centre = try file.centre(version: 0, zone: zone)
        centre.tenant = tenant
        return centre
    }
}
