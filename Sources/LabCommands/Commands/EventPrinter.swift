import EventModel
import Foundation
import Lab
import Ledger

/// Shows one event: as text, as JSON, or its proof as a script.
struct EventPrinter {
    private let account: EventAccount
    private let ledger: String
    private var event: Event { account.event }

    init(_ account: EventAccount, ledger: String) {
        self.account = account
        self.ledger = ledger
    }

    /// A line break in the data must not make up a line of its own.
    private func say(_ name: String, _ text: String) {
        Terminal.print("  " + name.padded(to: 10) + text.printableLine)
    }

    /// JSON keeps the line breaks between its tokens, its further lines set in.
    private func say(_ name: String, json: String) {
        let blanks = String(repeating: " ", count: 12)
        Terminal.print(
            "  " + name.padded(to: 10) + json.printable.replacing("\n", with: "\n" + blanks))
    }

    func printText() {
        let size = Figures.grouped(account.proof.size)
        Terminal.print(
            Terminal.bold(
                "\(ledger): sequence \(Figures.grouped(account.sequence)) of \(size)".printable))
        say("id", event.id.text)
        let recorded = event.recorded ?? event.time
        let lag = recorded.microseconds - event.time.microseconds
        say("time", event.time.shortText)
        say(
            "recorded",
            recorded.shortText + (lag == 0 ? "" : ", \(Figures.duration(abs(lag)))")
                + (lag > 0 ? " later" : lag < 0 ? " earlier" : ""))
        say("source", event.source)
        say("type", event.detailType)
        if let device = event.device { say("device", device) }
        say("form", event.content.form.name)
        say("detail", json: event.detail)
        if let envelope = event.content.envelope { say("envelope", envelope) }
        say("what", meaning)
        sayPlace()
        sayProof()
    }

    /// What the event means to the laboratory.
    private var meaning: String {
        switch event.content.meaning {
        case .press(let click):
            let grams = click.bowls.map { bowl in
                "\(bowl.name) \(Figures.grouped(self.grams(bowl))) g"
            }
            return "press \(click.word): \(grams.joined(separator: ", "))"
        case .registration(let one):
            return "registers \(one.device) with feeder \(one.feeder), \(one.timeZone),"
                + " left \(Figures.grouped(one.leftGrams)) g,"
                + " right \(Figures.grouped(one.rightGrams)) g"
        case .other: return "neither a press nor a registration"
        }
    }

    private func grams(_ bowl: Bowl) -> Int {
        bowl == .left ? account.place.leftGrams : account.place.rightGrams
    }

    private func sayPlace() {
        let place = account.place
        say("feeder", place.feeder)
        let registered =
            place.registration.map { "registered at sequence \(Figures.grouped($0))" }
            ?? "registered nowhere before, so by default"
        say("", "in \(place.timeZone), \(registered)")
        say("local", place.localTime)
    }

    private func sayProof() {
        let proof = account.proof
        say("leaf", proof.leaf.hex)
        let hashes = Figures.count(proof.path.count, "hash", "hashes")
        say("proof", "\(hashes) to the root; a node is SHA-256 of 01, the left and the right hash")
        for (side, hash) in steps { say("", "\(side.rawValue.padded(to: 5)) \(hash.hex)") }
        say("root", account.root.hex)
        say(
            "",
            account.isProven
                ? "the event leads to it; --proof prints a script that checks this with sha256sum"
                : "the event does NOT lead to it")
    }

    private var steps: [(InclusionProof.Side, SHA256Digest)] {
        Array(zip(account.proof.sides ?? [], account.proof.path))
    }
}

extension EventPrinter {
    /// Prints a POSIX shell script that works out the root from the event's bytes with `sha256sum`
    /// and `basenc` alone, and compares it.
    func printScript() {
        let size = Figures.count(account.proof.size, "event")
        let place = "the event at sequence \(account.sequence)"
        Terminal.print(
            """
            # Is \(place) one of the \(size) of this root? RFC 9162, section 2.1.3.
            h() { printf %s "$@" | tr a-f A-F | basenc --base16 -d | sha256sum | cut -d ' ' -f 1; }
            # What the event says, then sequence, times and id: docs/ledger-format.md.
            content=$(h \(account.encoding.content.hex))
            node=$(h 00 \(account.encoding.entry.hex) "$content")
            """)
        for (side, hash) in steps {
            Terminal.print(
                side == .left
                    ? "node=$(h 01 \(hash.hex) \"$node\")" : "node=$(h 01 \"$node\" \(hash.hex))")
        }
        Terminal.print(
            """
            if [ "$node" = \(account.root.hex) ]; then
              echo '\(place) is one of the \(size)'
            else
              echo "\(place) leads to root $node, and not to the one that was asked for" >&2
              exit 1
            fi
            """)
    }

    func printJSON() {
        let content = event.content
        let members: [JSONValue.Member] = [
            .init("ledger", .string(ledger)), .init("sequence", .int(account.sequence)),
            .init("id", .string(event.id.text)), .init("time", .string(event.time.text)),
            .init("recorded", .string((event.recorded ?? event.time).text)),
            .init("source", .string(event.source)), .init("detailType", .string(event.detailType)),
            .init("device", .optional(event.device)), .init("form", .string(content.form.name)),
            .init("detail", .string(event.detail)),
            .init("envelope", .optional(content.envelope)), .init("meaning", meaningObject),
            .init("feeder", placeObject), .init("proof", proofObject),
        ]
        Terminal.print(JSONValue.object(members).text())
    }

    private var meaningObject: JSONValue {
        switch event.content.meaning {
        case .press(let click):
            return [
                "kind": "press", "click": .string(click.word),
                "grams": .object(click.bowls.map { .init($0.name, .int(grams($0))) }),
            ]
        case .registration(let one):
            return [
                "kind": "registration", "device": .string(one.device),
                "feeder": .string(one.feeder), "timeZone": .string(one.timeZone),
                "leftGrams": .int(one.leftGrams), "rightGrams": .int(one.rightGrams),
            ]
        case .other: return ["kind": "other"]
        }
    }

    private var placeObject: JSONValue {
        let place = account.place
        return [
            "name": .string(place.feeder), "timeZone": .string(place.timeZone),
            "localTime": .string(place.localTime),
            "registration": place.registration.map { .int($0) } ?? .null,
            "leftGrams": .int(place.leftGrams), "rightGrams": .int(place.rightGrams),
        ]
    }

    private var proofObject: JSONValue {
        [
            "size": .int(account.proof.size), "index": .int(account.sequence - 1),
            "content": .string(account.encoding.content.hex),
            "entry": .string(account.encoding.entry.hex), "leaf": .string(account.proof.leaf.hex),
            "path": .array(
                steps.map { ["side": .string($0.0.rawValue), "hash": .string($0.1.hex)] }),
            "root": .string(account.root.hex), "holds": .bool(account.isProven),
        ]
    }
}

extension [UInt8] {
    /// Two lower-case hexadecimal digits a byte.
    fileprivate var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension String {
    /// This text with blanks after it, up to `width` characters.
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
