import Lab
import Testing
import Topology

@Suite struct `Two feeders on one topic` {
    /// The deployed system with a second device on the first one's topic.
    private func topology() throws -> TopologyFile {
        try TopologyFile.deployed(
            replacing: [
                "  - name: CatFeederThingESP32\n":
                    "  - name: Second\n    role: feeder\n    policies: [CatFeederThingESP32]\n"
                    + "  - name: CatFeederThingESP32\n",
                "feeders:\n":
                    "feeders:\n  - thing: Second\n    action-topic: cat-feeder/action\n"
                    + "    states-topic: second/states\n    hopper-grams: 2000\n",
            ], in: .deployed)
    }

    @Test func `are refused, where messages are sent: their feeds would look like copies`() throws {
        let archive = try Archive(Sample.presses(5, seed: 71))
        let error = #expect(throws: ReplayError.self) {
            try Replay(archive.request(topology: topology(), targets: ["cat-feeder"]))
        }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.contains("Second and CatFeederThingESP32 listen to one topic"), "\(text)")
        #expect(
            try archive.run(archive.request(topology: topology(), targets: ["bowl-totals"])).report
                .isAccepted)
    }
}
