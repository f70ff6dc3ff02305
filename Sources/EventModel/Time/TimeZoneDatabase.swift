import Foundation
import Synchronization

/// The machine's tz database, read from its files: `/usr/share/zoneinfo` on Debian.
///
/// The shells at the edge make one and hand it on; nothing in the core looks at the machine.
public struct TimeZoneDatabase: Sendable {
    /// The folder of TZif files.
    public let folder: String
    /// The release, such as `2025b`, as `tzdata.zi` in the folder states it.
    public let version: String
    /// A zone's file is read once, by whomever this database was handed to.
    private let read = ZonesRead()

    /// - Throws: `ZoneError` where the folder holds no tz database.
    public init(folder: String = "/usr/share/zoneinfo") throws(ZoneError) {
        self.folder = folder
        let marker = "# version "
        guard
            let text = FileManager.default.contents(atPath: folder + "/tzdata.zi"),
            let line = String(decoding: text.prefix(200), as: UTF8.self)
                .split(separator: "\n").first, line.hasPrefix(marker)
        else {
            throw ZoneError(
                description: "no tz database in \(folder) (its tzdata.zi states the version);"
                    + " on Debian: apt-get install tzdata")
        }
        self.version = String(line.dropFirst(marker.count))
    }

    /// The table of a zone. UTC is always there; every other name is looked up in the folder.
    public func zone(_ name: String) throws(ZoneError) -> ZoneTable {
        if name == "UTC" { return .utc }
        if let zone = read.zones.withLock({ $0[name] }) { return zone }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            part.first?.isLetter == true
                && part.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & ~0x20)
                        || byte == 0x2B || byte == 0x2D || byte == 0x5F
                }
        }
        guard isName, let bytes = FileManager.default.contents(atPath: folder + "/" + name) else {
            let meant = Spelling.nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
            throw ZoneError(
                description: "no time zone \(name) in the tz database \(version); "
                    + (meant ?? "names look like Pacific/Auckland, Europe/Berlin or UTC"))
        }
        let zone = try ZoneTable(name: name, tzif: [UInt8](bytes))
        read.zones.withLock { $0[name] = zone }
        return zone
    }

    /// The names of all zones and their other names, as `tzdata.zi` lists them.
    public var names: [String] {
        guard let bytes = FileManager.default.contents(atPath: folder + "/tzdata.zi") else {
            return []
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            if words.first == "Z", words.count > 1 { return String(words[1]) }
            return words.first == "L" && words.count > 2 ? String(words[2]) : nil
        }
    }
}

/// The zones that were read from a database's files.
private final class ZonesRead: Sendable {
    let zones = Mutex<[String: ZoneTable]>([:])
}
