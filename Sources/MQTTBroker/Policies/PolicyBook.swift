/// The policies of AWS IoT Core for a set of things and their certificates.
///
///     {"policies": {"publisher": {"Version": "2012-10-17", "Statement": […]}},
///      "things": {"CatFeederThingLambda": {"certificates": ["<name or fingerprint>"],
///                                          "policies": ["publisher", {"Version": …}]}},
///      "certificates": {"<name or fingerprint>": {"policies": […]}}}
///
/// All three are optional; a policy is a document or the name of one under `policies`. A thing
/// without `certificates` has one certificate, with the thing's name as its common name. All
/// policies of a certificate speak together: denied unless one allows, and an explicit Deny wins.
public struct PolicyBook: Sendable {
    /// What a certificate may do.
    struct Attachment: Sendable {
        var statements: [PolicyStatement] = []
        /// The things that the certificate belongs to, in the file's order.
        var things: [String] = []
    }

    var attachments: [[UInt8]: Attachment] = [:]
    /// The certificates of a thing; whoever has no certificate may be bound by client id.
    var principals: [[UInt8]: [[UInt8]]] = [:]

    /// How a certificate is spelt here, in bytes: a fingerprint without colons, in lower case.
    static func key(_ certificate: String) -> [UInt8] {
        let digits = certificate.utf8.filter { $0 != UInt8(ascii: ":") }
        let isFingerprint =
            digits.count == 64
            && digits.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & 0xDF)
            }
        return isFingerprint ? digits.map { $0 | 0x20 } : Array(certificate.utf8)
    }

    /// What this connection may do; nothing where its certificate is not in the book.
    ///
    /// `principal`: nil without a certificate; then, if `bindingByClientID`, the thing of the
    /// client id's name is taken.
    public func permissions(
        principal: Principal?, clientID: [UInt8], bindingByClientID: Bool
    ) -> Permissions {
        var found: [Attachment] = []
        if let principal {
            let names = [principal.name, principal.fingerprint].compactMap { $0 }
            found = names.compactMap { attachments[PolicyBook.key($0)] }
        } else if bindingByClientID {
            found = (principals[clientID] ?? []).compactMap { attachments[$0] }
        }
        let isThing = found.contains { $0.things.contains { $0.utf8.elementsEqual(clientID) } }
        let variables = PolicyVariables(clientID: clientID, thing: isThing ? clientID : nil)
        return Permissions(
            rules: found.flatMap { $0.statements.map { $0.rule(variables) } })
    }
}

/// What the variables of a policy stand for on one connection.
struct PolicyVariables {
    var clientID: [UInt8]
    /// Nil where the client id is no thing of the certificate.
    var thing: [UInt8]?
}

/// A statement as it was read, its variables not yet filled in.
struct PolicyStatement: Sendable {
    /// A part of a resource.
    enum Part: Sendable, Equatable {
        case literal([UInt8])
        case anything, anyCharacter, clientID, thingName
    }

    var isAllow: Bool
    var actions: UInt8
    var resources: [[Part]]

    /// A resource whose variable has no value takes nothing.
    func rule(_ variables: PolicyVariables) -> Permissions.Rule {
        let patterns = resources.compactMap { parts -> WildcardPattern? in
            var pattern = WildcardPattern()
            for part in parts {
                switch part {
                case .literal(let bytes): pattern.append(literal: bytes)
                case .anything: pattern.pieces.append(.anything)
                case .anyCharacter: pattern.pieces.append(.anyCharacter)
                case .clientID: pattern.append(literal: variables.clientID)
                case .thingName:
                    guard let thing = variables.thing else { return nil }
                    pattern.append(literal: thing)
                }
            }
            return pattern
        }
        return Permissions.Rule(isAllow: isAllow, actions: actions, resources: patterns)
    }
}
