import CMosquitto
import Glibc

/// One way to a broker, as libmosquitto takes it.
struct Route {
    var host: String
    var port: UInt16
    /// A local address to bind to: it picks the family, where `host` must stay a name.
    var bind: String?
}

/// Why a host's name leads nowhere.
enum ResolutionFailure: Error {
    case unknown(String)
    case timeout
}

extension Route {
    /// The ways to try, one after another.
    ///
    /// libmosquitto tries only the first address that does not fail at once, so an address is
    /// handed to it each time. With TLS it needs the name, to compare it with the certificate's:
    /// there the first IPv4 and the first IPv6 address are tried, each by its family.
    static func all(
        to address: BrokerAddress, deadline: Deadline
    ) throws(ResolutionFailure) -> [Route] {
        switch address {
        case .unix(let path):
            // Port 0 is libmosquitto's sign for a Unix domain socket.
            return [Route(host: path, port: 0)]
        case .tcp(let host, let port):
            if isNumeric(host) { return [Route(host: host, port: port)] }
            return try resolve(host, deadline: deadline).map { Route(host: $0.text, port: port) }
        case .tls(let host, let port):
            if isNumeric(host) { return [Route(host: host, port: port)] }
            var binds: [String] = []
            for found in try resolve(host, deadline: deadline) {
                let bind = found.family == AF_INET ? "0.0.0.0" : "::"
                if !binds.contains(bind) { binds.append(bind) }
            }
            return binds.map { Route(host: host, port: port, bind: $0) }
        }
    }

    private static func isNumeric(_ host: String) -> Bool {
        NumericHost.ipv4(host) != nil || NumericHost.ipv6(host) != nil
    }

    /// Asks the system for a name's addresses, in its order of preference, within the deadline.
    private static func resolve(
        _ host: String, deadline: Deadline
    ) throws(ResolutionFailure) -> [(family: Int32, text: String)] {
        let question = Question(host)
        let code = question.ask(deadline: deadline)
        guard code != EAI_INPROGRESS else {
            // The resolver still writes into the question's memory, and cannot always be stopped:
            // the memory is given up, once for each name that nobody answers for.
            if gai_cancel(question.block) != EAI_CANCELED { _ = Unmanaged.passRetained(question) }
            throw .timeout
        }
        guard code == 0 else {
            throw .unknown(gai_strerror(code).map { String(cString: $0) } ?? "error \(code)")
        }
        return question.answers
    }
}

/// A question to the resolver: `getaddrinfo` itself has no time limit.
private final class Question {
    let block = UnsafeMutablePointer<gaicb>.allocate(capacity: 1)
    private let hints = UnsafeMutablePointer<addrinfo>.allocate(capacity: 1)
    private let name: UnsafeMutablePointer<CChar>?

    init(_ host: String) {
        name = strdup(host)
        hints.initialize(to: addrinfo())
        hints.pointee.ai_family = AF_UNSPEC
        hints.pointee.ai_socktype = Int32(SOCK_STREAM.rawValue)
        block.initialize(to: gaicb())
        block.pointee.ar_name = UnsafePointer(name)
        block.pointee.ar_request = UnsafePointer(hints)
    }

    deinit {
        if let result = block.pointee.ar_result { freeaddrinfo(result) }
        block.deallocate()
        hints.deallocate()
        free(name)
    }

    /// 0, `EAI_INPROGRESS` when the time is over, or another of the resolver's codes.
    func ask(deadline: Deadline) -> Int32 {
        var list: UnsafeMutablePointer<gaicb>? = block
        let started = getaddrinfo_a(GAI_NOWAIT, &list, 1, nil)
        if started != 0 { return started }
        while gai_error(block) == EAI_INPROGRESS {
            let left = deadline.remainingNanoseconds
            if left == 0 { return EAI_INPROGRESS }
            var limit = timespec(
                tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
            var waiting: UnsafePointer<gaicb>? = UnsafePointer(block)
            gai_suspend(&waiting, 1, &limit)
        }
        return gai_error(block)
    }

    var answers: [(family: Int32, text: String)] {
        var found: [(family: Int32, text: String)] = []
        var next = block.pointee.ar_result
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil,
                0, NI_NUMERICHOST)
            if code == 0 {
                let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                found.append((entry.pointee.ai_family, String(decoding: bytes, as: UTF8.self)))
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
