import Foundation
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// HTTPS: where it is listened for, and with which certificate.
package struct SecureListener: Sendable {
    package var host: String
    /// 0 takes a free one.
    package var port: Int
    /// The certificate with its chain, PEM.
    package var certificate: String
    /// The certificate's key, PEM without a password.
    package var key: String
    /// Called every twelve hours and once at the start, before the files are looked at: renews what this installation
    /// made itself. It logs its own failures.
    package var renew: @Sendable () async -> Void

    package init(
        host: String, port: Int, certificate: String, key: String,
        renew: @escaping @Sendable () async -> Void = {}
    ) {
        self.host = host
        self.port = port
        self.certificate = certificate
        self.key = key
        self.renew = renew
    }
}

/// The certificate in use. New connections take the newest; those that stand keep theirs.
///
/// A lock, because event loops read it when a connection comes, and they cannot await.
final class CertificateInUse: Sendable {
    private let context: Mutex<NIOSSLContext>
    private let listener: SecureListener

    /// Throws `Problem(.unavailable)` naming the file that cannot be read or does not fit.
    init(_ listener: SecureListener) throws {
        self.listener = listener
        context = Mutex(try Self.load(listener))
    }

    var newest: NIOSSLContext { context.withLock { $0 } }

    /// Takes the files as they are now; the former certificate stays when they do not fit.
    func reload() throws {
        let loaded = try Self.load(listener)
        context.withLock { $0 = loaded }
    }

    private static func load(_ listener: SecureListener) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(listener.certificate)
            let key = try NIOSSLPrivateKey(file: listener.key, format: .pem)
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            settings.minimumTLSVersion = .tlsv12
            settings.applicationProtocols = ["http/1.1"]
            // A client that does not answer the farewell must not hold up the end of the program.
            settings.shutdownTimeout = .seconds(1)
            return try NIOSSLContext(configuration: settings)
        } catch {
            throw Problem(
                .unavailable,
                "The certificate \(listener.certificate) and its key \(listener.key) cannot be used together; "
                    + "both must be PEM, the key without a password.",
                cause: error, details: ["field": "http.certificate"])
        }
    }
}

/// A connection with TLS before HTTP/1.
struct SecureChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let certificate: CertificateInUse

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let context = certificate.newest
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Looks at the files of the certificate and takes new ones without a restart.
struct CertificateWatch: Service {
    /// How often the files are looked at, and after how many looks renewal is asked for: twelve hours.
    static let pace = Duration.seconds(60)
    static let looksToRenewal = 720

    let listener: SecureListener
    let certificate: CertificateInUse
    let logger: Logger
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch() }
    }

    private func watch() async {
        var seen = stamp()
        var looks = 0
        while true {
            do { try await sleep(Self.pace) } catch { return }
            looks += 1
            if looks.isMultiple(of: Self.looksToRenewal) { await listener.renew() }
            let now = stamp()
            guard now != seen else { continue }
            do {
                try certificate.reload()
                seen = now
                logger.notice("A new certificate is in use")
            } catch {
                // Looked at again at the next turn: the two files may be half written.
                logger.error(
                    "The new certificate cannot be used, the former one stays",
                    metadata: ["error.text": "\(error)"])
            }
        }
    }

    /// Time and size of both files, as text to compare.
    private func stamp() -> String {
        [listener.certificate, listener.key].map { path in
            let values = try? FileManager.default.attributesOfItem(atPath: path)
            let changed = (values?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(changed) \((values?[.size] as? NSNumber)?.intValue ?? 0)"
        }.joined(separator: "; ")
    }
}
