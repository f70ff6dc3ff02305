#if TLS
import EventModel
import Foundation
import MQTTBroker
import NIOCore
import NIOSSL

extension BrokerServer {
    /// Speaks TLS 1.2 or 1.3 on each new connection, and names clients by their certificates.
    static func tlsTransport(_ files: TLSFiles) throws(ServerError) -> MakeTransport {
        let context = try makeContext(files)
        return { channel in
            let handler = NIOSSLServerHandler(context: context)
            try channel.pipeline.syncOperations.addHandler(handler)
            return .tls { _ in principal(handler.peerCertificate) }
        }
    }

    private static func principal(
        _ certificate: NIOSSLCertificate?
    ) -> Principal? {
        guard let bytes = try? certificate?.toDERBytes() else { return nil }
        return Principal(
            name: CertificateSubject.commonName(inDER: bytes),
            fingerprint: bytes.withUnsafeBytes { SHA256.hash($0).hex })
    }

    private static func makeContext(_ files: TLSFiles) throws(ServerError) -> NIOSSLContext {
        let chain = try read(files.certificate, "the certificate", "a certificate in PEM") {
            try NIOSSLCertificate.fromPEMBytes($0)
        }
        let key = try read(
            files.privateKey, "the private key", "a private key in PEM, without a pass phrase"
        ) {
            try NIOSSLPrivateKey(bytes: $0, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let authority = files.clientAuthority {
            let roots = try read(authority, "the clients' authority", "a certificate in PEM") {
                try NIOSSLCertificate.fromPEMBytes($0)
            }
            configuration.trustRoots = .certificates(roots)
            // Clients have no host name; that they show a certificate at all is part of it.
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(
                .badCertificate,
                "\(files.certificate) and \(files.privateKey) do not go together (\(error)): give"
                    + " the certificate and the private key that it was made for")
        }
    }

    /// Reads one of the PEM files.
    private static func read<Content>(
        _ path: String, _ what: String, _ expected: String, _ parse: ([UInt8]) throws -> Content
    ) throws(ServerError) -> Content {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ServerError(
                .unreadableFile,
                "\(what) \(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { try? file.close() }
        let bytes: [UInt8]
        do {
            bytes = Array(try file.readToEnd() ?? Data())
        } catch {
            throw ServerError(
                .unreadableFile, "\(what) \(path) cannot be read: it is no file, or unreadable")
        }
        do {
            return try parse(bytes)
        } catch {
            throw ServerError(
                .badCertificate, "\(what) \(path) is not \(expected) (\(error))")
        }
    }
}
#else
extension BrokerServer {
    /// Refuses: BoringSSL costs minutes of building, so that only those have it who ask for it.
    static func tlsTransport(_ files: TLSFiles) throws(ServerError) -> MakeTransport {
        throw ServerError(.noTLS, "this build has no TLS; build with --traits TLS")
    }
}
#endif
