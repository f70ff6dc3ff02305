/// Why a broker cannot listen.
public struct ServerError: Error, Equatable, CustomStringConvertible {
    /// What a caller can tell apart without reading the description.
    public enum Kind: Sendable {
        /// Another program listens there.
        case addressInUse
        /// The address is none of this machine's, or may not be listened on.
        case cannotListen
        /// A Unix socket's path that is too long, or where something else lies.
        case badPath
        /// A certificate, key or authority file that is not there or may not be read.
        case unreadableFile
        /// A file that holds no certificate or key, or a key that is not the certificate's.
        case badCertificate
        /// This build has no TLS.
        case noTLS
        /// The server has been shut down.
        case shutDown
    }

    /// Which of them it was.
    public var kind: Kind
    /// What, where, what was expected and what to do.
    public var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
