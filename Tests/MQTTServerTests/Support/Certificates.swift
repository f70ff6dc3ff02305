#if TLS
import Foundation
import Testing

/// An authority of the test's own and the certificates it has signed, made by openssl in the test's
/// folder.
struct Certificates {
    private let folder: Folder
    private let name: String

    /// Makes an authority, and a certificate for a broker on 127.0.0.1.
    init(in folder: Folder, named name: String = "authority") throws {
        self.folder = folder
        self.name = name
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/O=replaylab/CN=\(name)", "-keyout", key(name), "-out",
            authority)
        try sign("broker", names: "IP:127.0.0.1,DNS:localhost")
    }

    var authority: String { certificate(name) }

    func certificate(_ name: String) -> String { folder.path("\(name).pem") }
    func key(_ name: String) -> String { folder.path("\(name).key") }

    /// What makes a broker speak TLS and want certificates of this authority.
    var brokerOptions: [String] {
        [
            "--tls-cert", certificate("broker"), "--tls-key", key("broker"), "--client-ca",
            authority,
        ]
    }

    /// Makes a key and a certificate whose subject's common name is `subject`.
    func sign(_ subject: String, names: String? = nil) throws {
        let request = folder.path("\(subject).csr")
        try openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/O=replaylab/CN=\(subject)", "-keyout", key(subject), "-out", request)
        let extensions = try folder.write(
            names.map { "subjectAltName=\($0)\n" } ?? "extendedKeyUsage=clientAuth\n",
            to: "\(subject).ext")
        try openssl(
            "x509", "-req", "-in", request, "-CA", authority, "-CAkey", key(name),
            "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate(subject))
    }

    private func openssl(_ arguments: String...) throws {
        let done = try Child(try Tools.program("openssl"), arguments, in: folder).wait()
        try #require(done.code == 0, "\(done.text)")
    }
}
#endif
