import App
import ArgumentParser

/// `hotline cert`: the certificate of HTTPS and how to trust it.
struct Cert: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the certificate of HTTPS and how browsers come to trust it.")

    @OptionGroup var place: Place
    @Flag(help: "Make a new server certificate; a running program takes it within a minute.") var renew =
        false

    func run() async throws {
        try await reportingProblems {
            print(try await CertificateReport(place.configuration()).text(isRenewed: renew))
        }
    }
}
