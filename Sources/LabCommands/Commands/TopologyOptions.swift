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
            valueName: "file|name"))
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
