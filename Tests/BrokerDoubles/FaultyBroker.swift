import EventModel
import Foundation
import Glibc
import MQTTBroker
import Synchronization

/// A broker on a loopback port that works until its fault comes about. It keeps what it took in and
/// what it wholly gave out. Ended with this object.
public final class FaultyBroker: Sendable {
    public struct Failure: Error {}

    public let port: UInt16
    public var address: String { "mqtt://127.0.0.1:\(port)" }

    /// The PUBLISH packets that went out whole, and those that came in: topic and payload.
    public struct Traffic: Sendable {
        public var given: [String] = []
        public var taken: [String] = []
    }

    private let traffic = Mutex(Traffic())
    /// Written to once: ends the thread.
    private let stop: Int32
    private let ended = DispatchSemaphore(value: 0)

    public init(_ fault: BrokerFault = .none) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // Bound and not listening, a port is this one's and refuses all who come.
                bind(listener, $0, size)
                    | (fault == .refusesConnections ? 0 : listen(listener, 16))
                    | getsockname(listener, $0, &size)
            }
        }
        var ends: [Int32] = [-1, -1]
        guard listener >= 0, code == 0, pipe(&ends) == 0 else { throw Failure() }
        port = UInt16(bigEndian: name.sin_port)
        stop = ends[1]
        let (reader, keep) = (ends[0], Keep(self))
        Thread.detachNewThread {
            let ended = keep.ended
            FaultyBrokerLoop(fault, listener: listener, stop: reader, keep.note).run()
            ended.signal()
        }
    }

    deinit {
        close(stop)
        ended.wait()
    }

    public var seen: Traffic { traffic.withLock { $0 } }

    /// What the thread holds of the broker: not the broker, which ends the thread when it goes.
    private struct Keep: Sendable {
        let ended: DispatchSemaphore
        let note: @Sendable (Bool, Message) -> Void

        init(_ broker: FaultyBroker) {
            ended = broker.ended
            note = { [weak broker] isOut, message in
                let text = "\(message.topic) \(String(decoding: message.payload, as: UTF8.self))"
                broker?.traffic.withLock {
                    if isOut { $0.given.append(text) } else { $0.taken.append(text) }
                }
            }
        }
    }
}
