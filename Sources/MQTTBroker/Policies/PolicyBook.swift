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

    var attachments: [String: Attachment] = [:]
    /// The certificates of a thing; whoever has no certificate may be bound by client id.
    var principals: [String: [String]] = [:]

    /// Whether a certificate of this name or fingerprint has policies.
    public func knows(principal: String) -> Bool { attachments[principal] != nil }

    /// What this connection may do; nothing where its certificate is not in the book.
    ///
    /// `principal`: nil without a certificate; then, if `bindingByClientID`, the thing of the
    /// client id's name is taken.
    public func permissions(
        principal: String?, clientID: [UInt8], bindingByClientID: Bool
    ) -> Permissions {
        let client = String(decoding: clientID, as: UTF8.self)
        var found: [Attachment] = []
        if let principal {
            found = attachments[principal].map { [$0] } ?? []
        } else if bindingByClientID {
            found = (principals[client] ?? []).compactMap { attachments[$0] }
        }
        var rules: [Permissions.Rule] = []
        for attachment in found {
            let isThing = attachment.things.contains { $0.utf8.elementsEqual(clientID) }
            let variables = PolicyVariables(clientID: clientID, thing: isThing ? clientID : nil)
            rules += attachment.statements.map { $0.rule(variables) }
        }
        return Permissions(rules: rules)
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
