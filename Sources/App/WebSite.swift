import Foundation
import Kernel
import Logging
import Web

/// What the web server serves beside the routes: the pages, and HTTPS with its certificate.
struct WebSite: Sendable {
    let files: StaticFiles?
    let secure: SecureListener?
    /// Names by which browsers may call.
    let hosts: Set<String>

    /// - Throws: `Problem` naming the key of the configuration that is at fault.
    init(_ settings: Configuration.HTTP, dataDirectory: String, logger: Logger) async throws {
        files = Resources.find(settings.webDirectory).flatMap { StaticFiles(root: $0) }
        if files == nil {
            logger.notice("There are no pages: http.web_directory names no folder")
        }
        let own = OwnCertificate(dataDirectory: dataDirectory, hosts: settings.hosts)
        hosts = Set(own.names.map { $0.contains(":") ? "[\($0)]" : $0 })
        secure = try await Self.listener(settings, own, logger)
    }

    private static func listener(
        _ settings: Configuration.HTTP, _ own: OwnCertificate, _ logger: Logger
    ) async throws -> SecureListener? {
        guard !settings.tlsListen.isEmpty else { return nil }
        let place = try HostPort(settings.tlsListen, field: "http.tls_listen")
        guard settings.certificate.isEmpty == settings.key.isEmpty else {
            throw Problem(
                .invalid, "http.certificate and http.key belong together: give both or neither",
                details: ["field": settings.key.isEmpty ? "http.key" : "http.certificate"])
        }
        guard settings.certificate.isEmpty else {
            return SecureListener(
                host: place.host, port: place.port, certificate: settings.certificate, key: settings.key)
        }
        let renew: @Sendable () async -> Void = {
            do { try await own.prepare() } catch {
                logger.error(
                    "The certificate cannot be made anew", metadata: ["error.text": "\(error)"])
            }
        }
        await renew()
        // Calls are worth more than pages: without a certificate the centre still answers the telephone.
        guard FileManager.default.fileExists(atPath: own.certificate) else {
            logger.error("HTTPS is not served, since there is no certificate")
            return nil
        }
        return SecureListener(
            host: place.host, port: place.port, certificate: own.certificate, key: own.key, renew: renew)
    }
}
