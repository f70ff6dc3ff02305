import Foundation
import Glibc
import MosquittoClient
import Synchronization

/// A broker that does what its script says: one script for each connection, in turn.
final class ScriptedPeer: Sendable {
    enum Step: Sendable {
        /// One whole MQTT packet.
        case readPacket
        case read(Int)
        case write([UInt8])
        /// Until the client closes: nothing is said.
        case awaitClose
        /// Until the client closes: nothing is said, nothing is read.
        case hang
        /// Ends our half only.
        case endWriting
        case reset
    }

    static let accepted: [UInt8] = [0x20, 2, 0, 0]

    let port: UInt16
    private let listener: Int32
    private let bytes = Mutex<[[UInt8]]>([])
    private let released = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let isEnded = Atomic(false)

    var address: BrokerAddress { .tcp(host: "127.0.0.1", port: port) }

    /// What each connection has brought so far.
    var received: [[UInt8]] { bytes.withLock { $0 } }

    /// - Parameter receiveBuffer: small, so that a client's writes soon have no room.
    init(_ scripts: [[Step]], receiveBuffer: Int32? = nil) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(listener, $0, size) == 0 && listen(listener, 8) == 0)
                getsockname(listener, $0, &size)
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: name.sin_port)
        Thread.detachNewThread { [self] in
            for (index, script) in scripts.enumerated() { serve(script, index) }
            ended.signal()
        }
    }

    convenience init(_ script: Step...) { self.init([script]) }

    /// Waits until the last script is done.
    func finish() {
        if isEnded.exchange(true, ordering: .relaxed) { return }
        ended.wait()
        _ = Glibc.close(listener)
    }

    /// Ends what still hangs, and waits for the thread.
    func end() {
        released.signal()
        shutdown(listener, Int32(SHUT_RDWR))
        finish()
    }

    private func serve(_ script: [Step], _ index: Int) {
        bytes.withLock { $0.append([]) }
        let peer = accept(listener, nil, nil)
        guard peer >= 0 else { return }
        defer { _ = Glibc.close(peer) }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            peer, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        for step in script {
            switch step {
            case .readPacket: readPacket(peer, index)
            case .read(let count): _ = take(peer, count, index)
            case .write(let bytes): _ = send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            case .awaitClose: while take(peer, 1, index) != nil {}
            case .hang: released.wait()
            case .endWriting: shutdown(peer, Int32(SHUT_WR))
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(
                    peer, SOL_SOCKET, SO_LINGER, &linger,
                    socklen_t(MemoryLayout.size(ofValue: linger)))
            }
        }
    }

    private func readPacket(_ peer: Int32, _ index: Int) {
        guard take(peer, 1, index) != nil else { return }
        var length = 0
        var shift = 0
        while let byte = take(peer, 1, index)?.first {
            length |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        _ = take(peer, length, index)
    }

    private func take(_ peer: Int32, _ count: Int, _ index: Int) -> [UInt8]? {
        var taken: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while taken.count < count {
            let got = recv(peer, &buffer, min(buffer.count, count - taken.count), 0)
            guard got > 0 else { return nil }
            taken += buffer[..<got]
            bytes.withLock { $0[index] += buffer[..<got] }
        }
        return taken
    }
}
