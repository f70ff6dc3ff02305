import ArgumentParser
import CatFeeder
import Foundation
import Lab
import MosquittoClient
import Topology

/// The way that events take.
struct TopologyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A topology file, or deployed, mended or fleet, which are shipped.",
            valueName: "file|name"), completion: Completions.topologies)
    var topology = "deployed"

    func read() throws -> TopologyFile {
        if ShippedTopology(rawValue: topology) != nil { return try TopologyFile(named: topology) }
        guard FileManager.default.fileExists(atPath: topology) else {
            let names = ShippedTopology.allCases.map(\.rawValue).joined(separator: ", ")
            throw MissingFile(
                description: "no topology \(topology): a YAML file's path, or one of \(names)")
        }
        return try TopologyFile(path: topology)
    }
}

/// How a broker is spoken to.
struct BrokerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Seconds that a broker may take to answer.", valueName: "seconds"))
    var brokerTimeout = 5

    @Option(
        help: ArgumentHelp("The broker's authority, for mqtts://.", valueName: "file"),
        completion: .file())
    var tlsCa: String?

    @Option(
        help: ArgumentHelp("Our certificate, for mqtts://.", valueName: "file"), completion: .file()
    )
    var tlsCert: String?

    @Option(help: ArgumentHelp("Its private key.", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "What client ids end with at another broker: whoever has the same id is thrown out.",
            valueName: "text"))
    var clientSuffix = ""

    func validate() throws {
        guard clientSuffix.utf8.count <= 64,
            clientSuffix.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F })
        else {
            throw ValidationError(
                "--client-suffix takes up to 64 characters of ASCII, no blanks: \"\(clientSuffix)\""
            )
        }
        guard (1...600).contains(brokerTimeout) else {
            throw ValidationError("--broker-timeout takes 1 to 600 seconds, not \(brokerTimeout)")
        }
        if (tlsCert == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-cert and --tls-key go together")
        }
    }

    var files: TLSFiles? {
        tlsCa == nil && tlsCert == nil
            ? nil : TLSFiles(trusted: tlsCa, certificate: tlsCert, key: tlsKey)
    }
}
