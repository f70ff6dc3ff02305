import EventModel

extension PolicyBook {
    /// Reads a policy file: its form stands at `PolicyBook`.
    public init(parsing text: String) throws(PolicyError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: text)
        } catch {
            let line = text.utf8.prefix(error.offset).reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
            throw PolicyError(place: "line \(line)", reason: "\(error)")
        }
        let top = try PolicyNode(value: value, place: "").members(
            of: "things, certificates and policies",
            among: ["policies", "things", "certificates"])
        var named: [String: [PolicyStatement]] = [:]
        if let policies = top["policies"] {
            for (name, node) in try policies.members(of: "policy documents by name") {
                named[name] = try PolicyStatement.readDocument(node)
            }
        }
        if let things = top["things"] {
            for (name, node) in try things.members(of: "things by name") {
                try addThing(name, node, named)
            }
        }
        if let certificates = top["certificates"] {
            for (name, node) in try certificates.members(of: "certificates by name") {
                let members = try node.members(of: "policies", among: ["policies"])
                attachments[PolicyBook.key(name), default: Attachment()].statements +=
                    try PolicyBook.statements(members["policies"], in: node, named)
            }
        }
    }

    private mutating func addThing(
        _ name: String, _ node: PolicyNode, _ named: [String: [PolicyStatement]]
    ) throws(PolicyError) {
        let members = try node.members(
            of: "certificates and policies", among: ["certificates", "policies"])
        let statements = try PolicyBook.statements(members["policies"], in: node, named)
        var certificates: [[UInt8]] = []
        if let list = members["certificates"] {
            for element in try list.oneOrMore(of: "names or fingerprints of certificates") {
                certificates.append(
                    PolicyBook.key(try element.text("a certificate's name or fingerprint")))
            }
        } else {
            certificates = [PolicyBook.key(name)]
        }
        for certificate in certificates {
            attachments[certificate, default: Attachment()].statements += statements
            attachments[certificate, default: Attachment()].things.append(name)
        }
        principals[Array(name.utf8)] = certificates
    }

    private static func statements(
        _ list: PolicyNode?, in owner: PolicyNode, _ named: [String: [PolicyStatement]]
    ) throws(PolicyError) -> [PolicyStatement] {
        guard let list else {
            throw owner.fail("`policies` is missing: documents, or names of such")
        }
        var statements: [PolicyStatement] = []
        for node in try list.elements(of: "policy documents, or names of such") {
            guard let name = node.value.string else {
                statements += try PolicyStatement.readDocument(node)
                continue
            }
            guard let found = named[name] else {
                let names = named.keys.sorted()
                throw node.fail(
                    names.isEmpty
                        ? "no policy is called \"\(name)\": the file has no `policies`"
                        : "no policy is called \"\(name)\"; "
                            + Spelling.hint(for: name, among: names))
            }
            statements += found
        }
        return statements
    }
}
