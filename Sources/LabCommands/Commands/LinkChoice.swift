import CatFeeder
import EventModel
import Lab
import MQTTBroker
import MosquittoClient

/// Which broker a replay goes to.
enum LinkChoice {
    case memory
    case wire
    case remote(BrokerAddress, TLSFiles?, timeout: Duration, clientSuffix: String)

    /// - Throws: `UsageError` for what is no address, and for a broker that is not on loopback
    ///   unless it is allowed.
    init(
        _ text: String, allowsRealBroker: Bool, options: BrokerOptions
    ) throws {
        switch text {
        case "memory": self = .memory
        case "wire": self = .wire
        default:
            let address: BrokerAddress
            do {
                address = try BrokerAddress(parsing: text)
            } catch {
                throw UsageError(
                    description: "--mqtt takes memory, wire or a broker's address: \(error)")
            }
            guard address.isLoopback || allowsRealBroker else {
                throw UsageError(
                    description:
                        "\(address) is not on this machine: what hears a message there acts"
                        + " on it, and a feeder feeds. Give --allow-real-broker if that is meant")
            }
            self = .remote(
                address, options.files, timeout: .seconds(options.brokerTimeout),
                clientSuffix: options.clientSuffix)
        }
    }

    /// Whether the broker is not ours, and cannot be made to cut connections or lose messages.
    var isRemote: Bool {
        if case .remote = self { true } else { false }
    }

    /// Whether something outside this machine hears the messages.
    var isReal: Bool {
        if case .remote(let address, _, _, _) = self { !address.isLoopback } else { false }
    }

    /// A way to the broker; the policies are for our own.
    func link(_ policies: PolicyBook?, recordsTranscript: Bool) throws -> any BrokerLink {
        switch self {
        case .memory: MemoryLink(policies: policies, recordsTranscript: recordsTranscript)
        case .wire: try WireLink(policies: policies, recordsTranscript: recordsTranscript)
        case .remote(let address, let tls, let timeout, let suffix):
            RemoteLink(address, tls: tls, timeout: timeout, clientSuffix: suffix)
        }
    }
}
