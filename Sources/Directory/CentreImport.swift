package import Contracts
import Foundation
package import Kernel

/// A centre that was read from its readable file, with what does not go into the centre itself.
package struct CentreImport: Sendable {
    package var centre: Centre
    /// The passwords of a demonstration's accounts.
    package var demoPasswords: [AgentID: String]
    /// A digest of what the file says; `nil` for what comes from no file.
    package var source: String?
    /// The digest by which earlier versions of the program knew the same file: of what they made of it.
    package var formerSource: String?

    /// - Parameter tenant: whose centre it becomes; the ids of its parts follow from the file's own tenant key.
    /// - Throws: `Problem` naming the file, and every table and key at fault.
    package static func read(_ path: String, tenant: TenantID) throws -> Centre {
        try file(path, tenant: tenant).centre
    }

    /// As `read`, with the accounts of a demonstration.
    ///
    /// - Parameter present: the centre as it is: rows with the same key keep their ids.
    package static func file(
        _ path: String, tenant: TenantID, present: Centre? = nil
    ) throws -> CentreImport {
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
        var centre = try file.centre(
            version: 0, zone: zone, known: present.map { CentreKeys.Known($0) } ?? .none)
        centre.tenant = tenant
        let people = Dictionary(uniqueKeysWithValues: centre.people.map { ($0.number, $0.id) })
        let passwords = file.people.compactMap { person in
            person.demoPassword.flatMap { word in people[person.number].map { ($0, word) } }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let digest = SHA256.digest([UInt8](try encoder.encode(file)))
        return CentreImport(
            centre: centre, demoPasswords: Dictionary(uniqueKeysWithValues: passwords),
            source: "says:" + (try CentreFileReader.digest(of: text)),
            formerSource: "file:" + hexadecimal(digest))
    }
}
