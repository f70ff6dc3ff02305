import Lab
import MQTTServer
import MosquittoClient
import Testing
import Topology

@Suite struct `A replay to a broker of somebody else's` {
    /// A feeder of the same id listens there already.
    private func isThrownOut(suffix: String) throws -> (isThrownOut: Bool, heard: Int) {
        let archive = try Archive(Sample.presses(7, seed: 81))
        let server = BrokerServer()
        defer { server.shutDown() }
        let bound = try server.listen(on: .tcp(host: "127.0.0.1", port: 0))
        let address = try BrokerAddress(parsing: "mqtt://127.0.0.1:\(bound.port ?? 0)")
        let real = MosquittoClient(
            clientID: "CatFeederThingESP32", cleanSession: true, keepAliveSeconds: 0)
        defer { real.disconnect() }
        try real.connect(to: address, timeout: .seconds(20))
        try real.subscribe("cat-feeder/action", qos: .zero, timeout: .seconds(20))
        let ran = try archive.run(
            archive.request(targets: ["cat-feeder"]),
            link: { _, _ in
                RemoteLink(address, timeout: .seconds(20), clientSuffix: suffix)
            })
        #expect(ran.report.isAccepted)
        do {
            return (false, try real.receive(atLeast: 7, timeout: .seconds(20)).count)
        } catch {
            guard case .connectionLost = error.kind else { throw error }
            return (true, 0)
        }
    }

    @Test func `throws out who has a client id of the topology, unless its own end otherwise`()
        throws
    {
        #expect(try isThrownOut(suffix: "") == (true, 0))
        #expect(try isThrownOut(suffix: "-lab") == (false, 7))
    }
}
