import Foundation
import Testing

/// `replaylab broker` as a process of its own.
final class BrokerProcess {
    let child: Child

    init(_ arguments: [String], in folder: Folder) throws {
        child = try Child(Tools.replaylab, ["broker"] + arguments, in: folder)
    }

    /// The port of its first TCP address, once it listens.
    func port(_ scheme: String = "mqtt") throws -> Int {
        let place = try child.line(after: "listening on \(scheme)://127.0.0.1:")
        return try #require(Int(place))
    }

    /// Ends it as a service is ended, and returns what it said.
    @discardableResult
    func stop() -> String {
        child.send(SIGTERM)
        let (code, text) = child.wait()
        #expect(code == 0, "\(text)")
        return text
    }
}
