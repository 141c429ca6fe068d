import Kernel

/// What `hotline cert` says: which certificate is in use, and how people come to trust it.
package struct CertificateReport: Sendable {
    private let configuration: Configuration

    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// Makes what is missing and tells. Throws `Problem`, also for renewing a certificate that is not ours.
    ///
    /// - Parameter isRenewed: makes a new server certificate; a running program takes it within a minute.
    package func text(isRenewed: Bool) async throws -> String {
        let http = configuration.http
        let own = OwnCertificate(dataDirectory: configuration.data.directory, hosts: http.hosts)
        guard http.certificate.isEmpty else {
            guard !isRenewed else {
                throw Problem(
                    .conflict, "http.certificate names a file of yours; renew it where it comes from.",
                    details: ["field": "http.certificate"])
            }
            let facts = try await OwnCertificate.facts(of: http.certificate)
            return """
                certificate  \(http.certificate)
                SHA-256      \(facts.fingerprint)
                valid until  \(facts.until)
                """
        }
        try await own.prepare(isForced: isRenewed)
        let server = try await OwnCertificate.facts(of: own.certificate)
        let authority = try await OwnCertificate.facts(of: own.authority)
        return """
            server certificate  \(own.certificate)
              names             \(own.names.joined(separator: ", "))
              SHA-256           \(server.fingerprint)
              valid until       \(server.until)
            authority           \(own.authority)
              SHA-256           \(authority.fingerprint)
              valid until       \(authority.until)

            Browsers warn until they trust the authority. Copy authority.crt (never a .key) to each machine, compare
            the SHA-256, and import it once; renewing the server certificate later needs nothing more.

              Windows         as administrator: certutil -addstore -f Root authority.crt
              Debian, Ubuntu  cp authority.crt /usr/local/share/ca-certificates/hotline.crt && update-ca-certificates
              Chromium        on Linux: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Hotline -i authority.crt
              Firefox         Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import
            """
    }
}
