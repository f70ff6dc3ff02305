import Glibc

/// The PEM files of a TLS connection.
///
/// The broker's certificate is always checked, its name against the address's host. Keys with a
/// pass phrase are refused: there is nobody to ask.
public struct TLSFiles: Hashable, Sendable {
    /// The certificates that are trusted; nil: those of the system.
    public var trusted: String?
    /// Who we are, with the chain, if the broker wants to know it.
    public var certificate: String?
    /// The certificate's private key.
    public var key: String?

    /// Paths of PEM files; without any, the system's authorities and no certificate of our own.
    public init(trusted: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.trusted = trusted
        self.certificate = certificate
        self.key = key
    }

    /// Why these files cannot serve, or nil.
    var flaw: String? {
        if certificate != nil && key == nil { return "the certificate's private key is missing" }
        if key != nil && certificate == nil { return "a private key is given, its certificate not" }
        // libmosquitto takes a certificate only beside named trusted ones.
        if certificate != nil && trusted == nil {
            return "with a certificate of one's own, the file of the trusted ones must be named"
        }
        for path in [trusted, certificate, key].compactMap({ $0 }) {
            if path.utf8.contains(0) { return "a file's name holds a zero byte" }
            if access(path, R_OK) != 0 {
                return "\(path) cannot be read: \(SystemError.text(errno))"
            }
        }
        return nil
    }
}
