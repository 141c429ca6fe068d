import Directory
import Foundation
package import Kernel
import Routing
import Storage

extension Hotline {
    /// The folder of the files that the first run writes, below the data directory.
    static let centreFolder = "centre"

    /// Makes the first centre of an installation: writes its files, takes it over, publishes its flow and gives the
    /// administrator an account.
    ///
    /// - Returns: the administrator's password, which is stored nowhere and must be changed at the first sign-in.
    /// - Throws: `Problem(.conflict)` when there is a centre already, `Problem(.invalid)` for a draft with a fault.
    package func begin(_ draft: CentreDraft, at now: Timestamp) async throws -> String {
        try draft.check()
        if try await directory.hasCentre() {
            throw Problem(
                .conflict,
                "There is a centre in \(dataDirectory) already. Change it on the screens, or name another --data.",
                details: ["reason": "centre.present", "field": "data.directory"])
        }
        let folder = dataDirectory + "/" + Self.centreFolder
        try DurableFiles.makeFolder(folder)
        let file = folder + "/centre.toml"
        try DurableFiles.write(Data(draft.centreText.utf8), to: file)
        try DurableFiles.write(Data(draft.flowText.utf8), to: folder + "/" + CentreDraft.flowFile)
        try await load(centreFile: file)
        try await RoutingFeature.publish(
            .files(directory: folder), for: directory.centre(), in: database.tenant(tenant), logger: logger,
            at: now)
        return try await resetPassword(number: draft.administrator)
    }
}
